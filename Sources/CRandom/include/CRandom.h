// What Swift imports. C++ sources include Philox.h instead: SwiftPM compiles them without access to this module.
#pragma once
#include "Philox.h"
