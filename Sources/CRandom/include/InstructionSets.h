#pragma once

// The compiler makes a version of the function for each of these, and the processor's is taken when the program starts.
#if defined(__x86_64__)
#define FOR_EACH_INSTRUCTION_SET __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_INSTRUCTION_SET
#endif
