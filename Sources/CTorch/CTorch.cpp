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
      for (int64_t i = 0; i < argument.count; i++)
        list.push_back(argument.value.tensors[i] ? unwrap(argument.value.tensors[i]) : at::Tensor());
      return list;
    }
    case CT_DOUBLES: return c10::List<double>(at::ArrayRef<double>(argument.value.reals, argument.count));
    case CT_BOOLS: {
      c10::List<bool> list;
      list.reserve(argument.count);
      for (int64_t i = 0; i < argument.count; i++) list.push_back(argument.value.ints[i] != 0);
      return list;
    }
    case CT_DEFAULT: break;
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

// What Python's calls convert without being asked: a number stands for a tensor without dimensions, whole numbers for
// real ones, and one number for a list of as many as the schema says.
static c10::IValue converted(c10::IValue value, const c10::Argument &argument) {
  auto type = argument.type();
  if (auto optional = type->cast<c10::OptionalType>()) {
    if (value.isNone()) return value;
    type = optional->getElementType();
  }
  if (type->kind() == c10::TypeKind::TensorType && value.isScalar()) {
    auto tensor = c10::scalar_to_tensor(value.toScalar());
    tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
    return tensor;
  }
  if (type->kind() == c10::TypeKind::FloatType && value.isInt()) return double(value.toInt());
  auto list = type->cast<c10::ListType>();
  if (!list) return value;
  const auto element = list->getElementType()->kind();
  const auto length = size_t(argument.N().value_or(1));
  if (element == c10::TypeKind::OptionalType && value.isTensorList()) return withOptionals(value);
  if (element == c10::TypeKind::IntType && value.isInt())
    return c10::List<int64_t>(std::vector<int64_t>(length, value.toInt()));
  if (element == c10::TypeKind::FloatType && (value.isInt() || value.isDouble()))
    return c10::List<double>(std::vector<double>(length, value.toScalar().toDouble()));
  if (element == c10::TypeKind::BoolType && value.isBool()) {
    c10::List<bool> flags;
    for (size_t i = 0; i < length; i++) flags.push_back(value.toBool());
    return flags;
  }
  if (value.isIntList() && value.toIntList().empty()) {
    // An empty list is written as one of whole numbers.
    if (element == c10::TypeKind::TensorType) return c10::List<at::Tensor>();
    if (element == c10::TypeKind::BoolType) return c10::List<bool>();
  }
  if (element == c10::TypeKind::FloatType && value.isIntList()) {
    c10::List<double> reals;
    for (int64_t integer : value.toIntList()) reals.push_back(double(integer));
    return reals;
  }
  return value;
}

static void give(const c10::IValue &value, ct_value *results, int capacity, int &found) {
  auto place = [&](ct_value result) {
    if (found < capacity) results[found] = result;
    else if (result.kind == CT_TENSOR) ct_release(result.value.tensor);
    found++;
  };
  ct_value result = {};
  if (value.isTensor()) {
    result.kind = CT_TENSOR;
    result.value.tensor = wrap(value.toTensor());
    place(result);
  } else if (value.isInt()) {
    result.kind = CT_INT;
    result.value.integer = value.toInt();
    place(result);
  } else if (value.isDouble()) {
    result.kind = CT_DOUBLE;
    result.value.real = value.toDouble();
    place(result);
  } else if (value.isBool()) {
    result.kind = CT_BOOL;
    result.value.integer = value.toBool();
    place(result);
  } else if (value.isNone()) {
    result.kind = CT_NONE;
    place(result);
  } else if (value.isList()) {
    for (const c10::IValue &element : value.toListRef()) give(element, results, capacity, found);
  } else if (value.isTuple()) {
    for (const c10::IValue &element : value.toTupleRef().elements()) give(element, results, capacity, found);
  } else {
    TORCH_CHECK(false, "a result of type ", value.tagKind(), " can't be used");
  }
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

int ct_call_converting(const ct_operator *op, const ct_value *arguments, int count, bool checked, ct_value *results,
                       int capacity) {
  return guarded(-1, [&] {
    const auto &schema = op->handle.schema();
    const auto &parameters = schema.arguments();
    TORCH_CHECK(size_t(count) <= parameters.size(), "it takes at most ", parameters.size(), " arguments, not ", count);
    torch::jit::Stack stack;
    stack.reserve(parameters.size());
    for (size_t i = 0; i < parameters.size(); i++) {
      if (i < size_t(count) && arguments[i].kind != CT_DEFAULT) {
        stack.push_back(converted(boxed(arguments[i]), parameters[i]));
      } else {
        TORCH_CHECK(parameters[i].default_value().has_value(), "the argument `", parameters[i].name(), "` is missing");
        stack.push_back(*parameters[i].default_value());
      }
    }
    // A kernel takes values of the wrong type at their bytes' word.
    if (checked) schema.checkAndNormalizeInputs(stack);
    op->handle.callBoxed(stack);
    int found = 0;
    for (const auto &value : stack) give(value, results, capacity, found);
    return found;
  });
}

int ct_argument_count(const ct_operator *op) { return int(op->handle.schema().arguments().size()); }

const char *ct_argument_name(const ct_operator *op, int index) {
  return op->handle.schema().arguments()[index].name().c_str();
}

bool ct_writes_arguments(const ct_operator *op) { return op->handle.schema().is_mutable(); }

bool ct_draws_random_numbers(const ct_operator *op) { return op->handle.hasTag(at::Tag::nondeterministic_seeded); }

void ct_use_plain_attention(void) {
  at::globalContext().setSDPUseFlash(false);
  at::globalContext().setSDPUseMemEfficient(false);
  at::globalContext().setSDPUseCuDNN(false);
  at::globalContext().setSDPUseMath(true);
}

ct_tensor *ct_from_bytes(const void *bytes, const int64_t *shape, int rank, int scalar_type) {
  return guarded<ct_tensor *>(nullptr, [&] {
    auto tensor = at::empty(at::IntArrayRef(shape, rank), at::TensorOptions(at::ScalarType(scalar_type)));
    std::memcpy(tensor.mutable_data_ptr(), bytes, tensor.nbytes());
    return wrap(tensor);
  });
}

bool ct_is_defined(const ct_tensor *tensor) { return unwrap(tensor).defined(); }

bool ct_is_plain(const ct_tensor *tensor) {
  const auto &t = unwrap(tensor);
  return t.defined() && t.layout() == at::kStrided && t.device().is_cpu() && !t.is_nested() && !t.is_quantized();
}

ct_tensor *ct_strided(const ct_tensor *storage, const int64_t *sizes, const int64_t *strides, int rank, int64_t offset) {
  return guarded<ct_tensor *>(nullptr, [&] {
    return wrap(unwrap(storage).as_strided(at::IntArrayRef(sizes, rank), at::IntArrayRef(strides, rank), offset));
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
