// Multi-head attention on packed projections, in one pass over each jet's few constituents: forward, backward, and the
// backward of the backward that products with a Hessian need. LibTorch's own path copies q, k and v into other layouts and
// fills zeros when it differentiates the unpacking; at 32 constituents that costs as much as a matrix product. From the
// third derivative on it is plain operators.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "AttentionKernels.hpp"
#include "Random.hpp"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {
struct AttentionSettings : torch::CustomClassHolder {
  int64_t heads = 1;
  double p = 0;
  bool drops = false;
  Rows rows;
  at::Tensor valid;  // bool [B, N], or undefined: all keys count

  // One jet's factors for all heads, [H, N, N]; null where nothing is dropped.
  const float *factors(int64_t jet, std::vector<float> &memory) const {
    if (!drops) return nullptr;
    dropoutFactors(rows, jet, p, memory.data(), int64_t(memory.size()));
    return memory.data();
  }
};
using Settings = c10::intrusive_ptr<AttentionSettings>;

Settings settingsOf(AutogradContext *context) {
  return c10::static_intrusive_pointer_cast<AttentionSettings>(context->saved_data["settings"].toCapsule());
}

// Calls `body` with each jet's number, the kernels for it and its factors, in order. `qkv` is [B, N, 3D].
template <typename T, typename Body>
void forEachJet(const AttentionSettings &settings, const at::Tensor &qkv, Body &&body) {
  const int64_t n = qkv.size(1);
  JetAttention<T> attention(settings.heads, n, qkv.size(2) / 3);
  std::vector<float> factors(settings.drops ? settings.heads * n * n : 0);
  for (int64_t jet = 0; jet < qkv.size(0); jet++) body(jet, attention, settings.factors(jet, factors));
}

// A jet's part of a contiguous tensor [B, ...]; null of one that isn't defined.
template <typename T>
const T *of(int64_t jet, const at::Tensor &tensor) {
  return tensor.defined() ? tensor.const_data_ptr<T>() + jet * tensor.stride(0) : nullptr;
}

template <typename T>
T *to(int64_t jet, const at::Tensor &tensor) {
  return tensor.defined() ? tensor.mutable_data_ptr<T>() + jet * tensor.stride(0) : nullptr;
}

// The double backward in operators that can be differentiated on and on.
variable_list differentiableDoubleBackward(const AttentionSettings &settings, const at::Tensor &qkv,
                                           const at::Tensor &dOut, const at::Tensor &cotangent) {
  const int64_t jets = qkv.size(0), n = qkv.size(1), d = qkv.size(2) / 3, heads = settings.heads;
  const double scale = 1 / std::sqrt(double(d / heads));
  auto part = [&](const at::Tensor &packed, int64_t index) {
    return packed.narrow(2, index * d, d).reshape({jets, n, heads, d / heads}).transpose(1, 2);
  };
  auto joined = [&](const at::Tensor &tensor) { return tensor.transpose(1, 2).reshape({jets, n, d}); };
  auto transposed = [](const at::Tensor &tensor) { return tensor.transpose(-2, -1); };
  const auto q = part(qkv, 0), k = part(qkv, 1), v = part(qkv, 2), g = part(dOut, 0);
  const auto x = part(cotangent, 0), y = part(cotangent, 1), z = part(cotangent, 2);

  auto scores = at::matmul(q, transposed(k)) * scale;
  at::Tensor weights;
  if (settings.valid.defined()) {
    const auto keys = settings.valid.reshape({jets, 1, 1, n});
    // A jet without a valid key has no weights at all.
    weights = scores.masked_fill(keys.logical_not(), -1e30).softmax(-1) * keys;
  } else {
    weights = scores.softmax(-1);
  }
  auto factors = at::ones({}, qkv.options());
  if (settings.drops) {
    factors = at::empty({jets, heads, n, n}, qkv.options().dtype(at::kFloat));
    for (int64_t jet = 0; jet < jets; jet++)
      dropoutFactors(settings.rows, jet, settings.p, to<float>(jet, factors), heads * n * n);
    factors = factors.to(qkv.scalar_type());
  }
  auto centred = [&](const at::Tensor &tensor) { return tensor - (weights * tensor).sum(-1, true); };

  const auto deviations = centred(factors * at::matmul(g, transposed(v)));
  const auto ofScores = centred((at::matmul(x, transposed(k)) + at::matmul(q, transposed(y))) * scale);
  const auto slopes = factors * weights * ofScores, products = weights * deviations;
  const auto curved = weights * centred(ofScores * deviations + factors * at::matmul(g, transposed(z)));
  const auto ofDOut = at::matmul(factors * weights, z) + at::matmul(slopes, v);
  const auto ofQ = (at::matmul(products, y) + at::matmul(curved, k)) * scale;
  const auto ofK = (at::matmul(transposed(products), x) + at::matmul(transposed(curved), q)) * scale;
  const auto ofV = at::matmul(transposed(slopes), g);
  return {at::cat({joined(ofQ), joined(ofK), joined(ofV)}, 2), joined(ofDOut)};
}

