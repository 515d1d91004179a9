// Layer normalisation whose second derivative is, on the CPU, one pass over each row: LibTorch composes it of some thirty
// operators over whole tensors. LibTorch's third derivative takes the mean and the variance for constants
// (pytorch/pytorch#175754), so only forward and backward are LibTorch's here; what is not one pass is plain operators.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <tuple>

#include "InstructionSets.h"
#include "Lanes.hpp"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {
// One row of D numbers x, of mean m and 1/sqrt(variance + epsilon) = r, with its slope g and the cotangents: `a` of the
// backward's dx, and of dw and db, null where neither is wanted.
template <typename T>
struct Row {
  const T *x, *g, *w, *a, *ofDW, *ofDB;
  T m, r;
  int64_t d;
};

// With z = (x - m) r and h = w g, and <> the mean over the row, the backward is dx = r (h - <h> - z <h z>), dw = g z, db = g.
// The sum over the row of a dx + ofDW dw + ofDB db changes
//   with h by q = r (a - <a> - z <a z>), so with g by w q + ofDW z + ofDB and with w by g q,
//   with z by e = ofDW g - r (a <h z> + h <a z>), and with the outer r by D <q h> / r,
//   so with x by r (e - <e> - z (<e z> + <q h>)).
// `ofX` is null where it is not wanted; `ofW` sums up the rows'.
template <typename T, bool parameters>
INLINED void doubleBackwardRow(const Row<T> &row, T *__restrict ofG, T *__restrict ofX, T *__restrict ofW) {
  constexpr int count = Lanes<T>::count;
  const T *__restrict x = row.x, *__restrict g = row.g, *__restrict w = row.w, *__restrict a = row.a;
  const T *__restrict ofDW = row.ofDW, *__restrict ofDB = row.ofDB;
  const T m = row.m, r = row.r;
  Lanes<T> sumH{}, sumHZ{}, sumA{}, sumAZ{}, sumAH{}, sumP{}, sumPZ{};
  auto add = [&](int64_t j, int k) __attribute__((always_inline)) {
    const T z = (x[j] - m) * r, h = w[j] * g[j];
    sumH.sums[k] += h;
    sumHZ.sums[k] += h * z;
    sumA.sums[k] += a[j];
    sumAZ.sums[k] += a[j] * z;
    sumAH.sums[k] += a[j] * h;
    if constexpr (parameters) {
      const T p = ofDW[j] * g[j];
      sumP.sums[k] += p;
      sumPZ.sums[k] += p * z;
    }
  };
  int64_t j = 0;
  for (; j + count <= row.d; j += count)
    for (int k = 0; k < count; k++) add(j + k, k);
  for (int k = 0; j < row.d; j++, k++) add(j, k);

  const T part = T(1) / T(row.d);
  const T h = sumH.total() * part, hz = sumHZ.total() * part, mean = sumA.total() * part, az = sumAZ.total() * part;
  const T qh = r * (sumAH.total() * part - mean * h - az * hz);
  T e = -r * (mean * hz + h * az), ez = -2 * r * az * hz;
  if constexpr (parameters) {
    e += sumP.total() * part;
    ez += sumPZ.total() * part;
  }
  const T along = ez + qh;
  for (int64_t j = 0; j < row.d; j++) {
    const T z = (x[j] - m) * r, q = r * (a[j] - mean - z * az);
    T slope = w[j] * q;
    if constexpr (parameters) slope += ofDW[j] * z + ofDB[j];
    ofG[j] = slope;
    ofW[j] += g[j] * q;
  }
  if (!ofX) return;
  for (int64_t j = 0; j < row.d; j++) {
    const T z = (x[j] - m) * r;
    T change = -r * (a[j] * hz + w[j] * g[j] * az);
    if constexpr (parameters) change += ofDW[j] * g[j];
    ofX[j] = r * (change - e - z * along);
  }
}

FOR_EACH_INSTRUCTION_SET
void rowOfDoubleBackward(const Row<float> &row, float *ofG, float *ofX, float *ofW) {
  if (row.ofDW) doubleBackwardRow<float, true>(row, ofG, ofX, ofW);
  else doubleBackwardRow<float, false>(row, ofG, ofX, ofW);
}

FOR_EACH_INSTRUCTION_SET
void rowOfDoubleBackward(const Row<double> &row, double *ofG, double *ofX, double *ofW) {
  if (row.ofDW) doubleBackwardRow<double, true>(row, ofG, ofX, ofW);
  else doubleBackwardRow<double, false>(row, ofG, ofX, ofW);
}

// Of the backward's inputs slope, x and w. `ofX` may be undefined: it is not wanted then.
void doubleBackward(const at::Tensor &slope, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &mean,
                    const at::Tensor &rstd, const at::Tensor &ofDX, const at::Tensor &ofDW, const at::Tensor &ofDB,
                    const at::Tensor &ofSlope, const at::Tensor &ofX, const at::Tensor &ofW) {
  const int64_t d = weight.size(0), rows = x.numel() / d;
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "layer norm", [&] {
    Row<scalar_t> row{};
    row.d = d;
    row.w = weight.const_data_ptr<scalar_t>();
    if (ofDW.defined()) {
      row.ofDW = ofDW.const_data_ptr<scalar_t>();
      row.ofDB = ofDB.const_data_ptr<scalar_t>();
    }
    for (int64_t i = 0; i < rows; i++) {
      row.x = x.const_data_ptr<scalar_t>() + i * d;
      row.g = slope.const_data_ptr<scalar_t>() + i * d;
      row.a = ofDX.const_data_ptr<scalar_t>() + i * d;
      row.m = mean.const_data_ptr<scalar_t>()[i];
      row.r = rstd.const_data_ptr<scalar_t>()[i];
      rowOfDoubleBackward(row, ofSlope.mutable_data_ptr<scalar_t>() + i * d,
                          ofX.defined() ? ofX.mutable_data_ptr<scalar_t>() + i * d : nullptr,
                          ofW.mutable_data_ptr<scalar_t>());
    }
  });
}

