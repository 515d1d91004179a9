// Linear layers and rectifiers on the CPU. Values and gradients are LibTorch's own, to the bit; the gradient's own
// derivative adds its summands up inside the matrix products, where LibTorch writes each and fills zeros for some. Both are
// differentiable any number of times.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <torch/csrc/autograd/custom_function.h>

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {
at::Tensor rows(const at::Tensor &x) { return x.reshape({-1, x.size(-1)}); }

// dX = G W, dW = G'X and db, the sum of G's rows, of the output's slope G: those that are wanted, in this order.
struct LinearBackward : torch::autograd::Function<LinearBackward> {
  static variable_list forward(AutogradContext *context, const at::Tensor &slope, const at::Tensor &x,
                               const at::Tensor &weight, bool ofInput, bool ofParameters) {
    context->save_for_backward({slope, x, weight});
    context->saved_data["ofInput"] = ofInput;
    const auto g = rows(slope);
    variable_list found;
    if (ofInput) found.push_back(g.mm(weight).view(x.sizes()));
    if (ofParameters) {
      found.push_back(g.t().mm(rows(x)));
      found.push_back(g.sum(0));
    }
    return found;
  }

  static variable_list backward(AutogradContext *context, variable_list cotangents) {
    const auto saved = context->get_saved_variables();
    const auto &slope = saved[0], &x = saved[1], &weight = saved[2];
    const bool ofInput = context->saved_data["ofInput"].toBool(), ofParameters = cotangents.size() > 1;
    const auto g = rows(slope);
    at::Tensor ofSlope, ofX, ofWeight;
    if (ofParameters) {
      const auto &ofDW = cotangents[ofInput], &ofDB = cotangents[ofInput + 1];
      ofSlope = at::addmm(ofDB, rows(x), ofDW.t());
      if (context->needs_input_grad(1)) ofX = g.mm(ofDW).view(x.sizes());
    }
    if (ofInput) {
      const auto a = rows(cotangents[0]);
      if (!ofSlope.defined()) ofSlope = a.mm(weight.t());
      else if (at::GradMode::is_enabled()) ofSlope = ofSlope.addmm(a, weight.t());
      else ofSlope.addmm_(a, weight.t());
      if (context->needs_input_grad(2)) ofWeight = g.t().mm(a);
    }
    return {ofSlope.view(slope.sizes()), ofX, ofWeight, at::Tensor(), at::Tensor()};
  }
};

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const at::Tensor &bias) {
    context->save_for_backward({x, weight});
    return at::linear(x, weight, bias);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const bool ofInput = context->needs_input_grad(0);
    const bool ofParameters = context->needs_input_grad(1) || context->needs_input_grad(2);
    variable_list found(3);
    if (!ofInput && !ofParameters) return found;
    auto some = LinearBackward::apply(gradients[0], saved[0], saved[1], ofInput, ofParameters);
    if (ofInput) found[0] = some[0];
    if (ofParameters) {
      found[1] = some[ofInput];
      found[2] = some[ofInput + 1];
    }
    return found;
  }
};

// max(x, 0). The gradient depends on x by a step, whose derivative is 0: nothing is recorded for it.
struct Rectifier : torch::autograd::Function<Rectifier> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x) {
    const auto y = at::relu(x);
    context->save_for_backward({y});
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    return {at::threshold_backward(gradients[0], context->get_saved_variables()[0].detach(), 0)};
  }
};

bool isPlain(const at::Tensor &tensor) {
  return tensor.is_cpu() && (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble);
}
}  // namespace

extern "C" {
ct_tensor *ct_linear(const ct_tensor *input, const ct_tensor *matrix, const ct_tensor *shift) {
  return guarded<ct_tensor *>(nullptr, [&] {
    const auto &x = unwrap(input), &weight = unwrap(matrix), &bias = unwrap(shift);
    const auto type = x.scalar_type();
    if (!isPlain(x) || weight.scalar_type() != type || bias.scalar_type() != type)
      return wrap(at::linear(x, weight, bias));
    return wrap(Linear::apply(x, weight, bias));
  });
}

ct_tensor *ct_relu(const ct_tensor *input) {
  return guarded<ct_tensor *>(nullptr, [&] {
    const auto &x = unwrap(input);
    return wrap(isPlain(x) ? Rectifier::apply(x) : at::relu(x));
  });
}
}
#endif