// dQKV of qkv and dOut.
struct AttentionBackward : torch::autograd::Function<AttentionBackward> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &packed, const at::Tensor &slope,
                            const at::Tensor &probabilities, Settings settings) {
    const auto qkv = packed.contiguous(), dOut = slope.contiguous();
    auto dQKV = at::empty_like(qkv), deviations = at::empty_like(probabilities);
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "attention", [&] {
      forEachJet<scalar_t>(*settings, qkv, [&](int64_t jet, auto &attention, const float *factors) {
        attention.backward(of<scalar_t>(jet, qkv), of<scalar_t>(jet, probabilities), factors, of<scalar_t>(jet, dOut),
                           to<scalar_t>(jet, dQKV), to<scalar_t>(jet, deviations));
      });
    });
    context->save_for_backward({packed, slope, probabilities, deviations});
    context->saved_data["settings"] = c10::IValue::make_capsule(settings);
    return dQKV;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto settings = settingsOf(context);
    if (at::GradMode::is_enabled()) {
      auto found = differentiableDoubleBackward(*settings, saved[0], saved[1], gradients[0]);
      return {found[0], found[1], at::Tensor(), at::Tensor()};
    }
    const auto qkv = saved[0].contiguous(), dOut = saved[1].contiguous(), cotangent = gradients[0].contiguous();
    const auto &probabilities = saved[2], &deviations = saved[3];
    // Of a derivative along a direction nothing else is wanted.
    const auto ofQKV = context->needs_input_grad(0) ? at::empty_like(qkv) : at::Tensor();
    const auto ofDOut = at::empty_like(dOut);
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "attention", [&] {
      forEachJet<scalar_t>(*settings, qkv, [&](int64_t jet, auto &attention, const float *factors) {
        attention.backwardTwice(of<scalar_t>(jet, qkv), of<scalar_t>(jet, probabilities), factors,
                                of<scalar_t>(jet, dOut), of<scalar_t>(jet, deviations), of<scalar_t>(jet, cotangent),
                                to<scalar_t>(jet, ofQKV), to<scalar_t>(jet, ofDOut));
      });
    });
    return {ofQKV, ofDOut, at::Tensor(), at::Tensor()};
  }
};

struct Attention : torch::autograd::Function<Attention> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &packed, Settings settings) {
    const auto qkv = packed.contiguous();
    const int64_t jets = qkv.size(0), n = qkv.size(1), d = qkv.size(2) / 3;
    auto probabilities = at::empty({jets, settings->heads, n, n}, qkv.options());
    auto out = at::empty({jets, n, d}, qkv.options());
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "attention", [&] {
      forEachJet<scalar_t>(*settings, qkv, [&](int64_t jet, auto &attention, const float *factors) {
        attention.forward(of<scalar_t>(jet, qkv), of<bool>(jet, settings->valid), factors,
                          to<scalar_t>(jet, probabilities), to<scalar_t>(jet, out));
      });
    });
    context->save_for_backward({packed, probabilities});
    context->saved_data["settings"] = c10::IValue::make_capsule(settings);
    return out;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto settings = settingsOf(context);
    if (at::GradMode::is_enabled())
      return {AttentionBackward::apply(saved[0], gradients[0], saved[1], settings), at::Tensor()};
    const auto qkv = saved[0].contiguous(), dOut = gradients[0].contiguous();
    auto dQKV = at::empty_like(qkv);
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "attention", [&] {
      forEachJet<scalar_t>(*settings, qkv, [&](int64_t jet, auto &attention, const float *factors) {
        attention.backward(of<scalar_t>(jet, qkv), of<scalar_t>(jet, saved[1]), factors, of<scalar_t>(jet, dOut),
                           to<scalar_t>(jet, dQKV), static_cast<scalar_t *>(nullptr));
      });
    });
    return {dQKV, at::Tensor()};
  }
};
}  // namespace

extern "C" ct_tensor *ct_attention(const ct_tensor *packed, const ct_tensor *valid, int64_t heads, double p,
                                   const ct_rows *rows) {
  return guarded<ct_tensor *>(nullptr, [&] {
    const auto &qkv = unwrap(packed);
    TORCH_CHECK(qkv.device().is_cpu(), "the fused attention runs on the CPU only");
    TORCH_CHECK(qkv.dim() == 3 && qkv.size(2) % (3 * heads) == 0, "packed projections have shape [B, N, 3D] with D a ",
                "multiple of ", heads, " heads, not ", qkv.sizes());
    auto settings = c10::make_intrusive<AttentionSettings>();
    if (valid) {
      const auto mask = unwrap(valid).contiguous();
      TORCH_CHECK(mask.scalar_type() == at::kBool && mask.sizes() == qkv.sizes().slice(0, 2),
                  "the mask of attention is bool [B, N], not ", mask.scalar_type(), " ", mask.sizes());
      settings->valid = mask;
    }
    settings->heads = heads;
    settings->p = p;
    settings->drops = rows && p > 0;
    if (settings->drops) {
      TORCH_CHECK(rows->rows == qkv.size(0), "attention over ", qkv.size(0), " jets was given names for ", rows->rows);
      settings->rows = Rows(*rows);
    }
    return wrap(Attention::apply(qkv, settings));
  });
}
#endif
