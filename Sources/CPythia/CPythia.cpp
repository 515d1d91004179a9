#include "CPythia.h"

#include <cstring>
#include <string>

#if __has_include("Pythia8/Pythia.h")
#include "Generator.hpp"

#include <sstream>
#else
struct GoldstoneGenerator {};
#endif

namespace {

void tell(const std::string &text, char *message, size_t length) {
    if (length == 0) return;
    std::strncpy(message, text.c_str(), length - 1);
    message[length - 1] = 0;
}

}

extern "C" {

#if __has_include("Pythia8/Pythia.h")

const char *goldstone_pythia_version(void) {
    static const std::string version = [] {
        std::ostringstream text;
        text.setf(std::ios::fixed);
        text.precision(3);
        text << PYTHIA_VERSION;
        return text.str();
    }();
    return version.c_str();
}

const char *goldstone_fastjet_version(void) { return FJCORE_VERSION; }

GoldstoneGenerator *goldstone_generator_create(const GoldstoneSettings *settings, char *message, size_t length) {
    try {
        return new GoldstoneGenerator(*settings);
    } catch (const std::exception &error) {
        tell(error.what(), message, length);
        return nullptr;
    }
}

void goldstone_generator_seed(GoldstoneGenerator *generator, const int32_t seeds[3]) { generator->seed(seeds); }

bool goldstone_generator_next(
    GoldstoneGenerator *generator, GoldstoneJet *jet, double *momenta, char *message, size_t length) {
    try {
        generator->next(*jet, momenta);
        return true;
    } catch (const std::exception &error) {
        tell(error.what(), message, length);
        return false;
    }
}

GoldstoneStatistics goldstone_generator_statistics(const GoldstoneGenerator *generator) {
    return generator->statistics;
}

void goldstone_generator_destroy(GoldstoneGenerator *generator) { delete generator; }

#else

const char *goldstone_pythia_version(void) { return nullptr; }
const char *goldstone_fastjet_version(void) { return nullptr; }

GoldstoneGenerator *goldstone_generator_create(const GoldstoneSettings *, char *message, size_t length) {
    tell("this program was built without Pythia", message, length);
    return nullptr;
}

void goldstone_generator_seed(GoldstoneGenerator *, const int32_t[3]) {}
bool goldstone_generator_next(GoldstoneGenerator *, GoldstoneJet *, double *, char *message, size_t length) {
    tell("this program was built without Pythia", message, length);
    return false;
}
GoldstoneStatistics goldstone_generator_statistics(const GoldstoneGenerator *) { return {}; }
void goldstone_generator_destroy(GoldstoneGenerator *) {}

#endif
}
