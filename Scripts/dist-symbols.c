// Makes a release archive run with the C library 2.34 and the C++ library of GCC 11 (RHEL 9 and its kin, Ubuntu 22.04): the
// linker puts these in the way (--wrap) of calls of three functions whose version numbers are newer, although they are
// the older ones' under a new number. Those are looked up when the program starts.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static double (*hypot_)(double, double);
static float (*hypotf_)(float, float);
static void (*wait_)(void *, void *);

#define WAIT _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE
#define TEXT(name) #name
#define NAME(name) TEXT(name)
#define JOIN(a, b) a##b
#define WRAPPED(name) JOIN(__wrap_, name)

static void *find(const char *name, const char *version) {
  void *found = dlvsym(RTLD_DEFAULT, name, version);
  if (!found) {
    fprintf(stderr, "goldstone: this system's libraries have no %s of version %s\n", name, version);
    exit(69);
  }
  return found;
}

// Before the initialisers of C++ and Swift, which may call them.
__attribute__((constructor(101))) static void look(void) {
  hypot_ = find("hypot", "GLIBC_2.2.5");
  hypotf_ = find("hypotf", "GLIBC_2.2.5");
  wait_ = find(NAME(WAIT), "GLIBCXX_3.4.11");
}

double __wrap_hypot(double x, double y) { return hypot_(x, y); }
float __wrap_hypotf(float x, float y) { return hypotf_(x, y); }
void WRAPPED(WAIT)(void *condition, void *lock) { wait_(condition, lock); }
