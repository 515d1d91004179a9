// The small products read and write the packed layout; between them are loops over rows of probabilities.
#include "AttentionKernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "InstructionSets.h"
#include "Lanes.hpp"

// BLAS, which LibTorch carries within it (MKL or OpenBLAS).
extern "C" {
void sgemm_(const char *, const char *, const int *, const int *, const int *, const float *, const float *,
            const int *, const float *, const int *, const float *, float *, const int *);
void dgemm_(const char *, const char *, const int *, const int *, const int *, const double *, const double *,
            const int *, const double *, const int *, const double *, double *, const int *);
}

using namespace ctorch;

namespace {
// Row-major C[m, n] = alpha op(A) op(B) + beta C, leading dimensions as given.
template <typename T>
void multiply(bool transposeA, bool transposeB, int64_t m, int64_t n, int64_t k, T alpha, const T *a, int64_t lda,
              const T *b, int64_t ldb, T *c, int64_t ldc, T beta = 0) {
  // BLAS counts by columns: a row-major C = A B is its C' = B' A'.
  const int rows = int(n), columns = int(m), inner = int(k), strideA = int(lda), strideB = int(ldb), strideC = int(ldc);
  const char *flagA = transposeA ? "T" : "N", *flagB = transposeB ? "T" : "N";
  if constexpr (std::is_same_v<T, float>)
    sgemm_(flagB, flagA, &rows, &columns, &inner, &alpha, b, &strideB, a, &strideA, &beta, c, &strideC);
  else
    dgemm_(flagB, flagA, &rows, &columns, &inner, &alpha, b, &strideB, a, &strideA, &beta, c, &strideC);
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

// The rows of the double backward. With P the probabilities, E the deviations, F the factors and U the cotangent of the
// scores' gradient T = P E, centred in each row by its mean under P: `slopes` becomes the cotangent F P U of the kept
// probabilities' gradient. With `values`, the cotangent W of the kept probabilities, also `scores` becomes the cotangent of
// the scores, softmax's backward of U E + F W, and `products` becomes T.
template <typename T>
INLINED void doubleBackwardRows(const T *__restrict probabilities, const T *__restrict deviations,
                                const float *__restrict factors, T *__restrict scores, T *__restrict values,
                                T *__restrict slopes, T *__restrict products, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    const T *__restrict p = probabilities + i * n, *__restrict e = deviations + i * n;
    const float *__restrict f = factors + i * n;
    T *__restrict u = scores + i * n, *__restrict s = slopes + i * n;
    const T mean = dot(p, u, n);
    for (int64_t j = 0; j < n; j++) s[j] = p[j] * (u[j] - mean);
    if (values) {
      T *__restrict w = values + i * n, *__restrict t = products + i * n;
      if (factors)
        for (int64_t j = 0; j < n; j++) w[j] *= T(f[j]);
      for (int64_t j = 0; j < n; j++) {
        t[j] = p[j] * e[j];
        w[j] += (u[j] - mean) * e[j];
      }
      const T inner = dot(p, w, n);
      for (int64_t j = 0; j < n; j++) u[j] = p[j] * (w[j] - inner);
    }
    if (factors)
      for (int64_t j = 0; j < n; j++) s[j] *= T(f[j]);
  }
}

FOR_EACH_INSTRUCTION_SET
void rowsOfDoubleBackward(const float *probabilities, const float *deviations, const float *factors, float *scores,
                          float *values, float *slopes, float *products, int64_t n) {
  doubleBackwardRows(probabilities, deviations, factors, scores, values, slopes, products, n);
}

FOR_EACH_INSTRUCTION_SET
void rowsOfDoubleBackward(const double *probabilities, const double *deviations, const float *factors, double *scores,
                          double *values, double *slopes, double *products, int64_t n) {
  doubleBackwardRows(probabilities, deviations, factors, scores, values, slopes, products, n);
}
}  // namespace

template <typename T>
JetAttention<T>::JetAttention(int64_t heads, int64_t n, int64_t d)
    : heads(heads), n(n), width(d / heads), row(3 * d), d(d), scale(T(1 / std::sqrt(double(width)))), dropped(n * n),
      scores(n * n), values(n * n), slopes(n * n), products(n * n) {}

// The probabilities times their factors.
template <typename T>
const T *JetAttention<T>::kept(const T *weights, const float *factor) {
  if (!factor) return weights;
  for (int64_t i = 0; i < n * n; i++) dropped[i] = weights[i] * T(factor[i]);
  return dropped.data();
}

