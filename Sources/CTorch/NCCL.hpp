// Sums over GPUs by NCCL, one GPU a process.
#pragma once
#include "LibTorch.hpp"

#include <array>
#include <memory>

namespace ctorch {
// NCCL's library, loaded when it is first asked for: the one that LibTorch's CUDA build has brought into the process. It is
// called through the few functions of its C interface that don't change within version 2, so that neither its headers nor
// CUDA's are needed to build.
class NCCL {
 public:
  using Id = std::array<char, 128>;

  // Why the library can't be used here; nullptr where it can.
  static const char *obstacle();
  // What the first process makes and all need to find each other.
  static Id newId();
  // Meets the others. To be called by all processes at once, with the device current.
  NCCL(const Id &id, int rank, int size);
  ~NCCL();
  NCCL(const NCCL &) = delete;
  // Adds up in place, in the order of the device's current stream; doesn't wait for the device.
  void sum(at::Tensor &tensor);

 private:
  void *group = nullptr;
};
}  // namespace ctorch
