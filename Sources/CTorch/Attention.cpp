// Multi-head attention on packed projections, forward and backward in one pass over each jet's few constituents.
// LibTorch's own path copies q, k and v into other layouts and fills zeros when it differentiates the unpacking; at 32
// constituents that costs as much as a matrix product. Here the small products read and write the packed layout.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "Random.hpp"

// BLAS, which LibTorch carries within it (MKL or OpenBLAS).
extern "C" {
void sgemm_(const char *, const char *, const int *, const int *, const int *, const float *, const float *,
            const int *, const float *, const int *, const float *, float *, const int *);
void dgemm_(const char *, const char *, const int *, const int *, const int *, const double *, const double *,
            const int *, const double *, const int *, const double *, double *, const int *);
}

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
};

// Row-major C[m, n] = alpha op(A) op(B), leading dimensions as given.
template <typename T>
void multiply(bool transposeA, bool transposeB, int64_t m, int64_t n, int64_t k, T alpha, const T *a, int64_t lda,
              const T *b, int64_t ldb, T *c, int64_t ldc) {
  // BLAS counts by columns: a row-major C = A B is its C' = B' A'.
  const int rows = int(n), columns = int(m), inner = int(k), strideA = int(lda), strideB = int(ldb), strideC = int(ldc);
  const char *flagA = transposeA ? "T" : "N", *flagB = transposeB ? "T" : "N";
  const T zero = 0;
  if constexpr (std::is_same_v<T, float>)
    sgemm_(flagB, flagA, &rows, &columns, &inner, &alpha, b, &strideB, a, &strideA, &zero, c, &strideC);
  else
    dgemm_(flagB, flagA, &rows, &columns, &inner, &alpha, b, &strideB, a, &strideA, &zero, c, &strideC);
}

// One jet's masks for all heads: factors [H, N, N].
void drawFactors(const AttentionSettings &settings, int64_t jet, std::vector<float> &factors) {
  if (settings.drops) dropoutFactors(settings.rows, jet, settings.p, factors.data(), int64_t(factors.size()));
}

// e^x for x <= 0, written so that the compiler uses vector instructions: x = k log 2 + r with |r| <= log(2)/2, and a
// Taylor polynomial of e^r. Relative error below 2e-7; 0 below -87.
inline float exponential(float x) {
  const float k = std::nearbyint(x * 1.44269504f);
  const float r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
  float y = 1.0f / 5040;
  y = y * r + 1.0f / 720;
  y = y * r + 1.0f / 120;
  y = y * r + 1.0f / 24;
  y = y * r + 1.0f / 6;
  y = y * r + 0.5f;
  y = y * r + 1.0f;
  y = y * r + 1.0f;
  const uint32_t bits = uint32_t(int32_t(k) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return y * power;
}

FOR_EACH_INSTRUCTION_SET
void exponentials(float *row, float largest, int64_t n) {
  for (int64_t j = 0; j < n; j++) row[j] = row[j] - largest < -87 ? 0.0f : exponential(std::max(row[j] - largest, -87.0f));
}

void exponentials(double *row, double largest, int64_t n) {
  for (int64_t j = 0; j < n; j++) row[j] = std::exp(row[j] - largest);
}

// Softmax over each row's valid keys; a row without any is all zero.
template <typename T>
void softmaxRows(T *scores, const bool *valid, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    T *row = scores + i * n;
    T largest = -std::numeric_limits<T>::infinity();
    for (int64_t j = 0; j < n; j++) {
      if (valid && !valid[j]) row[j] = -std::numeric_limits<T>::infinity();
      largest = std::max(largest, row[j]);
    }
    T sum = 0;
    if (largest == -std::numeric_limits<T>::infinity()) largest = 0;
    exponentials(row, largest, n);
    for (int64_t j = 0; j < n; j++) sum += row[j];
    const T scale = sum > 0 ? 1 / sum : T(0);
    for (int64_t j = 0; j < n; j++) row[j] *= scale;
  }
}

template <typename T>
void forwardJet(const AttentionSettings &settings, int64_t jet, int64_t n, int64_t d, const T *qkv, const bool *valid,
                T *probabilities, T *out, std::vector<float> &factors, std::vector<T> &dropped) {
  const int64_t heads = settings.heads, width = d / heads, row = 3 * d;
  const T scale = T(1 / std::sqrt(double(width)));
  drawFactors(settings, jet, factors);
  for (int64_t h = 0; h < heads; h++) {
    const T *q = qkv + h * width, *k = q + d, *v = k + d;
    T *weights = probabilities + h * n * n;
    multiply<T>(false, true, n, n, width, scale, q, row, k, row, weights, n);
    softmaxRows(weights, valid, n);
    const T *kept = weights;
    if (settings.drops) {
      for (int64_t i = 0; i < n * n; i++) dropped[i] = weights[i] * T(factors[h * n * n + i]);
      kept = dropped.data();
    }
    multiply<T>(false, false, n, width, n, T(1), kept, n, v, row, out + h * width, d);
  }
}

