// Compiles only where Goldstone's idea of NCCL's C interface (Sources/CTorch/NCCL.cpp) is nccl.h's.
#include <nccl.h>

#include <type_traits>

#include "../../../Sources/CTorch/NCCLInterface.hpp"

// A pointer to a function of Goldstone's type must take NCCL's function once enumerations are whole numbers and handles plain
// pointers: the machine passes both the same way, which the sizes say.
template <typename Ours, typename Theirs>
struct alike : std::false_type {};
template <typename Ours, typename Theirs>
constexpr bool passed_alike =
    (std::is_same_v<Ours, Theirs>) ||
    (std::is_same_v<Ours, int> && std::is_enum_v<Theirs> && sizeof(Theirs) == sizeof(int)) ||
    (std::is_same_v<Ours, void *> && std::is_pointer_v<Theirs>) ||
    (std::is_same_v<Ours, void **> && std::is_pointer_v<Theirs> && std::is_pointer_v<std::remove_pointer_t<Theirs>>) ||
    (std::is_same_v<Ours, nccl_id> && std::is_same_v<Theirs, ncclUniqueId> && sizeof(Ours) == sizeof(Theirs) &&
     std::is_trivially_copyable_v<Theirs>) ||
    (std::is_same_v<Ours, nccl_id *> && std::is_same_v<Theirs, ncclUniqueId *>);
template <typename OurResult, typename... Ours, typename TheirResult, typename... Theirs>
struct alike<OurResult(Ours...), TheirResult(Theirs...)>
    : std::bool_constant<(sizeof...(Ours) == sizeof...(Theirs)) && passed_alike<OurResult, TheirResult> &&
                         (passed_alike<Ours, Theirs> && ...)> {};

static_assert(alike<nccl_version, decltype(ncclGetVersion)>::value);
static_assert(alike<nccl_new_id, decltype(ncclGetUniqueId)>::value);
static_assert(alike<nccl_join, decltype(ncclCommInitRank)>::value);
static_assert(alike<nccl_sum, decltype(ncclAllReduce)>::value);
static_assert(alike<nccl_end, decltype(ncclCommAbort)>::value);
static_assert(alike<nccl_message, decltype(ncclGetErrorString)>::value);
static_assert(alike<nccl_last_error, decltype(ncclGetLastError)>::value);
static_assert(nccl_add == ncclSum && nccl_float32 == ncclFloat32 && nccl_float64 == ncclFloat64 && ncclSuccess == 0);
static_assert(NCCL_MAJOR == 2);
