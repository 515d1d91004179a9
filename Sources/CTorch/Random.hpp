#pragma once
#include <cstdint>
#include <vector>

#include "CTorch.h"
#include "InstructionSets.h"
#include "Philox.h"

namespace ctorch {
// An owning copy of ct_rows: backward passes run after the caller's arrays are gone.
struct Rows {
  uint64_t key = 0;
  std::vector<uint32_t> jets, epochs, views;

  Rows() = default;
  explicit Rows(const ct_rows &rows)
      : key(rows.key),
        jets(rows.jets, rows.jets + rows.rows),
        epochs(rows.epochs, rows.epochs + rows.rows),
        views(rows.views, rows.views + rows.rows) {}
};

// `count` factors for one row: 0 with probability p, else 1 / (1 - p).
void dropoutFactors(const Rows &rows, int64_t row, double p, float *factors, int64_t count);
}  // namespace ctorch
