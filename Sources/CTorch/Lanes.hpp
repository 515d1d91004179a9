// Sums that the compiler makes vector instructions of: side by side in lanes, then the lanes in order.
#pragma once
#include <cstdint>

// Into the caller, whose instruction set then holds.
#define INLINED __attribute__((always_inline)) inline

namespace ctorch {
// One register of 64 bytes, or several smaller ones: sums are in the same order with any. Their last bits differ where the
// instruction set has a multiplication and an addition fused, which round once.
template <typename T>
struct Lanes {
  static constexpr int count = 64 / sizeof(T);
  T sums[count];

  INLINED T total() const {
    T all[count];
    for (int k = 0; k < count; k++) all[k] = sums[k];
    for (int half = count / 2; half > 0; half /= 2)
      for (int k = 0; k < half; k++) all[k] += all[k + half];
    return all[0];
  }
};

// sum_j x[j] y[j]
template <typename T>
INLINED T dot(const T *__restrict x, const T *__restrict y, int64_t n) {
  Lanes<T> lanes{};
  int64_t j = 0;
  for (; j + Lanes<T>::count <= n; j += Lanes<T>::count)
    for (int k = 0; k < Lanes<T>::count; k++) lanes.sums[k] += x[j + k] * y[j + k];
  for (int k = 0; j < n; j++, k++) lanes.sums[k] += x[j] * y[j];
  return lanes.total();
}
}  // namespace ctorch
