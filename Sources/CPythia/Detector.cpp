#if __has_include("Pythia8/Pythia.h")
#include "Detector.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace goldstone {
namespace {

// Below this a measured particle is nothing but rounding, and its logarithms would be features of a network.
constexpr double leastTransverseMomentum = 1e-3;
constexpr double trackPseudorapidity = 5;

fastjet::PseudoJet momentum(const Pythia8::Particle &particle) {
    return {particle.px(), particle.py(), particle.pz(), particle.e()};
}

bool isNeutrino(const Pythia8::Particle &particle) {
    return particle.isLepton() && !particle.isCharged();
}

/// |pz|/pT at a pseudorapidity, less or more by a margin that rounding does not reach: what is beyond it needs no
/// logarithm to be told apart.
double slope(double pseudorapidity, double margin) { return (1 + margin) * std::sinh(pseudorapidity); }

/// As PseudoJet's own, without the rapidity that it computes along with it.
double azimuth(const fastjet::PseudoJet &particle) {
    const double angle = particle.kt2() == 0 ? 0 : std::atan2(particle.py(), particle.px());
    const double positive = angle < 0 ? angle + 2 * std::numbers::pi : angle;
    return positive < 2 * std::numbers::pi ? positive : 0;
}

/// The energies that one event leaves in a calorimeter.
class Calorimeter {
public:
    explicit Calorimeter(const CellGrid &grid) : grid(grid) { hits.reserve(512); }

    void add(const fastjet::PseudoJet &particle) {
        if (std::abs(particle.pz()) > grid.certainlyBeyond * particle.perp()) return;
        const double pseudorapidity = particle.eta();
        if (!(std::abs(pseudorapidity) < grid.largest)) return;
        const auto columns = int64_t(grid.columns.size()), rows = int64_t(grid.rows.size());
        const auto column =
            std::min(columns - 1, int64_t((pseudorapidity + grid.largest) / (2 * grid.largest) * columns));
        const auto row = std::min(rows - 1, int64_t(azimuth(particle) / (2 * std::numbers::pi) * rows));
        hits.emplace_back(column * rows + row, particle.E());
    }

    /// Hands `use` one massless particle for each cell that was hit, in the order of the cells.
    template <typename Use> void cells(Use use) {
        const auto rows = int64_t(grid.rows.size());
        sortByColumns(rows);
        for (size_t first = 0; first < hits.size();) {
            const int64_t cell = hits[first].first;
            double energy = 0;
            for (; first < hits.size() && hits[first].first == cell; ++first) energy += hits[first].second;
            const auto &column = grid.columns[cell / rows];
            const auto &row = grid.rows[cell % rows];
            const double transverse = energy / column.cosh;
            use(fastjet::PseudoJet(transverse * row.cos, transverse * row.sin, transverse * column.sinh, energy));
        }
    }

private:
    using Hit = std::pair<int64_t, double>;

    /// Puts the hits in order of (cell, energy): first into their columns, which takes one pass, then each column's few
    /// among themselves.
    void sortByColumns(int64_t rows) {
        std::vector<size_t> ends(grid.columns.size() + 1, 0);
        for (const auto &hit : hits) ++ends[hit.first / rows + 1];
        for (size_t column = 1; column < ends.size(); ++column) ends[column] += ends[column - 1];
        std::vector<Hit> sorted(hits.size());
        for (const auto &hit : hits) sorted[ends[hit.first / rows]++] = hit;
        size_t start = 0;
        for (size_t column = 0; column + 1 < ends.size(); ++column) {
            std::sort(sorted.begin() + start, sorted.begin() + ends[column]);
            start = ends[column];
        }
        hits = std::move(sorted);
    }

    const CellGrid &grid;
    std::vector<Hit> hits;
};

}

CellGrid::CellGrid(double edge, double largestPseudorapidity)
    : largest(largestPseudorapidity), certainlyBeyond(slope(largestPseudorapidity, 1e-9)) {
    const auto count = [&](double range) { return std::max<int64_t>(1, int64_t(range / edge)); };
    columns.resize(count(2 * largest));
    rows.resize(count(2 * std::numbers::pi));
    for (size_t index = 0; index < columns.size(); ++index) {
        const double pseudorapidity = ((index + 0.5) / columns.size() - 0.5) * 2 * largest;
        columns[index] = {std::cosh(pseudorapidity), std::sinh(pseudorapidity)};
    }
    for (size_t index = 0; index < rows.size(); ++index) {
        const double angle = (index + 0.5) / rows.size() * 2 * std::numbers::pi;
        rows[index] = {std::cos(angle), std::sin(angle)};
    }
}

Detector::Detector(const GoldstoneSettings &settings)
    : smearing(settings.smearing), trackMaximum(settings.trackMaximum),
      threshold(std::max(settings.threshold, leastTransverseMomentum)),
      hadronic(settings.hadronicCell, settings.calorimeterPseudorapidity),
      electromagnetic(settings.electromagneticCell, settings.calorimeterPseudorapidity) {}

Particles Detector::measure(const Pythia8::Event &event, Pythia8::Rndm &noise) const {
    const double tracked = slope(trackPseudorapidity, -1e-9);
    Particles measured;
    measured.reserve(event.size());
    Calorimeter hadronicHits(hadronic), electromagneticHits(electromagnetic);

    const auto smear = [&](const fastjet::PseudoJet &particle, double resolution) {
        // Drawn even where it is not used, so that a change of one resolution leaves the others' draws alone.
        const double scale = 1 + smearing * resolution * noise.gauss();
        if (!(scale > 0)) return;
        auto result = scale * particle;
        if (result.perp() >= threshold) measured.push_back(std::move(result));
    };

    for (int index = 0; index < event.size(); ++index) {
        const auto &particle = event[index];
        if (!particle.isFinal() || isNeutrino(particle)) continue;
        const auto p = momentum(particle);
        if (particle.id() == 22 || particle.id() == 111) {
            electromagneticHits.add(p);
        } else if (particle.isCharged() && (!particle.isHadron() || p.perp() <= trackMaximum)) {
            if (std::abs(p.pz()) < tracked * p.perp() || std::abs(p.eta()) < trackPseudorapidity)
                smear(p, std::hypot(0.00025 * p.perp(), 0.015));
        } else {
            hadronicHits.add(p);
        }
    }
    hadronicHits.cells([&](const auto &cell) { smear(cell, std::hypot(1.2 / std::sqrt(cell.E() / 7), 0.05)); });
    electromagneticHits.cells([&](const auto &cell) {
        smear(cell, std::hypot(0.027 / std::sqrt(cell.E() / 1.6), 0.15 * 1.6 / cell.E(), 0.005));
    });
    return measured;
}

Particles visible(const Pythia8::Event &event, const GoldstoneSettings &settings) {
    Particles result;
    for (int index = 0; index < event.size(); ++index) {
        if (!event[index].isFinal() || isNeutrino(event[index])) continue;
        const auto p = momentum(event[index]);
        if (std::abs(p.eta()) < trackPseudorapidity && p.perp() >= std::max(settings.threshold, leastTransverseMomentum))
            result.push_back(p);
    }
    return result;
}

}
#endif
