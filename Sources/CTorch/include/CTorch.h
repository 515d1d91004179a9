// LibTorch for Swift: operators by name through the dispatcher, automatic differentiation, and the few kernels that
// LibTorch lacks. Every function catches C++ exceptions: it returns null or a negative number, and
// ct_last_error() then gives LibTorch's message (for the calling thread).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor ct_tensor;      // an at::Tensor on the heap, owned by the caller
typedef struct ct_operator ct_operator;  // an operator's handle in the dispatcher, never freed

typedef enum {
  CT_NONE,
  CT_TENSOR,
  CT_INT,
  CT_DOUBLE,
  CT_BOOL,
  CT_INTS,
  CT_TENSORS,
  CT_STRING,
  CT_DEVICE,
  CT_DOUBLES,
  CT_BOOLS,    // as integers
  CT_DEFAULT,  // what the operator's schema has
} ct_kind;

// One argument of an operator, or one of its results. `count` is the length of `ints`, `reals` and `tensors`; a null
// among `tensors` is no tensor.
typedef struct {
  ct_kind kind;
  union {
    ct_tensor *tensor;
    int64_t integer;
    double real;
    const int64_t *ints;
    const double *reals;
    ct_tensor *const *tensors;
    const char *string;
  } value;
  int64_t count;
} ct_value;

const char *ct_last_error(void);

// --- the library ---------------------------------------------------------------------------------------------------
const char *ct_version(void);           // of the headers that this was compiled with
const char *ct_build_description(void);  // LibTorch's own account of its build
const char *ct_cpu_capability(void);     // the instruction set that LibTorch's kernels use here
// One thread inside an operator: parallelism is the caller's. Keeps freed memory in the process.
void ct_configure_process(void);

// --- devices -------------------------------------------------------------------------------------------------------
// Loads LibTorch's CUDA library, and the plug-in of ours at that path if there is one (the path may be empty). To be called before anything else asks about devices: LibTorch looks once. Returns the number of devices, or -1.
int ct_load_cuda(const char *plug_in);
// Puts this thread's work on a stream of its own of that device, beside other threads' work.
int ct_use_own_stream(int device);
int ct_synchronize(int device);  // waits for all work on the device
bool ct_device_memory(int device, int64_t *free_bytes, int64_t *total_bytes);
int64_t ct_device_allocated_bytes(int device);  // by tensors
// Products of float matrices from numbers rounded to TF32, on devices.
void ct_allow_tf32(bool allowed);
// Results on devices the same each time.
void ct_use_deterministic_kernels(void);
// Kernels recorded once, and started again as a whole: what they read and write stays where it was.
typedef struct ct_graph ct_graph;
bool ct_has_graphs(int device);
ct_graph *ct_begin_graph(int device);  // records what this thread starts on its stream
int ct_end_graph(ct_graph *graph);
int ct_replay_graph(ct_graph *graph);
void ct_release_graph(ct_graph *graph);

// Bytes that the process has allocated on the heap, in all threads; tensors on the CPU are among them.
int64_t ct_allocated_bytes(void);

// --- operators -----------------------------------------------------------------------------------------------------
ct_operator *ct_find_operator(const char *name, const char *overload);
// Calls an operator; missing trailing arguments take their schema's defaults. Writes at most `capacity` tensors to
// `results` and returns how many there are, or -1.
int ct_call(const ct_operator *op, const ct_value *arguments, int count, ct_tensor **results, int capacity);

// As ct_call, for calls that a user's file asks for. Numbers are converted as PyTorch's Python does it (a number for a
// tensor, one for a list, whole for real), and `checked` compares every argument with the schema's type. Results may be
// numbers, too: lists and tuples come one after another.
int ct_call_converting(const ct_operator *op, const ct_value *arguments, int count, bool checked, ct_value *results,
                       int capacity);
int ct_argument_count(const ct_operator *op);
const char *ct_argument_name(const ct_operator *op, int index);  // the operator's own memory
bool ct_writes_arguments(const ct_operator *op);                 // as in-place operators do
bool ct_draws_random_numbers(const ct_operator *op);             // for some values of its arguments
// Attention by plain products from now on, in the whole process: the fused kernels have no second derivative.
void ct_use_plain_attention(void);

