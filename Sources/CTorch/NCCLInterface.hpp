// The part of NCCL's C interface that is used here, without its header, which needs CUDA's. It is the same throughout
// version 2; Tests/Check/nccl.sh compares it with a real nccl.h.
#pragma once
#include <cstddef>

extern "C" {
struct nccl_id {
  char internal[128];
};
typedef int nccl_version(int *version);
typedef int nccl_new_id(nccl_id *id);
typedef int nccl_join(void **group, int size, nccl_id id, int rank);
typedef int nccl_sum(const void *from, void *to, size_t count, int type, int operation, void *group, void *stream);
typedef int nccl_end(void *group);
typedef const char *nccl_message(int result);
typedef const char *nccl_last_error(void *group);
}
constexpr int nccl_add = 0, nccl_float32 = 7, nccl_float64 = 8;
