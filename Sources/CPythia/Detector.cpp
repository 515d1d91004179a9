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

/// Square cells in pseudorapidity and azimuth. The edge is the largest that is at least `edge` and fits a whole number
/// of times, so that no cell is cut.
class Calorimeter {
public:
    Calorimeter(double edge, double largestPseudorapidity)
        : largest(largestPseudorapidity), columns(count(2 * largestPseudorapidity, edge)),
          rows(count(2 * std::numbers::pi, edge)) {}

    void add(const fastjet::PseudoJet &particle) {
        const double pseudorapidity = particle.eta();
        if (!(std::abs(pseudorapidity) < largest)) return;
        const auto column = std::min(columns - 1, int64_t((pseudorapidity + largest) / (2 * largest) * columns));
        const auto row = std::min(rows - 1, int64_t(particle.phi() / (2 * std::numbers::pi) * rows));
        hits.emplace_back(column * rows + row, particle.E());
    }

    /// One massless particle for each cell that was hit, in the order of the cells.
    Particles cells() {
        std::sort(hits.begin(), hits.end());
        Particles result;
        for (size_t first = 0; first < hits.size();) {
            const int64_t cell = hits[first].first;
            double energy = 0;
            for (; first < hits.size() && hits[first].first == cell; ++first) energy += hits[first].second;
            const double pseudorapidity = ((cell / rows + 0.5) / columns - 0.5) * 2 * largest;
            const double azimuth = (cell % rows + 0.5) / rows * 2 * std::numbers::pi;
            const double transverse = energy / std::cosh(pseudorapidity);
            result.emplace_back(
                transverse * std::cos(azimuth), transverse * std::sin(azimuth), transverse * std::sinh(pseudorapidity),
                energy);
        }
        return result;
    }

private:
    static int64_t count(double range, double edge) { return std::max<int64_t>(1, int64_t(range / edge)); }

    double largest;
    int64_t columns, rows;
    std::vector<std::pair<int64_t, double>> hits;
};

}

Particles measure(const Pythia8::Event &event, const GoldstoneSettings &settings, Pythia8::Rndm &noise) {
    Particles measured;
    Calorimeter hadronic(settings.hadronicCell, settings.calorimeterPseudorapidity);
    Calorimeter electromagnetic(settings.electromagneticCell, settings.calorimeterPseudorapidity);

    const auto smear = [&](const fastjet::PseudoJet &particle, double resolution) {
        // Drawn even where it is not used, so that a change of one resolution leaves the others' draws alone.
        const double scale = 1 + settings.smearing * resolution * noise.gauss();
        const auto result = std::max(0.0, scale) * particle;
        if (result.perp() >= std::max(settings.threshold, leastTransverseMomentum)) measured.push_back(result);
    };

    for (int index = 0; index < event.size(); ++index) {
        const auto &particle = event[index];
        if (!particle.isFinal() || isNeutrino(particle)) continue;
        const auto p = momentum(particle);
        if (particle.id() == 22 || particle.id() == 111) {
            electromagnetic.add(p);
        } else if (particle.isCharged() && (!particle.isHadron() || p.perp() <= settings.trackMaximum)) {
            if (std::abs(p.eta()) < trackPseudorapidity) smear(p, std::hypot(0.00025 * p.perp(), 0.015));
        } else {
            hadronic.add(p);
        }
    }
    for (const auto &cell : hadronic.cells()) smear(cell, std::hypot(1.2 / std::sqrt(cell.E() / 7), 0.05));
    for (const auto &cell : electromagnetic.cells()) {
        smear(cell, std::hypot(0.027 / std::sqrt(cell.E() / 1.6), 0.15 * 1.6 / cell.E(), 0.005));
    }
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