// --- tensors -------------------------------------------------------------------------------------------------------
ct_tensor *ct_from_bytes(const void *bytes, const int64_t *shape, int rank, int scalar_type);  // a copy
void ct_release(ct_tensor *tensor);
bool ct_is_defined(const ct_tensor *tensor);
bool ct_is_plain(const ct_tensor *tensor);  // dense numbers on the CPU: not sparse, nested or quantised
// The elements of `storage`, a vector, in the places that sizes, strides and offset name. Their bounds are checked.
ct_tensor *ct_strided(const ct_tensor *storage, const int64_t *sizes, const int64_t *strides, int rank, int64_t offset);
int ct_rank(const ct_tensor *tensor);
int64_t ct_size(const ct_tensor *tensor, int dimension);
int ct_scalar_type(const ct_tensor *tensor);
const char *ct_device_name(const ct_tensor *tensor);  // valid until the thread's next call of it
void *ct_data(const ct_tensor *tensor);               // null unless contiguous and on the CPU
double ct_item(const ct_tensor *tensor);              // NaN and an error unless there is exactly one element

// --- differentiation -----------------------------------------------------------------------------------------------
int ct_set_requires_grad(ct_tensor *tensor, bool requires_grad);
bool ct_requires_grad(const ct_tensor *tensor);
bool ct_grad_mode(void);
void ct_set_grad_mode(bool enabled);
// Gradients of sum_i <seeds[i], outputs[i]> (seeds may be null for scalars) with respect to `inputs`. A gradient that
// doesn't exist is a null in `gradients`. Returns 0, or -1.
int ct_gradients(ct_tensor *const *outputs, ct_tensor *const *seeds, int output_count, ct_tensor *const *inputs,
                 int input_count, bool keep_graph, bool create_graph, ct_tensor **gradients);

// --- shared memory -------------------------------------------------------------------------------------------------
// A tensor over memory of `owner`, which is released with the last use of that memory.
ct_tensor *ct_share(void *data, const int64_t *shape, int rank, int scalar_type, void *owner, void (*release)(void *));

// --- TorchScript ---------------------------------------------------------------------------------------------------
// A module that torch.jit.save wrote, as a function of its tensors and its inputs. Loading runs LibTorch's own reader of
// pickled data: a file must be trusted.
typedef struct ct_module ct_module;
typedef enum { CT_PARAMETER, CT_BUFFER, CT_ATTRIBUTE } ct_role;

ct_module *ct_load_module(const char *path);  // in evaluation mode
void ct_release_module(ct_module *module);
// Its tensors, each once, under the first of its names.
int ct_module_tensor_count(const ct_module *module);
const char *ct_module_tensor_name(const ct_module *module, int index);
ct_role ct_module_tensor_role(const ct_module *module, int index);
ct_tensor *ct_module_tensor(const ct_module *module, int index);  // owned by the caller
// The inputs of `forward`, in order.
int ct_module_input_count(const ct_module *module);
const char *ct_module_input_name(const ct_module *module, int index);
bool ct_module_input_is_tensor(const ct_module *module, int index);
bool ct_module_input_is_optional(const ct_module *module, int index);  // none will do
// The operators of `forward` and of all that it calls.
int ct_module_operator_count(const ct_module *module);
const char *ct_module_operator_name(const ct_module *module, int index);
const char *ct_module_operator_source(const ct_module *module, int index);  // the lines of the program that it stands in
// Runs `forward` without LibTorch's own optimiser, so that the result can be differentiated any number of times.
// `tensors` takes the place of all the module's tensors; a null among `inputs` is none. The first tensor of the result.
ct_tensor *ct_run_module(const ct_module *module, ct_tensor *const *tensors, ct_tensor *const *inputs);