// The same in operators that can be differentiated on and on.
variable_list differentiableDoubleBackward(const at::Tensor &slope, const at::Tensor &x, const at::Tensor &weight,
                                           double epsilon, const at::Tensor &ofDX, const at::Tensor &ofDW,
                                           const at::Tensor &ofDB) {
  auto mean = [](const at::Tensor &tensor) { return tensor.mean(-1, /*keepdim=*/true); };
  auto sum = [](const at::Tensor &tensor) { return tensor.reshape({-1, tensor.size(-1)}).sum(0); };
  const auto centred = x - mean(x), r = (mean(centred * centred) + epsilon).rsqrt(), z = centred * r;
  const auto h = weight * slope, hz = mean(h * z), az = mean(ofDX * z);
  const auto q = r * (ofDX - mean(ofDX) - z * az);
  auto ofSlope = weight * q, e = -r * (ofDX * hz + h * az);
  if (ofDW.defined()) {
    ofSlope = ofSlope + ofDW * z + ofDB;
    e = e + ofDW * slope;
  }
  return {ofSlope, r * (e - mean(e) - z * (mean(e * z) + mean(q * h))), sum(slope * q)};
}

// dx, and dw and db where they are wanted, of the slope of the output, x and w.
struct NormBackward : torch::autograd::Function<NormBackward> {
  static variable_list forward(AutogradContext *context, const at::Tensor &slope, const at::Tensor &x,
                               const at::Tensor &weight, const at::Tensor &mean, const at::Tensor &rstd, double epsilon,
                               bool parameters) {
    context->save_for_backward({slope, x, weight, mean, rstd});
    context->saved_data["epsilon"] = epsilon;
    // Of the bias it reads the shape alone, which is the weight's.
    auto [dX, dW, dB] = at::native_layer_norm_backward(slope.contiguous(), x, {x.size(-1)}, mean, rstd, weight, weight,
                                                       {true, parameters, parameters});
    if (!parameters) return {dX};
    return {dX, dW, dB};
  }

  static variable_list backward(AutogradContext *context, variable_list cotangents) {
    const auto saved = context->get_saved_variables();
    const bool parameters = cotangents.size() > 1;
    const auto none = at::Tensor();
    variable_list found;
    if (at::GradMode::is_enabled() || !saved[1].is_cpu()) {
      found = differentiableDoubleBackward(saved[0], saved[1], saved[2], context->saved_data["epsilon"].toDouble(),
                                           cotangents[0], parameters ? cotangents[1] : none,
                                           parameters ? cotangents[2] : none);
    } else {
      const auto slope = saved[0].contiguous(), x = saved[1].contiguous(), weight = saved[2].contiguous();
      found = {at::empty_like(slope), context->needs_input_grad(1) ? at::empty_like(x) : none, at::zeros_like(weight)};
      doubleBackward(slope, x, weight, saved[3], saved[4], cotangents[0].contiguous(),
                     parameters ? cotangents[1].contiguous() : none, parameters ? cotangents[2].contiguous() : none,
                     found[0], found[1], found[2]);
    }
    return {found[0], found[1], found[2], none, none, none, none};
  }
};

struct Norm : torch::autograd::Function<Norm> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const at::Tensor &bias, double epsilon) {
    auto [y, mean, rstd] = at::native_layer_norm(x, {x.size(-1)}, weight, bias, epsilon);
    context->save_for_backward({x, weight, bias, mean, rstd});
    context->saved_data["epsilon"] = epsilon;
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &bias = saved[2], &mean = saved[3], &rstd = saved[4];
    const std::array<bool, 3> wanted = {context->needs_input_grad(0), context->needs_input_grad(1),
                                        context->needs_input_grad(2)};
    if (!at::GradMode::is_enabled()) {
      auto [dX, dW, dB] =
          at::native_layer_norm_backward(gradients[0].contiguous(), x, {x.size(-1)}, mean, rstd, weight, bias,
                                         wanted);
      return {dX, dW, dB, at::Tensor()};
    }
    auto found = NormBackward::apply(gradients[0], x, weight, mean, rstd, context->saved_data["epsilon"].toDouble(),
                                     wanted[1] || wanted[2]);
    found.resize(3);
    found.emplace_back();
    return found;
  }
};
}  // namespace

extern "C" ct_tensor *ct_layer_norm(const ct_tensor *input, const ct_tensor *scale, const ct_tensor *shift,
                                    double epsilon) {
  return guarded<ct_tensor *>(nullptr, [&] {
    const auto &x = unwrap(input), &weight = unwrap(scale), &bias = unwrap(shift);
    const auto type = x.scalar_type();
    TORCH_CHECK((type == at::kFloat || type == at::kDouble) && weight.scalar_type() == type && bias.scalar_type() == type,
                "layer norm takes one type, float or double, not ", type, ", ", weight.scalar_type(), " and ",
                bias.scalar_type());
    return wrap(Norm::apply(x, weight, bias, epsilon));
  });
}
#endif
