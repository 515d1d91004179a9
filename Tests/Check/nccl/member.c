// One process of those that add tensors up: member RANK COUNT PORT. Says on a line how ("nccl", or the obstacle), checks
// three sums, and ends with 0 where they are right; with 75 where another process is lost.
#include <CTorch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void lost(int rank) {
  printf("process %d is lost\n", rank);
  fflush(stdout);
  _exit(75);
}

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, ct_last_error());
  exit(1);
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  const int rank = atoi(arguments[1]), size = atoi(arguments[2]);
  ct_processes *processes = ct_join_processes("127.0.0.1", atoi(arguments[3]), rank, size, rank == 0, "check", 60);
  if (!processes) fail("join");
  enum { elements = 1000 };
  float start[elements];
  for (int i = 0; i < elements; i++) start[i] = (float)(i + 1) * (float)(rank + 1);
  const int64_t shape[] = {elements};
  ct_tensor *tensor = ct_from_bytes(start, shape, 1, 6);
  const char *obstacle = ct_join_gpus(processes, tensor, lost);
  if (!obstacle) fail("join by NCCL");
  printf("%s\n", *obstacle ? obstacle : "nccl");
  fflush(stdout);
  // 1 + 2 + … of the ranks, and that times the number of processes for each further sum.
  double factor = size * (size + 1) / 2.0;
  for (int sum = 0; sum < 3; sum++) {
    double flag = rank == size - 1 && sum == 1 ? 1 : 0;
    if (ct_sum_tensor_over_processes(processes, tensor, &flag) != 0) fail("sum");
    if (flag != (sum == 1)) {
      fprintf(stderr, "sum %d: the number beside it is %g\n", sum, flag);
      return 1;
    }
    const float *found = ct_data(tensor);
    for (int i = 0; i < elements; i++)
      if (found[i] != (float)(factor * (i + 1))) {
        fprintf(stderr, "sum %d, element %d: %g, not %g\n", sum, i, found[i], factor * (i + 1));
        return 1;
      }
    factor *= size;
  }
  ct_release(tensor);
  ct_leave_processes(processes);
  return 0;
}
