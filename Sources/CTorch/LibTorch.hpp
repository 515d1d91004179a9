// What every file of CTorch includes: LibTorch's headers, or one clear error without them.
#pragma once
#include "CTorch.h"
#if !__has_include(<ATen/ATen.h>)
#error "LibTorch's headers were not found. Run `make setup`, then build with `make build` (or set PKG_CONFIG_PATH=.deps/pkgconfig)."
#else
#include <torch/headeronly/version.h>
#if TORCH_VERSION_MAJOR < 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR < 11)
#error "LibTorch is too old: 2.11 or later is needed. Run `make setup`, or point TORCH_HOME at a newer one."
#endif
#include <ATen/ATen.h>
#include <exception>
#include <string>

namespace ctorch {
inline at::Tensor &unwrap(ct_tensor *tensor) { return *reinterpret_cast<at::Tensor *>(tensor); }
inline const at::Tensor &unwrap(const ct_tensor *tensor) { return *reinterpret_cast<const at::Tensor *>(tensor); }
inline ct_tensor *wrap(at::Tensor tensor) { return reinterpret_cast<ct_tensor *>(new at::Tensor(std::move(tensor))); }

std::string &error();

// Runs `body`; what it throws becomes `error()` and the result `failed`.
template <typename Result, typename Body>
Result guarded(Result failed, Body &&body) {
  try {
    return body();
  } catch (const c10::Error &e) {
    error() = e.what_without_backtrace();
  } catch (const std::exception &e) {
    error() = e.what();
  } catch (...) {
    error() = "an exception of unknown kind";
  }
  return failed;
}
}  // namespace ctorch
#endif
