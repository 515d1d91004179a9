// Operators on the device `meta`, where tensors have shapes and no numbers. Some of LibTorch's kernels for it are written in
// Python: for those that networks here use the shapes come from the CPU's kernel, given zeros. A tensor of another device
// among the arguments is an error, as it is on a GPU.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <torch/library.h>

namespace {
at::Tensor zerosLike(const at::Tensor &tensor, const c10::OperatorHandle &op) {
  if (!tensor.defined()) return tensor;
  // A number in a tensor goes along with any device's.
  TORCH_CHECK(tensor.is_meta() || (tensor.is_cpu() && tensor.dim() == 0), op.operator_name().name,
              ": a tensor on the CPU among those on the device meta");
  if (tensor.is_cpu()) return tensor;
  return at::empty_strided(tensor.sizes(), tensor.strides(), tensor.options().device(at::kCPU)).zero_();
}

c10::IValue onCPU(const c10::IValue &value, const c10::OperatorHandle &op) {
  if (value.isTensor()) return zerosLike(value.toTensor(), op);
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor &tensor : value.toTensorList()) list.push_back(zerosLike(tensor, op));
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<at::Tensor>> list;
    for (const std::optional<at::Tensor> &tensor : value.toOptionalTensorList())
      list.push_back(tensor ? std::optional<at::Tensor>(zerosLike(*tensor, op)) : std::nullopt);
    return list;
  }
  if (value.isDevice()) return c10::Device(at::kCPU);
  return value;
}

void shapesAlone(const c10::OperatorHandle &op, torch::jit::Stack *stack) {
  const auto &schema = op.schema();
  const std::vector<c10::IValue> given = torch::jit::last(*stack, schema.arguments().size()).vec();
  torch::jit::drop(*stack, given.size());
  torch::jit::Stack values;
  for (const auto &value : given) values.push_back(onCPU(value, op));
  op.callBoxed(&values);
  for (size_t i = 0; i < values.size(); i++) {
    TORCH_CHECK(!values[i].isTensorList(), op.operator_name().name, " gives a list of tensors");
    if (!values[i].isTensor() || !values[i].toTensor().defined()) {
      stack->push_back(values[i]);
      continue;
    }
    const at::Tensor &found = values[i].toTensor();
    // What an operator writes to is its result, too.
    const at::Tensor *written = nullptr;
    const auto *alias = schema.returns()[i].alias_info();
    for (size_t j = 0; alias && alias->isWrite() && j < given.size(); j++) {
      const auto *own = schema.arguments()[j].alias_info();
      if (own && own->isWrite() && own->beforeSets() == alias->beforeSets()) written = &given[j].toTensor();
    }
    if (written) {
      if (written->sizes() != found.sizes()) written->resize_(found.sizes());
      stack->push_back(*written);
    } else {
      stack->push_back(at::empty_strided(found.sizes(), found.strides(), found.options().device(at::kMeta)));
    }
  }
}
}  // namespace

TORCH_LIBRARY_IMPL(aten, Meta, library) {
  for (const char *name : {"dot", "index_select", "isfinite.out", "log_sigmoid_backward", "log_sigmoid_forward",
                           "logical_and.out", "logical_not.out", "native_layer_norm",
                           "native_layer_norm_backward", "relu", "where.self"})
    library.impl(name, torch::CppFunction::makeFromBoxedFunction<&shapesAlone>());
}
#endif
