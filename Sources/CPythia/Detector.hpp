#pragma once
#include "CPythia.h"
#include "FastJet.hpp"

namespace goldstone {

/// What a simplified detector measures of an event: tracks of charged particles, and cells of two calorimeters.
///
/// Electrons, muons and charged hadrons up to `trackMaximum` are tracks; photons and neutral pions go to the
/// electromagnetic calorimeter, all other hadrons to the hadronic one. A cell adds up energies and becomes one massless
/// particle at its centre. Each measured four-momentum is scaled by max(0, 1 + σ·ε), ε ~ N(0, 1), with
///   tracks                     σ = 0.00025·pT ⊕ 0.015
///   electromagnetic cells      σ = 0.027/√(E/1.6) ⊕ 0.24/E ⊕ 0.005
///   hadronic cells             σ = 1.2/√(E/7) ⊕ 0.05.
/// Neutrinos leave nothing. Source: Coleman et al., arXiv:1709.08705, after the CMS detector.
Particles measure(const Pythia8::Event &event, const GoldstoneSettings &settings, Pythia8::Rndm &noise);

/// The visible final particles themselves up to |pseudorapidity| 5.
Particles visible(const Pythia8::Event &event, const GoldstoneSettings &settings);

}
