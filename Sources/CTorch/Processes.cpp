// Sums over several processes by c10d with Gloo, LibTorch's own library for that, and over several GPUs by NCCL.
#include "LibTorch.hpp"
#include "NCCL.hpp"

#define USE_C10D_GLOO 1
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <c10/core/DeviceGuard.h>

#include <atomic>
#include <thread>

using ctorch::error;
using ctorch::guarded;
using ctorch::unwrap;
using std::chrono::milliseconds;

// Each process counts up in the store a few times a second, so that the others can tell who is lost.
static constexpr milliseconds beat(250);
// Without a count for so long a process is lost; machines can be busy.
static constexpr milliseconds silence(5000);

struct ct_processes {
  int rank, size;
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group;
  std::atomic<bool> ended{false};
  std::thread heart, watch;
  // How tensors on GPUs are added up: nothing for the way through the host, with the reason.
  std::unique_ptr<ctorch::NCCL> nccl;
  std::string obstacle;

  ~ct_processes() {
    ended = true;
    if (heart.joinable()) heart.join();
    if (watch.joinable()) watch.join();
  }

  void sum(at::Tensor tensor) {
    std::vector<at::Tensor> tensors{tensor};
    group->allreduce(tensors, c10d::AllreduceOptions())->wait();
  }

  // Whether all processes say so.
  bool all(bool own) {
    auto count = at::full({1}, own ? 1.0 : 0.0, at::kDouble);
    sum(count);
    return count.item<double>() == size;
  }
};

static std::string named(const char *what, int rank) { return std::string(what) + "/" + std::to_string(rank); }

extern "C" {

ct_processes *ct_join_processes(const char *host, int port, int rank, int size, bool hosts_store, const char *prefix,
                                double seconds) {
  return guarded<ct_processes *>(nullptr, [&] {
    const auto patience = milliseconds(int64_t(1000 * seconds));
    auto connect = [&](bool hosts) {
      c10d::TCPStoreOptions options;
      options.port = uint16_t(port);
      options.isServer = hosts;
      options.waitWorkers = false;
      options.timeout = patience;
      auto own = c10::make_intrusive<c10d::TCPStore>(host, options);
      return c10::make_intrusive<c10d::PrefixStore>(prefix, own);
    };
    auto processes = std::make_unique<ct_processes>();
    processes->rank = rank;
    processes->size = size;
    processes->store = connect(hosts_store);
    auto options = c10d::ProcessGroupGloo::Options::create(patience);
    options->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
    processes->group = c10::make_intrusive<c10d::ProcessGroupGloo>(processes->store, rank, size, options);
    // A connection of its own: the other one may be waiting.
    auto own = connect(false);
    processes->heart = std::thread([own, rank, &ended = processes->ended] {
      try {
        while (!ended) {
          own->add(named("beat", rank), 1);
          std::this_thread::sleep_for(beat);
        }
      } catch (const std::exception &) {
        // The store has gone, and with it the process that kept it: the next sum says so.
      }
    });
    return processes.release();
  });
}

int ct_sum_over_processes(ct_processes *processes, double *values, int64_t count) {
  return guarded(-1, [&] {
    processes->sum(at::from_blob(values, {count}, at::kDouble));
    return 0;
  });
}

const char *ct_join_gpus(ct_processes *processes, const ct_tensor *tensor, void (*lost)(int rank)) {
  return guarded<const char *>(nullptr, [&] {
    // What can go wrong in one process must not leave the others waiting: after each step all know how all fared.
    auto attempt = [&](auto &&step) {
      try {
        step();
      } catch (const c10::Error &e) {
        processes->obstacle = e.what_without_backtrace();
      }
      if (processes->all(processes->obstacle.empty())) return true;
      if (processes->obstacle.empty()) processes->obstacle = "another process can't use NCCL";
      processes->nccl.reset();
      return false;
    };
    ctorch::NCCL::Id id;
    bool joined = attempt([&] {
      if (auto obstacle = ctorch::NCCL::obstacle()) processes->obstacle = obstacle;
    });
    joined = joined && attempt([&] {
      if (processes->rank > 0) return;
      id = ctorch::NCCL::newId();
      processes->store->set("nccl", std::vector<uint8_t>(id.begin(), id.end()));
    });
    if (joined) {
      // A process that is lost would leave the others waiting for their GPUs.
      processes->watch = std::thread([processes, lost] {
        while (!processes->ended) {
          bool left = false;
          const int rank = ct_lost_process(processes, &left);
          if (rank >= 0 && !left && !processes->ended) lost(rank);
          std::this_thread::sleep_for(beat);
        }
      });
    }
    joined = joined && attempt([&] {
      const auto words = processes->store->get("nccl");
      std::copy(words.begin(), words.end(), id.begin());
      const c10::DeviceGuard guard(unwrap(tensor).device());
      processes->nccl = std::make_unique<ctorch::NCCL>(id, processes->rank, processes->size);
    });
    return processes->obstacle.c_str();
  });
}

int ct_sum_tensor_over_processes(ct_processes *processes, ct_tensor *tensor, double *flag) {
  return guarded(-1, [&] {
    auto &own = unwrap(tensor);
    TORCH_CHECK(own.is_contiguous() && (own.scalar_type() == at::kFloat || own.scalar_type() == at::kDouble),
                "only contiguous tensors of 32- or 64-bit numbers are added up over processes");
    const at::NoGradGuard noGradient;
    const auto said = at::full({1}, *flag, at::kDouble);
    if (processes->nccl) {
      processes->nccl->sum(own);
      // The processes also meet on the host, which tells when one is lost, without waiting for the GPUs.
      processes->sum(said);
    } else {
      const auto all = at::cat({own.to(at::kCPU, at::kDouble).flatten(), said});
      processes->sum(all);
      own.copy_(all.narrow(0, 0, own.numel()).view(own.sizes()));
      said.copy_(all.narrow(0, own.numel(), 1));
    }
    *flag = said.item<double>();
    return 0;
  });
}

int ct_lost_process(ct_processes *processes, bool *left) {
  return guarded(0, [&] {
    std::vector<int64_t> before;
    auto counts = [&] {
      std::vector<int64_t> counts;
      for (int rank = 0; rank < processes->size; rank++) counts.push_back(processes->store->add(named("beat", rank), 0));
      return counts;
    };
    auto start = std::chrono::steady_clock::now();
    before = counts();
    for (int rank = 0; rank < processes->size; rank++) {
      *left = processes->store->check({named("left", rank)});
      if (*left) return rank;
    }
    while (std::chrono::steady_clock::now() - start < silence) {
      std::this_thread::sleep_for(beat);
      bool all = true;
      auto now = counts();
      for (int rank = 0; rank < processes->size; rank++) all = all && (rank == processes->rank || now[rank] > before[rank]);
      if (all) return -1;
    }
    auto now = counts();
    for (int rank = 0; rank < processes->size; rank++)
      if (rank != processes->rank && now[rank] <= before[rank]) return rank;
    return -1;
  });
}

void ct_leave_processes(ct_processes *processes) {
  guarded(0, [&] {
    // What ends must not be taken for lost, nor ask a store that has gone.
    processes->ended = true;
    if (processes->watch.joinable()) processes->watch.join();
    processes->nccl.reset();
    processes->store->set(named("left", processes->rank), std::vector<uint8_t>{1});
    // The first process keeps the store: it must outlive the others' last question.
    if (processes->rank == 0)
      for (int rank = 1; rank < processes->size; rank++) processes->store->wait({named("left", rank)}, silence);
    return 0;
  });
  delete processes;
}
}
