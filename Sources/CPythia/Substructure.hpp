#pragma once
#include "CPythia.h"
#include "FastJet.hpp"

namespace goldstone {

/// Fills in everything that is computed from the jet and its constituents. Cost: two clusterings of the constituents.
void describe(const fastjet::PseudoJet &jet, const Particles &constituents, GoldstoneJet &result);

}
