// Recorded steps for NVIDIA GPUs: LibTorch's CUDA graphs behind its interface for any accelerator's, which LibTorch 2.13 has for
// other makers' GPUs alone. The one file of Goldstone that needs CUDA's headers: Scripts/cuda-graphs.sh makes a library of its
// own of it, which the command loads where it lies beside it. Without it steps are started operator by operator.
#include <ATen/core/GraphImplInterface.h>
#include <ATen/cuda/CUDAGraph.h>

namespace {
struct RecordedStep : at::GraphImplInterface {
  explicit RecordedStep(const at::GraphImplArgs &arguments) : graph(arguments.keep_graph) {}

  void capture_begin(at::MempoolId_t pool, at::GraphCaptureMode mode) override {
    // Other threads may train on other streams meanwhile.
    graph.capture_begin(pool, mode == at::GraphCaptureMode::Global    ? cudaStreamCaptureModeGlobal
                              : mode == at::GraphCaptureMode::Relaxed ? cudaStreamCaptureModeRelaxed
                                                                      : cudaStreamCaptureModeThreadLocal);
  }
  void capture_end() override { graph.capture_end(); }
  void instantiate() override { graph.instantiate(); }
  void replay() override { graph.replay(); }
  void reset() override { graph.reset(); }
  at::MempoolId_t pool() const override { return const_cast<at::cuda::CUDAGraph &>(graph).pool(); }
  void enable_debug_mode() override { graph.enable_debug_mode(); }
  void debug_dump(const std::string &path) override { graph.debug_dump(path); }

  at::cuda::CUDAGraph graph;
};
}  // namespace

namespace at {
REGISTER_GRAPH_IMPL(CUDA, RecordedStep)
}
