#pragma once
#include "CPythia.h"
#include "FastJet.hpp"

namespace goldstone {

/// What the middles of a calorimeter's cells point at, and how the cells are numbered.
///
/// Cells are square in pseudorapidity and azimuth. The edge is the largest that is at least `edge` and fits a whole
/// number of times, so that no cell is cut.
struct CellGrid {
    struct Column {
        double cosh, sinh;
    };
    struct Row {
        double cos, sin;
    };

    CellGrid(double edge, double largestPseudorapidity);

    /// Largest |pseudorapidity|, and a |pz|/pT that is certainly beyond it: most of what flies forward is told by that
    /// alone, without a logarithm.
    double largest, certainlyBeyond;
    /// Hyperbolic functions of the columns' pseudorapidity, and circular ones of the rows' azimuth.
    std::vector<Column> columns;
    std::vector<Row> rows;
};

/// A simplified detector: tracks of charged particles, and cells of two calorimeters.
///
/// Electrons, muons and charged hadrons up to `trackMaximum` are tracks; photons and neutral pions go to the
/// electromagnetic calorimeter, all other hadrons to the hadronic one. A cell adds up energies and becomes one massless
/// particle at its centre. Each measured four-momentum is scaled by max(0, 1 + σ·ε), ε ~ N(0, 1), with
///   tracks                     σ = 0.00025·pT ⊕ 0.015
///   electromagnetic cells      σ = 0.027/√(E/1.6) ⊕ 0.24/E ⊕ 0.005
///   hadronic cells             σ = 1.2/√(E/7) ⊕ 0.05.
/// Neutrinos leave nothing. Source: Coleman et al., arXiv:1709.08705, after the CMS detector.
class Detector {
public:
    explicit Detector(const GoldstoneSettings &settings);

    Particles measure(const Pythia8::Event &event, Pythia8::Rndm &noise) const;

private:
    double smearing, trackMaximum, threshold;
    CellGrid hadronic, electromagnetic;
};

/// The visible final particles themselves up to |pseudorapidity| 5.
Particles visible(const Pythia8::Event &event, const GoldstoneSettings &settings);

}