// --- kernels (CPU, float and double) ---------------------------------------------------------------------------------
// Where a random mask comes from: row b of the tensor draws from the stream (key, jets[b], epochs[b], views[b]).
typedef struct {
  uint64_t key;
  const uint32_t *jets, *epochs, *views;
  int64_t rows;
} ct_rows;

// x [rows, ...] with each element zeroed with probability p (to 2^-17), else divided by 1 - p: element i of a row is
// kept where 16-bit half i of its stream's words is at least 2^16 p. Differentiable any number of times.
ct_tensor *ct_dropout(const ct_tensor *x, double p, const ct_rows *rows);
// Multi-head attention of packed projections: qkv [B, N, 3D] (q, k, v side by side, heads side by side in each),
// valid [B, N] bool or null (which keys count), -> [B, N, D]. Attention probabilities are dropped with probability p
// where rows is not null. Differentiable any number of times, fused up to the second.
ct_tensor *ct_attention(const ct_tensor *qkv, const ct_tensor *valid, int64_t heads, double p, const ct_rows *rows);
// (x - mean) / sqrt(variance + epsilon) * weight + bias over the last dimension, on any device. Differentiable any number of
// times; on the CPU the second derivative is fused.
ct_tensor *ct_layer_norm(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, double epsilon);

// x [..., in] W' + b, with W [out, in], and max(x, 0): LibTorch's operators, whose second derivatives are cheaper on the CPU.
ct_tensor *ct_linear(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias);
ct_tensor *ct_relu(const ct_tensor *x);

// --- vectors (contiguous) --------------------------------------------------------------------------------------------
// sum[i] += sum_s weights[s] * slices[s][i], s ascending, in double, for i in from..<to.
void ct_accumulate(double *sum, const float *const *slices, const double *weights, int64_t slice_count, int64_t from,
                   int64_t to);
void ct_accumulate_double(double *sum, const double *const *slices, const double *weights, int64_t slice_count,
                          int64_t from, int64_t to);
// The inner product of two vectors in double, by a fixed tree that does not depend on the instruction set.
double ct_dot(const float *x, const float *y, int64_t count);
double ct_dot_double(const double *x, const double *y, int64_t count);
// Sum of squares of x[from..<to] in double, by a fixed tree that does not depend on the instruction set.
double ct_sum_of_squares(const double *x, int64_t from, int64_t to);

typedef struct {
  double learning_rate, beta1, beta2, epsilon, weight_decay;
  int64_t step;  // 1 for the first
} ct_adam_settings;
// One step of Adam with the L2 kind of weight decay on elements from..<to; the gradient is scaled by `scale` first.
void ct_adam(float *theta, const double *gradient, double scale, float *first_moment, float *second_moment,
             const ct_adam_settings *settings, int64_t from, int64_t to);

// --- several processes ---------------------------------------------------------------------------------------------
typedef struct ct_processes ct_processes;  // this process among those that work together
// Waits at most so many seconds for the others. The store lies at host:port; one process, or the launcher, hosts it.
ct_processes *ct_join_processes(const char *host, int port, int rank, int size, bool hosts_store, const char *prefix,
                                double seconds);
int ct_sum_over_processes(ct_processes *processes, double *values, int64_t count);  // in place; 0, or -1
// Meets the other processes by NCCL, each with the GPU of its tensor; to be called once, by all. "" where that succeeded in
// all, else why sums of tensors go through the host; null after an error. `lost` is called, on a thread of its own, when a
// process no longer answers: what waits for a GPU then waits for ever.
const char *ct_join_gpus(ct_processes *processes, const ct_tensor *tensor, void (*lost)(int rank));
// Adds a contiguous tensor and a number up, in place: by NCCL in stream order where the GPUs have met, else through the
// host, in double. 0, or -1.
int ct_sum_tensor_over_processes(ct_processes *processes, ct_tensor *tensor, double *flag);
// After a sum has failed: a process that no longer answers, or, with `left`, one that has ended in peace; -1 for none.
int ct_lost_process(ct_processes *processes, bool *left);
void ct_leave_processes(ct_processes *processes);

#ifdef __cplusplus
}
#endif
