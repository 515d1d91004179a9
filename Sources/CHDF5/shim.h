#pragma once
#include <hdf5.h>
#include <sys/syscall.h>
#include <unistd.h>

// Many of HDF5's constants are macros that open the library, cast, or depend on the version: Swift can't see them.
// Each becomes a function of the same name in Swift's spelling.

static inline hid_t goldstone_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t goldstone_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t goldstone_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t goldstone_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t goldstone_native_uint8(void) { return H5T_NATIVE_UINT8; }
// What files hold is little-endian on every machine, so that equal content gives equal bytes.
static inline hid_t goldstone_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t goldstone_file_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t goldstone_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t goldstone_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t goldstone_file_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t goldstone_c_string(void) { return H5T_C_S1; }
static inline size_t goldstone_variable_length(void) { return H5T_VARIABLE; }

static inline hid_t goldstone_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t goldstone_dataset_access(void) { return H5P_DATASET_ACCESS; }
static inline hid_t goldstone_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t goldstone_default(void) { return H5P_DEFAULT; }
static inline hid_t goldstone_all(void) { return H5S_ALL; }
static inline hsize_t goldstone_unlimited(void) { return H5S_UNLIMITED; }
static inline unsigned goldstone_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned goldstone_truncate(void) { return H5F_ACC_TRUNC; }

static inline void goldstone_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }
static inline void goldstone_clear_errors(void) { H5Eclear2(H5E_DEFAULT); }
static inline herr_t goldstone_walk_errors(H5E_walk2_t visit, void *context) {
  return H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit, context);
}

// A file in memory without a name (Linux): the C library's own declaration needs a feature macro.
static inline int goldstone_memory_file(void) { return (int)syscall(SYS_memfd_create, "goldstone", 0); }
