#if __has_include("Pythia8/Pythia.h")
#include "Substructure.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace goldstone {
namespace {

// Larger than any jet, so that a clustering ends with one jet.
constexpr double everything = 1000;

/// Soft drop (Larkoski et al., arXiv:1402.2657): the Cambridge/Aachen tree is followed from its root down the harder
/// branch until min(pT₁, pT₂)/(pT₁ + pT₂) > 0.1·ΔR₁₂^β, with ΔR in units of 1. β = 0 is the modified mass drop.
fastjet::PseudoJet softDrop(const fastjet::PseudoJet &root, double beta) {
    fastjet::PseudoJet jet = root, harder, softer;
    while (jet.has_parents(harder, softer)) {
        if (harder.perp() < softer.perp()) std::swap(harder, softer);
        const double share = softer.perp() / (harder.perp() + softer.perp());
        if (share > 0.1 * std::pow(harder.delta_R(softer), beta)) break;
        jet = harder;
    }
    return jet;
}

/// τ_N = Σ pT_i·min_k ΔR(i, k)^β over N axes, without a norm (Thaler and Van Tilburg, arXiv:1011.2268). The axes are
/// the exclusive kT subjets and are not moved.
void subjettiness(const Particles &constituents, double (&tau)[2][3]) {
    const fastjet::ClusterSequence tree(constituents, {fastjet::kt_algorithm, everything});
    for (int count = 1; count <= 3; ++count) {
        tau[0][count - 1] = tau[1][count - 1] = 0;
        if (int(constituents.size()) <= count) continue;
        const auto axes = tree.exclusive_jets(count);
        for (const auto &particle : constituents) {
            double nearest = std::numeric_limits<double>::infinity();
            for (const auto &axis : axes) nearest = std::min(nearest, particle.squared_distance(axis));
            tau[0][count - 1] += particle.perp() * std::sqrt(nearest);
            tau[1][count - 1] += particle.perp() * nearest;
        }
    }
}

/// Trimming (Krohn et al., arXiv:0912.1342): what is left of kT subjets of radius 0.2 with at least 3 % of the pT.
double trimmedMass(const fastjet::PseudoJet &jet, const Particles &constituents) {
    const fastjet::ClusterSequence tree(constituents, {fastjet::kt_algorithm, 0.2});
    fastjet::PseudoJet sum(0, 0, 0, 0);
    for (const auto &subjet : tree.inclusive_jets(0.03 * jet.perp())) sum += subjet;
    return std::max(0.0, sum.m());
}

}

void describe(const fastjet::PseudoJet &jet, const Particles &constituents, GoldstoneJet &result) {
    result.transverseMomentum = jet.perp();
    result.pseudorapidity = jet.eta();
    result.azimuth = jet.phi_std();
    result.energy = jet.E();
    result.mass = std::max(0.0, jet.m());
    result.multiplicity = int32_t(constituents.size());

    result.zlogz = 0;
    for (const auto &particle : constituents) {
        const double share = particle.E() / jet.E();
        result.zlogz += share * std::log(share);
    }

    const fastjet::ClusterSequence tree(constituents, {fastjet::cambridge_algorithm, everything});
    const auto root = fastjet::sorted_by_pt(tree.inclusive_jets()).front();
    const auto groomed = softDrop(root, 0);
    result.massModifiedMassDrop = std::max(0.0, groomed.m());
    result.massSoftDrop2 = std::max(0.0, softDrop(root, 2).m());
    result.massSoftDropMinus1 = std::max(0.0, softDrop(root, -1).m());
    result.massTrimmed = trimmedMass(jet, constituents);

    subjettiness(constituents, result.subjettiness);
    subjettiness(groomed.constituents(), result.groomedSubjettiness);
}

}
#endif