template <typename T>
void backwardJet(const AttentionSettings &settings, int64_t jet, int64_t n, int64_t d, const T *qkv,
                 const T *probabilities, const T *dOut, T *dQKV, std::vector<float> &factors, std::vector<T> &dropped,
                 std::vector<T> &dScores) {
  const int64_t heads = settings.heads, width = d / heads, row = 3 * d;
  const T scale = T(1 / std::sqrt(double(width)));
  drawFactors(settings, jet, factors);
  for (int64_t h = 0; h < heads; h++) {
    const T *q = qkv + h * width, *k = q + d, *v = k + d, *dO = dOut + h * width;
    T *dQ = dQKV + h * width, *dK = dQ + d, *dV = dK + d;
    const T *weights = probabilities + h * n * n;
    const float *factor = factors.data() + h * n * n;
    const T *kept = weights;
    if (settings.drops) {
      for (int64_t i = 0; i < n * n; i++) dropped[i] = weights[i] * T(factor[i]);
      kept = dropped.data();
    }
    multiply<T>(true, false, n, width, n, T(1), kept, n, dO, d, dV, row);
    multiply<T>(false, true, n, n, width, T(1), dO, d, v, row, dScores.data(), n);
    if (settings.drops)
      for (int64_t i = 0; i < n * n; i++) dScores[i] *= T(factor[i]);
    for (int64_t i = 0; i < n; i++) {
      T *g = dScores.data() + i * n;
      const T *w = weights + i * n;
      T inner = 0;
      for (int64_t j = 0; j < n; j++) inner += g[j] * w[j];
      for (int64_t j = 0; j < n; j++) g[j] = w[j] * (g[j] - inner);
    }
    multiply<T>(false, false, n, width, n, scale, dScores.data(), n, k, row, dQ, row);
    multiply<T>(true, false, n, width, n, scale, dScores.data(), n, q, row, dK, row);
  }
}

struct Attention : torch::autograd::Function<Attention> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &packed,
                            c10::intrusive_ptr<AttentionSettings> settings) {
    auto qkv = packed.contiguous();
    const auto &valid = settings->valid;
    const int64_t jets = qkv.size(0), n = qkv.size(1), d = qkv.size(2) / 3, heads = settings->heads;
    auto probabilities = at::empty({jets, heads, n, n}, qkv.options());
    auto out = at::empty({jets, n, d}, qkv.options());
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "attention", [&] {
      std::vector<float> factors(settings->drops ? heads * n * n : 0);
      std::vector<scalar_t> dropped(settings->drops ? n * n : 0);
      for (int64_t b = 0; b < jets; b++)
        forwardJet<scalar_t>(*settings, b, n, d, qkv.const_data_ptr<scalar_t>() + b * n * 3 * d,
                             valid.defined() ? valid.const_data_ptr<bool>() + b * n : nullptr,
                             probabilities.mutable_data_ptr<scalar_t>() + b * heads * n * n,
                             out.mutable_data_ptr<scalar_t>() + b * n * d, factors, dropped);
    });
    context->save_for_backward({qkv, probabilities});
    context->saved_data["settings"] = c10::IValue::make_capsule(settings);
    return out;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(),
                "the fused attention has no second derivative: build the network with plain attention instead");
    auto saved = context->get_saved_variables();
    auto settings = c10::static_intrusive_pointer_cast<AttentionSettings>(context->saved_data["settings"].toCapsule());
    const auto &qkv = saved[0], &probabilities = saved[1];
    auto dOut = gradients[0].contiguous();
    auto dQKV = at::empty_like(qkv);
    const int64_t jets = qkv.size(0), n = qkv.size(1), d = qkv.size(2) / 3, heads = settings->heads;
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "attention", [&] {
      std::vector<float> factors(settings->drops ? heads * n * n : 0);
      std::vector<scalar_t> dropped(settings->drops ? n * n : 0), dScores(n * n);
      for (int64_t b = 0; b < jets; b++)
        backwardJet<scalar_t>(*settings, b, n, d, qkv.const_data_ptr<scalar_t>() + b * n * 3 * d,
                              probabilities.const_data_ptr<scalar_t>() + b * heads * n * n,
                              dOut.const_data_ptr<scalar_t>() + b * n * d,
                              dQKV.mutable_data_ptr<scalar_t>() + b * n * 3 * d, factors, dropped, dScores);
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
