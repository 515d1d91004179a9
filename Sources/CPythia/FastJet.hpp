#pragma once
// Pythia's own headers use this name, which debug builds define as a macro.
#undef DEBUG
#include "Pythia8/FJcore.h"
#include "Pythia8/Pythia.h"

namespace fastjet = fjcore;

namespace goldstone {
using Particles = std::vector<fastjet::PseudoJet>;
}
