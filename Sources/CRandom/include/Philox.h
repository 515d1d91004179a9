// Counter-based random numbers: Philox 4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
// 1, 2, 3" (SC 2011). A number depends on its name alone, never on what was drawn before or by which thread.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Four 32-bit words for a counter of four words and a key of two.
void philox(const uint32_t counter[4], uint64_t key, uint32_t words[4]);
// The first `count` words of the stream (key, jet, epoch, view). Sixteen blocks side by side make a group of 64 words:
// word i is word (i / 16) mod 4 of the block with counter (16 (i / 64) + i mod 16, jet, epoch, view).
void philox_words(uint64_t key, uint32_t jet, uint32_t epoch, uint32_t view, uint32_t *words, int64_t count);

#ifdef __cplusplus
}
#endif
