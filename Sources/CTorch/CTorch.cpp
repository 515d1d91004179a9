// The binding proper: boxed calls through the dispatcher, tensors, gradients.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/native/DispatchStub.h>
#include <malloc.h>
#include <torch/csrc/autograd/autograd.h>

using namespace ctorch;

std::string &ctorch::error() {
  static thread_local std::string message;
  return message;
}

struct ct_operator {
  c10::OperatorHandle handle;
};

static c10::IValue boxed(const ct_value &argument) {
  switch (argument.kind) {
    case CT_NONE: return {};
    case CT_TENSOR: return unwrap(argument.value.tensor);
    case CT_INT: return argument.value.integer;
    case CT_DOUBLE: return argument.value.real;
    case CT_BOOL: return argument.value.integer != 0;
    case CT_INTS: return c10::List<int64_t>(at::IntArrayRef(argument.value.ints, argument.count));
    case CT_STRING: return std::string(argument.value.string);
    case CT_DEVICE: return c10::Device(argument.value.string);
    case CT_TENSORS: {
      c10::List<at::Tensor> list;
      list.reserve(argument.count);
      for (int64_t i = 0; i < argument.count; i++) list.push_back(unwrap(argument.value.tensors[i]));
      return list;
    }
  }
  TORCH_CHECK(false, "unknown kind of argument");
}

// Index lists hold optional tensors (a[:, i]): their schema refuses a plain list.
static c10::IValue withOptionals(const c10::IValue &value) {
  c10::List<std::optional<at::Tensor>> list;
  for (const at::Tensor &tensor : value.toTensorList())
    list.push_back(tensor.defined() ? std::optional(tensor) : std::nullopt);
  return list;
}

static bool wantsOptionals(const c10::TypePtr &type) {
  auto list = type->cast<c10::ListType>();
  return list && list->getElementType()->kind() == c10::TypeKind::OptionalType;
}

extern "C" {

const char *ct_last_error(void) { return error().c_str(); }
const char *ct_version(void) { return TORCH_VERSION; }

const char *ct_build_description(void) {
  static const std::string text = at::show_config();
  return text.c_str();
}

const char *ct_cpu_capability(void) {
  static const std::string text = at::get_cpu_capability();
  return text.c_str();
}

int ct_cuda_device_count(void) {
  return guarded(0, [] { return at::hasCUDA() ? int(at::detail::getCUDAHooks().deviceCount()) : 0; });
}

void ct_configure_process(void) {
  at::set_num_threads(1);
  // Activations are megabytes, allocated and freed at every step: without this glibc gives them back to the kernel
  // and pays for fresh, zeroed pages each time.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
}

int64_t ct_allocated_bytes(void) {
  const auto state = mallinfo2();
  return int64_t(state.uordblks) + int64_t(state.hblkhd);
}

ct_operator *ct_find_operator(const char *name, const char *overload) {
  auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
  if (!handle) {
    error() = std::string("LibTorch has no operator ") + name + (*overload ? "." : "") + overload;
    return nullptr;
  }
  return new ct_operator{*handle};
}

int ct_call(const ct_operator *op, const ct_value *arguments, int count, ct_tensor **results, int capacity) {
  return guarded(-1, [&] {
    const auto &parameters = op->handle.schema().arguments();
    TORCH_CHECK(size_t(count) <= parameters.size(), op->handle.operator_name().name, " takes at most ",
                parameters.size(), " arguments, not ", count);
    torch::jit::Stack stack;
    stack.reserve(parameters.size());
    for (size_t i = 0; i < parameters.size(); i++) {
      if (i < size_t(count)) {
        auto value = boxed(arguments[i]);
        stack.push_back(value.isTensorList() && wantsOptionals(parameters[i].type()) ? withOptionals(value) : value);
      } else {
        TORCH_CHECK(parameters[i].default_value().has_value(), op->handle.operator_name().name,
                    ": the argument `", parameters[i].name(), "` is missing");
        stack.push_back(*parameters[i].default_value());
      }
    }
    op->handle.callBoxed(stack);
    int found = 0;
    auto give = [&](at::Tensor tensor) {
      if (found < capacity) results[found] = wrap(std::move(tensor));
      found++;
    };
    for (auto &value : stack) {
      if (value.isTensor()) give(value.toTensor());
      else if (value.isTensorList())
        for (const at::Tensor &tensor : value.toTensorList()) give(tensor);
    }
    return found;
  });
}

ct_tensor *ct_from_bytes(const void *bytes, const int64_t *shape, int rank, int scalar_type) {
  return guarded<ct_tensor *>(nullptr, [&] {
    auto tensor = at::empty(at::IntArrayRef(shape, rank), at::TensorOptions(at::ScalarType(scalar_type)));
    std::memcpy(tensor.mutable_data_ptr(), bytes, tensor.nbytes());
    return wrap(tensor);
  });
}

void ct_release(ct_tensor *tensor) { delete reinterpret_cast<at::Tensor *>(tensor); }
int ct_rank(const ct_tensor *tensor) { return int(unwrap(tensor).dim()); }
int64_t ct_size(const ct_tensor *tensor, int dimension) { return unwrap(tensor).size(dimension); }
int ct_scalar_type(const ct_tensor *tensor) { return int(unwrap(tensor).scalar_type()); }

const char *ct_device_name(const ct_tensor *tensor) {
  static thread_local std::string name;
  name = unwrap(tensor).device().str();
  return name.c_str();
}

void *ct_data(const ct_tensor *tensor) {
  const auto &t = unwrap(tensor);
  return t.is_contiguous() && t.device().is_cpu() ? t.data_ptr() : nullptr;
}

double ct_item(const ct_tensor *tensor) {
  error().clear();
  return guarded<double>(NAN, [&] { return unwrap(tensor).item().toDouble(); });
}

int ct_set_requires_grad(ct_tensor *tensor, bool requires_grad) {
  return guarded(-1, [&] {
    unwrap(tensor).requires_grad_(requires_grad);
    return 0;
  });
}

bool ct_requires_grad(const ct_tensor *tensor) { return unwrap(tensor).requires_grad(); }
bool ct_grad_mode(void) { return at::GradMode::is_enabled(); }
void ct_set_grad_mode(bool enabled) { at::GradMode::set_enabled(enabled); }

int ct_gradients(ct_tensor *const *outputs, ct_tensor *const *seeds, int output_count, ct_tensor *const *inputs,
                 int input_count, bool keep_graph, bool create_graph, ct_tensor **gradients) {
  return guarded(-1, [&] {
    std::vector<at::Tensor> ys, vs, xs;
    for (int i = 0; i < output_count; i++) ys.push_back(unwrap(outputs[i]));
    for (int i = 0; seeds && i < output_count; i++) vs.push_back(unwrap(seeds[i]));
    for (int i = 0; i < input_count; i++) xs.push_back(unwrap(inputs[i]));
    auto found = torch::autograd::grad(ys, xs, vs, keep_graph || create_graph, create_graph, /*allow_unused=*/true);
    for (int i = 0; i < input_count; i++) gradients[i] = found[i].defined() ? wrap(found[i]) : nullptr;
    return 0;
  });
}
}
#endif
