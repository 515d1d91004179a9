#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Jets from Pythia 8 and FastJet behind a C interface. Energies in GeV, angles in radians, ħ = c = 1.
///
/// Everything here also exists where Pythia was not installed at compile time; then `goldstone_pythia_version` returns
/// NULL and no generator can be created.

#ifdef __cplusplus
extern "C" {
#endif

/// What the two protons make. `GOLDSTONE_COMMANDS` takes its processes from the command text alone.
typedef enum {
    GOLDSTONE_GLUON = 0,
    GOLDSTONE_QUARK = 1,
    GOLDSTONE_W = 2,
    GOLDSTONE_Z = 3,
    GOLDSTONE_TOP = 4,
    GOLDSTONE_COMMANDS = 5,
} GoldstoneProcess;

typedef struct {
    GoldstoneProcess process;
    /// Lines of Pythia settings, read after ours, so that they win. NULL for none.
    const char *commands;
    /// Identities (PDG, absolute values) of the hard particles that jets are matched to; zero ends the list. Used with
    /// `GOLDSTONE_COMMANDS`; the other processes know theirs. An empty list takes every hard particle.
    int32_t identities[16];
    /// Centre-of-mass energy of the two protons.
    double collisionEnergy;
    /// Window of the hard process's transverse momentum.
    double partonMinimum, partonMaximum;
    /// W and Z decay isotropically, as where a matrix-element program hands them over undecayed; else with the
    /// correlations of Pythia's own matrix elements.
    bool isotropicDecays;
    /// Several parton collisions in one proton collision.
    bool underlyingEvent;

    /// Anti-kT radius, the window of the jets' transverse momentum, and the largest |pseudorapidity|.
    double radius, jetMinimum, jetMaximum, jetPseudorapidity;
    /// Largest ΔR between a jet and its hard particle.
    double matchRadius;
    /// Only jets with all quarks of the decay within the radius of their axis.
    bool containedOnly;

    /// Measured particles; else the generated ones themselves up to |pseudorapidity| 5.
    bool detector;
    /// Edge lengths of the calorimeters' square cells in pseudorapidity and azimuth, and their largest |pseudorapidity|.
    double hadronicCell, electromagneticCell, calorimeterPseudorapidity;
    /// Largest transverse momentum of a charged hadron that is measured as a track.
    double trackMaximum;
    /// Factor on all resolutions; 0 for perfect ones.
    double smearing;
    /// Smallest transverse momentum of a measured particle.
    double threshold;

    /// How many constituents `goldstone_generator_next` hands out at most.
    int32_t constituents;
} GoldstoneSettings;

/// Observables of one jet, from all of its constituents.
typedef struct {
    double transverseMomentum, pseudorapidity, azimuth, mass, energy;
    /// N-subjettiness τ_N for N = 1, 2, 3 in GeV: [β = 1, β = 2][N − 1]; of the jet and of the groomed jet.
    double subjettiness[2][3], groomedSubjettiness[2][3];
    /// Σ z ln z with z = E_i / E.
    double zlogz;
    /// Masses after modified mass drop (soft drop with β = 0), soft drop with β = 2 and β = −1, and trimming.
    double massModifiedMassDrop, massSoftDrop2, massSoftDropMinus1, massTrimmed;
    /// How many constituents there are, and how many were handed out.
    int32_t multiplicity, stored;
    /// All quarks of the decay lie within the radius; true for jets of partons.
    bool contained;
    /// Counts the events that gave a jet since the seed, from 0.
    int64_t event;
} GoldstoneJet;

typedef struct {
    /// Events tried, and events and jets accepted.
    int64_t events, acceptedEvents, jets;
    /// Cross-section of the hard process and its error, in mb.
    double crossSection, crossSectionError;
    /// Processor time in seconds.
    double secondsPythia, secondsFastJet, secondsDetector;
} GoldstoneStatistics;

typedef struct GoldstoneGenerator GoldstoneGenerator;

/// Pythia's version, as `8.318`, or NULL where it was not there at compile time.
const char *goldstone_pythia_version(void);
/// FastJet's version, as `3.5.1`, or NULL.
const char *goldstone_fastjet_version(void);

/// Makes a generator: reads Pythia's data and initialises it (about a second).
/// Returns NULL and a message of at most `length` bytes where a setting is refused or the data is missing.
GoldstoneGenerator *goldstone_generator_create(const GoldstoneSettings *settings, char *message, size_t length);

/// Starts a stream of jets: what follows depends on the settings and these seeds (1 to 900,000,000) alone if the
/// generator is as it was created. The three are of the hard process, of shower and decays, and of the detector.
void goldstone_generator_seed(GoldstoneGenerator *generator, const int32_t seeds[3]);

/// Writes the next jet and its constituents' (px, py, pz, E), by descending transverse momentum, four numbers each,
/// zeros behind the last. `momenta` has room for 4 · `constituents` numbers. Returns false and a message where Pythia
/// gives up, or no jet passes the cuts for long.
bool goldstone_generator_next(
    GoldstoneGenerator *generator, GoldstoneJet *jet, double *momenta, char *message, size_t length);

GoldstoneStatistics goldstone_generator_statistics(const GoldstoneGenerator *generator);

void goldstone_generator_destroy(GoldstoneGenerator *generator);

/// `fork`, which Swift hides. The child is killed where its parent dies. For processes of one thread only.
int32_t goldstone_fork(void);

#ifdef __cplusplus
}
#endif
