// One jet's multi-head attention in the packed layout: forward, backward, and the backward of the backward.
#pragma once
#include <cstdint>
#include <vector>

namespace ctorch {
// Softmax(Q K'/sqrt(d/heads)) V per head of one jet with n constituents. Projections are packed, [n, 3d]: q, k, v side by
// side, heads side by side in each; outputs are [n, d]. `factors` [heads, n, n] multiply the probabilities; null where
// nothing is dropped.
template <typename T>
class JetAttention {
 public:
  JetAttention(int64_t heads, int64_t n, int64_t d);

  // `valid` [n] says which keys count; null: all. A jet without any has probabilities [heads, n, n] zero.
  void forward(const T *qkv, const bool *valid, const float *factors, T *probabilities, T *out);

  // `deviations` [heads, n, n], unless null, takes dP - sum_j P dP, what the second derivative needs.
  void backward(const T *qkv, const T *probabilities, const float *factors, const T *dOut, T *dQKV, T *deviations);

  // Of <cotangent, dQKV> the gradients with respect to dOut, and to qkv unless `ofQKV` is null.
  void backwardTwice(const T *qkv, const T *probabilities, const float *factors, const T *dOut, const T *deviations,
                     const T *cotangent, T *ofQKV, T *ofDOut);

 private:
  const T *kept(const T *weights, const float *factor);

  int64_t heads, n, width, row, d;
  T scale;
  std::vector<T> dropped, scores, values, slopes, products;  // [n, n] each
};
}  // namespace ctorch
