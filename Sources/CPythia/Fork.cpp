#include "CPythia.h"

#include <csignal>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

extern "C" int32_t goldstone_fork(void) {
    const pid_t parent = getpid();
    const pid_t child = fork();
#ifdef __linux__
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        // The parent may have died before the line above.
        if (getppid() != parent) _exit(1);
    }
#endif
    return child;
}
