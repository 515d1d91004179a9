// Dropout's random masks, from the counter-based words of CRandom.
#include "Random.hpp"

FOR_EACH_INSTRUCTION_SET
static void keepFactors(const uint16_t *draws, uint32_t threshold, float scale, float *factors, int64_t count) {
  for (int64_t i = 0; i < count; i++) factors[i] = draws[i] >= threshold ? scale : 0.0f;
}

void ctorch::dropoutFactors(const Rows &rows, int64_t row, double p, float *factors, int64_t count) {
  // Half a word decides: p is met to 2^-17. Both halves of a word, the lower first.
  static thread_local std::vector<uint32_t> words;
  const int64_t needed = (count + 1) / 2;
  if (int64_t(words.size()) < needed) words.resize(needed);
  philox_words(rows.key, rows.jets[row], rows.epochs[row], rows.views[row], words.data(), needed);
  keepFactors(reinterpret_cast<const uint16_t *>(words.data()), uint32_t(p * 65536 + 0.5), float(1 / (1 - p)), factors,
              count);
}
