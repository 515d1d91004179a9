#include "NCCL.hpp"
#include "NCCLInterface.hpp"

#include <dlfcn.h>

#include <c10/core/DeviceGuard.h>

using ctorch::NCCL;

namespace {
// LibTorch's own C interface, in its CUDA library.
extern "C" typedef int current_stream(int32_t device, void **stream);

struct Library {
  nccl_version *version = nullptr;
  nccl_new_id *newId = nullptr;
  nccl_join *join = nullptr;
  nccl_sum *sum = nullptr;
  // Doesn't wait for the others, unlike ncclCommDestroy: they may be gone.
  nccl_end *end = nullptr;
  nccl_message *message = nullptr;
  nccl_last_error *lastError = nullptr;
  current_stream *stream = nullptr;
  std::string obstacle;

  Library() {
    void *nccl = dlopen("libnccl.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!nccl) {
      obstacle = dlerror();
      return;
    }
    find(nccl, version, "ncclGetVersion");
    find(nccl, newId, "ncclGetUniqueId");
    find(nccl, join, "ncclCommInitRank");
    find(nccl, sum, "ncclAllReduce");
    find(nccl, end, "ncclCommAbort");
    find(nccl, message, "ncclGetErrorString");
    find(nccl, lastError, "ncclGetLastError");
    if (void *torch = dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_NOLOAD))
      find(torch, stream, "aoti_torch_get_current_cuda_stream");
    int found = 0;
    if (obstacle.empty() && (version(&found) != 0 || found < 20000 || found >= 30000))
      obstacle = "libnccl.so.2 is not of version 2";
  }

  template <typename Function>
  void find(void *library, Function *&function, const char *name) {
    function = reinterpret_cast<Function *>(dlsym(library, name));
    if (!function) obstacle = dlerror();
  }

  void check(int result, void *group = nullptr) const {
    if (result == 0) return;
    const char *detail = lastError(group);
    TORCH_CHECK(false, "NCCL: ", message(result), detail && *detail ? std::string(" (") + detail + ")" : "");
  }
};

const Library &library() {
  static const Library library;
  return library;
}
}  // namespace

const char *NCCL::obstacle() { return library().obstacle.empty() ? nullptr : library().obstacle.c_str(); }

NCCL::Id NCCL::newId() {
  nccl_id id;
  library().check(library().newId(&id));
  return std::to_array(id.internal);
}

NCCL::NCCL(const Id &id, int rank, int size) {
  nccl_id own;
  std::copy(id.begin(), id.end(), own.internal);
  library().check(library().join(&group, size, own, rank));
}

NCCL::~NCCL() {
  if (group) library().end(group);
}

void NCCL::sum(at::Tensor &tensor) {
  const c10::DeviceGuard guard(tensor.device());
  void *stream = nullptr;
  if (tensor.is_cuda()) {
    TORCH_CHECK(library().stream, "LibTorch's CUDA library does not tell its current stream");
    TORCH_CHECK(library().stream(tensor.get_device(), &stream) == 0, "LibTorch's current stream can't be had");
  }
  const int type = tensor.scalar_type() == at::kDouble ? nccl_float64 : nccl_float32;
  library().check(library().sum(tensor.data_ptr(), tensor.data_ptr(), tensor.numel(), type, nccl_add, group, stream), group);
}
