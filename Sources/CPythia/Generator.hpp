#pragma once
#include "CPythia.h"
#include "Detector.hpp"
#include "FastJet.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

/// Events from Pythia, jets from FastJet, and the matching of the two.
struct GoldstoneGenerator {
    /// Throws a `std::runtime_error` that names the setting which Pythia refuses.
    explicit GoldstoneGenerator(const GoldstoneSettings &settings);
    void seed(const int32_t seeds[3]);
    /// Throws a `std::runtime_error` where no jet passes the cuts for long.
    void next(GoldstoneJet &jet, double *momenta);

    GoldstoneSettings settings;
    GoldstoneStatistics statistics{};

private:
    struct Found {
        GoldstoneJet jet;
        goldstone::Particles constituents;
    };

    bool makeEvent();
    void findJets();
    std::vector<int> hardParticles() const;
    goldstone::Particles decayQuarks(int index) const;

    goldstone::Detector detector;
    std::string commands;
    std::vector<int> identities;
    // The hard process, where it is a stage of its own; then `shower` reads it as if a matrix-element program had
    // written it, and decays W and Z isotropically.
    std::unique_ptr<Pythia8::Pythia> hard;
    std::unique_ptr<Pythia8::Pythia> shower;
    Pythia8::Rndm noise;
    std::deque<Found> found;
};