template <typename T>
void JetAttention<T>::forward(const T *qkv, const bool *valid, const float *factors, T *probabilities, T *out) {
  for (int64_t h = 0; h < heads; h++) {
    const T *q = qkv + h * width, *k = q + d, *v = k + d;
    T *weights = probabilities + h * n * n;
    multiply<T>(false, true, n, n, width, scale, q, row, k, row, weights, n);
    softmaxRows(weights, valid, n);
    multiply<T>(false, false, n, width, n, T(1), kept(weights, factors ? factors + h * n * n : nullptr), n, v, row,
                out + h * width, d);
  }
}

template <typename T>
void JetAttention<T>::backward(const T *qkv, const T *probabilities, const float *factors, const T *dOut, T *dQKV,
                               T *deviations) {
  for (int64_t h = 0; h < heads; h++) {
    const T *q = qkv + h * width, *k = q + d, *v = k + d, *dO = dOut + h * width;
    T *dQ = dQKV + h * width, *dK = dQ + d, *dV = dK + d;
    const T *weights = probabilities + h * n * n;
    const float *factor = factors ? factors + h * n * n : nullptr;
    multiply<T>(true, false, n, width, n, T(1), kept(weights, factor), n, dO, d, dV, row);
    multiply<T>(false, true, n, n, width, T(1), dO, d, v, row, scores.data(), n);
    if (factor)
      for (int64_t i = 0; i < n * n; i++) scores[i] *= T(factor[i]);
    for (int64_t i = 0; i < n; i++) {
      T *g = scores.data() + i * n;
      const T *w = weights + i * n;
      T inner = 0;
      for (int64_t j = 0; j < n; j++) inner += g[j] * w[j];
      if (T *deviation = deviations ? deviations + (h * n + i) * n : nullptr)
        for (int64_t j = 0; j < n; j++) deviation[j] = g[j] - inner;
      for (int64_t j = 0; j < n; j++) g[j] = w[j] * (g[j] - inner);
    }
    multiply<T>(false, false, n, width, n, scale, scores.data(), n, k, row, dQ, row);
    multiply<T>(true, false, n, width, n, scale, scores.data(), n, q, row, dK, row);
  }
}

// With the products of `backward`: dQ = s T K, dK = s T'Q, dV = (F P)'G, T = P E, E = A F - sum_j P A F, A = G V'.
template <typename T>
void JetAttention<T>::backwardTwice(const T *qkv, const T *probabilities, const float *factors, const T *dOut,
                                    const T *deviations, const T *cotangent, T *ofQKV, T *ofDOut) {
  for (int64_t h = 0; h < heads; h++) {
    const T *q = qkv + h * width, *k = q + d, *v = k + d, *g = dOut + h * width;
    const T *x = cotangent + h * width, *y = x + d, *z = y + d;  // of dQ, dK, dV
    const T *weights = probabilities + h * n * n;
    const float *factor = factors ? factors + h * n * n : nullptr;
    multiply<T>(false, true, n, n, width, scale, x, row, k, row, scores.data(), n);
    multiply<T>(false, true, n, n, width, scale, q, row, y, row, scores.data(), n, T(1));
    if (ofQKV) multiply<T>(false, true, n, n, width, T(1), g, d, z, row, values.data(), n);
    rowsOfDoubleBackward(weights, deviations + h * n * n, factor, scores.data(), ofQKV ? values.data() : nullptr,
                         slopes.data(), products.data(), n);
    T *ofG = ofDOut + h * width;
    multiply<T>(false, false, n, width, n, T(1), kept(weights, factor), n, z, row, ofG, d);
    multiply<T>(false, false, n, width, n, T(1), slopes.data(), n, v, row, ofG, d, T(1));
    if (!ofQKV) continue;
    T *ofQ = ofQKV + h * width, *ofK = ofQ + d, *ofV = ofK + d;
    multiply<T>(false, false, n, width, n, scale, products.data(), n, y, row, ofQ, row);
    multiply<T>(false, false, n, width, n, scale, scores.data(), n, k, row, ofQ, row, T(1));
    multiply<T>(true, false, n, width, n, scale, products.data(), n, x, row, ofK, row);
    multiply<T>(true, false, n, width, n, scale, scores.data(), n, q, row, ofK, row, T(1));
    multiply<T>(true, false, n, width, n, T(1), slopes.data(), n, g, d, ofV, row);
  }
}

template class ctorch::JetAttention<float>;
template class ctorch::JetAttention<double>;
