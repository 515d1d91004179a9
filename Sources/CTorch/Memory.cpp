// Tensors over memory that is somebody else's.
#include "LibTorch.hpp"

ct_tensor *ct_share(void *data, const int64_t *shape, int rank, int scalar_type, void *owner, void (*release)(void *)) {
  return ctorch::guarded<ct_tensor *>(nullptr, [&] {
    const at::TensorOptions options{at::ScalarType(scalar_type)};
    return ctorch::wrap(at::from_blob(data, at::IntArrayRef(shape, rank), [=](void *) { release(owner); }, options));
  });
}
