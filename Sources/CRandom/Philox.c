#include "Philox.h"

#include <string.h>

#include "InstructionSets.h"

enum { lanes = 16 };
static const uint32_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
static const uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85;

// `groups` groups of 64 words each.
FOR_EACH_INSTRUCTION_SET
static void philoxGroups(uint64_t key, uint32_t jet, uint32_t epoch, uint32_t view, uint32_t *words, int64_t groups) {
  for (int64_t group = 0; group < groups; group++) {
    uint32_t a[lanes], b[lanes], c[lanes], d[lanes];
    for (int l = 0; l < lanes; l++) {
      a[l] = (uint32_t)(group * lanes + l);
      b[l] = jet;
      c[l] = epoch;
      d[l] = view;
    }
    uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
      for (int l = 0; l < lanes; l++) {
        const uint64_t first = (uint64_t)multiplier0 * a[l], second = (uint64_t)multiplier1 * c[l];
        a[l] = (uint32_t)(second >> 32) ^ b[l] ^ key0;
        c[l] = (uint32_t)(first >> 32) ^ d[l] ^ key1;
        b[l] = (uint32_t)second;
        d[l] = (uint32_t)first;
      }
      key0 += weyl0;
      key1 += weyl1;
    }
    uint32_t *out = words + 4 * lanes * group;
    memcpy(out, a, sizeof a);
    memcpy(out + lanes, b, sizeof b);
    memcpy(out + 2 * lanes, c, sizeof c);
    memcpy(out + 3 * lanes, d, sizeof d);
  }
}

void philox(const uint32_t counter[4], uint64_t key, uint32_t words[4]) {
  uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3];
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    const uint64_t first = (uint64_t)multiplier0 * a, second = (uint64_t)multiplier1 * c;
    a = (uint32_t)(second >> 32) ^ b ^ key0;
    c = (uint32_t)(first >> 32) ^ d ^ key1;
    b = (uint32_t)second;
    d = (uint32_t)first;
    key0 += weyl0;
    key1 += weyl1;
  }
  words[0] = a, words[1] = b, words[2] = c, words[3] = d;
}

void philox_words(uint64_t key, uint32_t jet, uint32_t epoch, uint32_t view, uint32_t *words, int64_t count) {
  const int64_t whole = count / (4 * lanes);
  philoxGroups(key, jet, epoch, view, words, whole);
  for (int64_t i = whole * 4 * lanes; i < count; i++) {
    const uint32_t counter[4] = {(uint32_t)(lanes * (i / (4 * lanes)) + i % lanes), jet, epoch, view};
    uint32_t block[4];
    philox(counter, key, block);
    words[i] = block[(i / lanes) % 4];
  }
}
