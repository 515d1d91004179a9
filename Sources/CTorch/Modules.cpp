// TorchScript modules as functions of their tensors: a module's objects are copied with other tensors in their slots, so
// that what it computes can be differentiated with respect to these, on several threads at once.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <unordered_map>
#include <unordered_set>

using namespace ctorch;

namespace {
using Object = c10::intrusive_ptr<c10::ivalue::Object>;

struct NamedTensor {
  std::string name;
  ct_role role;
  at::Tensor tensor;
};

struct NamedInput {
  std::string name;
  bool isTensor, isOptional;
};
}  // namespace

struct ct_module {
  torch::jit::Module module;
  std::vector<NamedTensor> tensors;
  // The place in `tensors` of each tensor that a slot holds: tied parameters are one.
  std::unordered_map<const at::TensorImpl *, size_t> places;
  std::vector<NamedInput> inputs;
  std::vector<std::pair<std::string, std::string>> operators;

  explicit ct_module(torch::jit::Module loaded) : module(std::move(loaded)) {}

  void collect(const Object &object, const std::string &prefix, std::unordered_set<const void *> &seen) {
    if (!seen.insert(object.get()).second) return;
    const auto type = object->type();
    for (size_t i = 0; i < object->slots().size(); i++) {
      const auto &value = object->getSlot(i);
      const auto name = prefix + type->getAttributeName(i);
      if (value.isObject()) {
        collect(value.toObject(), name + ".", seen);
      } else if (value.isTensor() && value.toTensor().defined()) {
        const auto tensor = value.toTensor();
        const auto role = type->is_parameter(i) ? CT_PARAMETER : type->is_buffer(i) ? CT_BUFFER : CT_ATTRIBUTE;
        if (places.emplace(tensor.unsafeGetTensorImpl(), tensors.size()).second) tensors.push_back({name, role, tensor});
      }
    }
  }

  // The same object with other tensors; `made` keeps objects that are used twice one object.
  Object rebuilt(const Object &object, ct_tensor *const *replacements,
                 std::unordered_map<const void *, Object> &made) const {
    auto known = made.find(object.get());
    if (known != made.end()) return known->second;
    auto copy = object->copy();
    made.emplace(object.get(), copy);
    for (size_t i = 0; i < copy->slots().size(); i++) {
      const auto value = copy->getSlot(i);
      if (value.isObject()) {
        copy->setSlot(i, rebuilt(value.toObject(), replacements, made));
      } else if (value.isTensor() && value.toTensor().defined()) {
        copy->setSlot(i, unwrap(replacements[places.at(value.toTensor().unsafeGetTensorImpl())]));
      }
    }
    return copy;
  }

  void listOperators(const torch::jit::Block *block) {
    for (const auto *node : block->nodes()) {
      if (node->kind().is_aten()) operators.emplace_back(node->kind().toQualString(), node->sourceRange().str());
      for (const auto *inner : node->blocks()) listOperators(inner);
    }
  }
};

extern "C" {

ct_module *ct_load_module(const char *path) {
  return guarded<ct_module *>(nullptr, [&] {
    auto result = std::make_unique<ct_module>(torch::jit::load(std::string(path), c10::Device("cpu")));
    result->module.eval();
    std::unordered_set<const void *> seen;
    result->collect(result->module._ivalue(), "", seen);
    const auto method = result->module.get_method("forward");
    const auto &arguments = method.function().getSchema().arguments();
    for (size_t i = 1; i < arguments.size(); i++) {
      auto type = arguments[i].type();
      const auto optional = type->cast<c10::OptionalType>();
      if (optional) type = optional->getElementType();
      result->inputs.push_back(
          {arguments[i].name(), type->kind() == c10::TypeKind::TensorType, optional || arguments[i].default_value()});
    }
    auto graph = method.graph()->copy();
    torch::jit::Inline(*graph);
    result->listOperators(graph->block());
    return result.release();
  });
}

void ct_release_module(ct_module *module) { delete module; }
int ct_module_tensor_count(const ct_module *module) { return int(module->tensors.size()); }
const char *ct_module_tensor_name(const ct_module *module, int index) { return module->tensors[index].name.c_str(); }
ct_role ct_module_tensor_role(const ct_module *module, int index) { return module->tensors[index].role; }
ct_tensor *ct_module_tensor(const ct_module *module, int index) { return wrap(module->tensors[index].tensor); }
int ct_module_input_count(const ct_module *module) { return int(module->inputs.size()); }
const char *ct_module_input_name(const ct_module *module, int index) { return module->inputs[index].name.c_str(); }
bool ct_module_input_is_tensor(const ct_module *module, int index) { return module->inputs[index].isTensor; }
bool ct_module_input_is_optional(const ct_module *module, int index) { return module->inputs[index].isOptional; }
int ct_module_operator_count(const ct_module *module) { return int(module->operators.size()); }
const char *ct_module_operator_name(const ct_module *module, int index) {
  return module->operators[index].first.c_str();
}
const char *ct_module_operator_source(const ct_module *module, int index) {
  return module->operators[index].second.c_str();
}

ct_tensor *ct_run_module(const ct_module *module, ct_tensor *const *tensors, ct_tensor *const *inputs) {
  return guarded<ct_tensor *>(nullptr, [&] {
    // LibTorch's optimiser differentiates fused pieces by formulas of its own, which go to first order only.
    torch::jit::GraphOptimizerEnabledGuard plain(false);
    std::unordered_map<const void *, Object> made;
    std::vector<c10::IValue> arguments{module->rebuilt(module->module._ivalue(), tensors, made)};
    const auto &function = module->module.get_method("forward").function();
    const auto &schema = function.getSchema();
    for (size_t i = 0; i < module->inputs.size(); i++) {
      if (inputs[i]) {
        arguments.emplace_back(unwrap(inputs[i]));
      } else if (schema.arguments()[i + 1].default_value()) {
        arguments.push_back(*schema.arguments()[i + 1].default_value());
      } else {
        arguments.emplace_back();
      }
    }
    c10::IValue result = const_cast<torch::jit::Function &>(function)(std::move(arguments));
    while (!result.isTensor()) {
      if (result.isTuple() && !result.toTupleRef().elements().empty()) {
        result = c10::IValue(result.toTupleRef().elements()[0]);
      } else if (result.isList() && !result.toListRef().empty()) {
        result = c10::IValue(result.toListRef()[0]);
      } else {
        TORCH_CHECK(false, "`forward` gives a ", result.tagKind(), ", not a tensor or a tuple that begins with one");
      }
    }
    return wrap(result.toTensor());
  });
}
}
#endif
