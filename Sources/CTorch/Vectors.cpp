// Arithmetic on long vectors that LibTorch has no operator for: ordered sums in double, and Adam.
#include <cmath>

#include "CTorch.h"

template <typename Element>
static void accumulate(double *sum, const Element *const *slices, const double *weights, int64_t slice_count,
                       int64_t from, int64_t to) {
  for (int64_t s = 0; s < slice_count; s++) {
    const Element *slice = slices[s];
    const double weight = weights[s];
    for (int64_t i = from; i < to; i++) sum[i] += weight * double(slice[i]);
  }
}

// Eight lanes side by side, then a tree: an order that does not depend on the instruction set.
template <typename Element>
static double dot(const Element *x, const Element *y, int64_t count) {
  double lanes[8] = {0};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int k = 0; k < 8; k++) lanes[k] += double(x[i + k]) * double(y[i + k]);
  for (int k = 0; i < count; i++, k++) lanes[k] += double(x[i]) * double(y[i]);
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

extern "C" {

void ct_accumulate(double *sum, const float *const *slices, const double *weights, int64_t slice_count, int64_t from,
                   int64_t to) {
  // In blocks that stay in the first-level cache while all slices are added.
  for (int64_t block = from; block < to; block += 1024)
    accumulate(sum, slices, weights, slice_count, block, block + 1024 < to ? block + 1024 : to);
}

void ct_accumulate_double(double *sum, const double *const *slices, const double *weights, int64_t slice_count,
                          int64_t from, int64_t to) {
  for (int64_t block = from; block < to; block += 1024)
    accumulate(sum, slices, weights, slice_count, block, block + 1024 < to ? block + 1024 : to);
}

double ct_dot(const float *x, const float *y, int64_t count) { return dot(x, y, count); }
double ct_dot_double(const double *x, const double *y, int64_t count) { return dot(x, y, count); }

double ct_sum_of_squares(const double *x, int64_t from, int64_t to) { return dot(x + from, x + from, to - from); }

void ct_adam(float *theta, const double *gradient, double scale, float *first_moment, float *second_moment,
             const ct_adam_settings *settings, int64_t from, int64_t to) {
  const float beta2 = float(settings->beta2);
  const float decay = float(settings->weight_decay), epsilon = float(settings->epsilon);
  const float rest1 = float(1 - settings->beta1), rest2 = float(1 - settings->beta2);
  const float rate = float(settings->learning_rate / (1 - std::pow(settings->beta1, double(settings->step))));
  const float root = float(std::sqrt(1 - std::pow(settings->beta2, double(settings->step))));
  for (int64_t i = from; i < to; i++) {
    const float g = float(gradient[i] * scale) + decay * theta[i];
    const float m = first_moment[i] + rest1 * (g - first_moment[i]);
    const float v = beta2 * second_moment[i] + rest2 * g * g;
    first_moment[i] = m;
    second_moment[i] = v;
    theta[i] -= rate * m / (std::sqrt(v) / root + epsilon);
  }
}
}
