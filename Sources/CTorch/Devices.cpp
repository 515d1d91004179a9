// GPUs, by LibTorch's interfaces for any accelerator: no CUDA header is needed, and a build for the CPU alone has all of this.
#include "LibTorch.hpp"
#if __has_include(<ATen/ATen.h>)
#include <ATen/DeviceAccelerator.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <unistd.h>
#if __has_include(<ATen/core/GraphImplInterface.h>)
#include <ATen/core/GraphImplInterface.h>
#define GOLDSTONE_HAS_GRAPHS 1
#endif

using namespace ctorch;

namespace {
// The folder that LibTorch was loaded from, with a slash.
std::string libraryFolder() {
  Dl_info found;
  if (!dladdr(reinterpret_cast<void *>(&at::get_cpu_capability), &found) || !found.dli_fname) return "";
  const std::string path = found.dli_fname;
  return path.substr(0, path.rfind('/') + 1);
}

c10::Device cuda(int device) { return c10::Device(c10::DeviceType::CUDA, c10::DeviceIndex(device)); }
}  // namespace

#ifdef GOLDSTONE_HAS_GRAPHS
struct ct_graph {
  std::unique_ptr<at::GraphImplInterface> graph;
};
#endif

extern "C" {

int ct_load_cuda(const char *plug_in) {
  return guarded(-1, [&] {
    const std::string folder = libraryFolder(), library = folder + "libtorch_cuda.so";
    TORCH_CHECK(access(library.c_str(), R_OK) == 0, "LibTorch here is a build for the CPU alone (", folder,
                " has no libtorch_cuda.so)");
    TORCH_CHECK(dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL), "LibTorch's CUDA library can't be loaded: ", dlerror());
    const int count = at::hasCUDA() ? int(at::detail::getCUDAHooks().deviceCount()) : 0;
    TORCH_CHECK(count > 0, "LibTorch finds no GPU here: nvidia-smi says whether the driver sees one");
    // Without it all works, more slowly; one that does not fit is an error.
    if (access(plug_in, F_OK) == 0 && !ct_has_graphs(0))
      TORCH_CHECK(dlopen(plug_in, RTLD_NOW | RTLD_GLOBAL), "the library for recorded steps can't be loaded (", dlerror(),
                  "): remove it, or build it anew with Scripts/cuda-graphs.sh");
    return count;
  });
}

int ct_use_own_stream(int device) {
  return guarded(-1, [&] {
    at::accelerator::setDeviceIndex(c10::DeviceIndex(device));
    const c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
    at::accelerator::setCurrentStream(guard.getStreamFromGlobalPool(cuda(device), false));
    return 0;
  });
}

int ct_synchronize(int device) {
  return guarded(-1, [&] {
    at::accelerator::synchronizeDevice(c10::DeviceIndex(device));
    return 0;
  });
}

bool ct_device_memory(int device, int64_t *free_bytes, int64_t *total_bytes) {
  return guarded(false, [&] {
    const auto [left, all] = at::accelerator::getMemoryInfo(c10::DeviceIndex(device));
    *free_bytes = int64_t(left);
    *total_bytes = int64_t(all);
    return true;
  });
}

int64_t ct_device_allocated_bytes(int device) {
  return guarded<int64_t>(0, [&] {
    // The first of the statistics counts all of the allocator's pools together.
    return int64_t(at::accelerator::getDeviceStats(c10::DeviceIndex(device)).allocated_bytes[0].current);
  });
}

void ct_allow_tf32(bool allowed) { at::globalContext().setAllowTF32CuBLAS(allowed); }

void ct_use_deterministic_kernels(void) {
  // Read by cuBLAS when it starts.
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
  at::globalContext().setDeterministicFillUninitializedMemory(false);
}

#ifdef GOLDSTONE_HAS_GRAPHS
bool ct_has_graphs(int device) { return at::has_graph_impl(cuda(device).type()); }

ct_graph *ct_begin_graph(int device) {
  return guarded<ct_graph *>(nullptr, [&] {
    auto graph = at::create_graph_impl(cuda(device).type());
    TORCH_CHECK(graph, "LibTorch records no graphs on this device");
    graph->capture_begin();
    return new ct_graph{std::move(graph)};
  });
}

int ct_end_graph(ct_graph *graph) {
  return guarded(-1, [&] {
    graph->graph->capture_end();
    return 0;
  });
}

int ct_replay_graph(ct_graph *graph) {
  return guarded(-1, [&] {
    graph->graph->replay();
    return 0;
  });
}

void ct_release_graph(ct_graph *graph) { delete graph; }
#else
bool ct_has_graphs(int) { return false; }
ct_graph *ct_begin_graph(int) { return nullptr; }
int ct_end_graph(ct_graph *) { return -1; }
int ct_replay_graph(ct_graph *) { return -1; }
void ct_release_graph(ct_graph *) {}
#endif
}
#endif
