#if __has_include("Pythia8/Pythia.h")
#include "Generator.hpp"

#include "Detector.hpp"
#include "Substructure.hpp"

#include <algorithm>
#include <ctime>
#include <sstream>
#include <stdexcept>

using namespace goldstone;

namespace {

/// Adds the processor time of its life to a sum.
class Clock {
public:
    explicit Clock(double &sum) : sum(sum), start(now()) {}
    ~Clock() { sum += now() - start; }

private:
    static double now() {
        timespec time;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
    }
    double &sum;
    double start;
};

/// Hands settings to Pythia line by line; a refused one is an error that names it.
void set(Pythia8::Pythia &pythia, const std::vector<std::string> &lines) {
    for (const auto &line : lines) {
        if (!pythia.readString(line, false)) throw std::runtime_error("Pythia refuses the setting \"" + line + "\"");
    }
}

std::vector<std::string> userLines(const std::string &commands) {
    std::vector<std::string> lines;
    std::istringstream stream(commands);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::string number(double value) {
    std::ostringstream text;
    text.precision(17);
    text << value;
    return text.str();
}

std::vector<std::string> processLines(const GoldstoneSettings &settings) {
    switch (settings.process) {
    case GOLDSTONE_GLUON: return {"HardQCD:gg2gg = on", "HardQCD:qqbar2gg = on"};
    case GOLDSTONE_QUARK: return {"HardQCD:qq2qq = on", "HardQCD:gg2qqbar = on", "HardQCD:qqbar2qqbarNew = on"};
    case GOLDSTONE_W: return {"WeakDoubleBoson:ffbar2WW = on"};
    case GOLDSTONE_Z: return {"WeakDoubleBoson:ffbar2gmZgmZ = on", "WeakZ0:gmZmode = 2"};
    case GOLDSTONE_TOP: return {"Top:gg2ttbar = on", "Top:qqbar2ttbar = on"};
    case GOLDSTONE_COMMANDS: return {};
    }
    throw std::runtime_error("there is no process " + std::to_string(int(settings.process)));
}

/// Absolute identities of the particles that make the jets of a process. Light quarks are u, d and s.
std::vector<int> identitiesOf(const GoldstoneSettings &settings) {
    switch (settings.process) {
    case GOLDSTONE_GLUON: return {21};
    case GOLDSTONE_QUARK: return {1, 2, 3};
    case GOLDSTONE_W: return {24};
    case GOLDSTONE_Z: return {23};
    case GOLDSTONE_TOP: return {6};
    case GOLDSTONE_COMMANDS: break;
    }
    const auto end = std::find(std::begin(settings.identities), std::end(settings.identities), 0);
    return {std::begin(settings.identities), end};
}

}

GoldstoneGenerator::GoldstoneGenerator(const GoldstoneSettings &given)
    : settings(given), detector(given), commands(given.commands ? given.commands : ""),
      identities(identitiesOf(given)) {
    settings.commands = nullptr;
    // FastJet's banner asks to be cited, which our own list of citations does once, not once a process.
    fastjet::ClusterSequence::set_fastjet_banner_stream(nullptr);
    // Monash 2013 (Skands et al., arXiv:1404.5630), which brings NNPDF2.3 QCD+QED LO.
    const std::vector<std::string> common = {"Tune:pp = 14"};
    const std::vector<std::string> decays = {
        "23:onMode = off", "23:onIfAny = 1 2 3 4 5", "24:onMode = off", "24:onIfAny = 1 2 3 4 5",
        std::string("PartonLevel:MPI = ") + (settings.underlyingEvent ? "on" : "off")};
    const std::vector<std::string> beams = {
        "Beams:eCM = " + number(settings.collisionEnergy),
        "PhaseSpace:pTHatMin = " + number(settings.partonMinimum),
        "PhaseSpace:pTHatMax = " + number(settings.partonMaximum)};
    // Last, as nothing works without these.
    const std::vector<std::string> fixed = {"Print:quiet = on", "Random:setSeed = on", "Random:seed = 1"};

    const auto make = [&](const std::vector<std::vector<std::string>> &groups) {
        // Pythia knows where its data was installed; the environment's PYTHIA8DATA goes first.
        auto pythia = std::make_unique<Pythia8::Pythia>("", false);
        if (!pythia->readString("Print:quiet = on", false)) {
            throw std::runtime_error("Pythia's data is missing or of another version: install Pythia again");
        }
        for (const auto &group : groups) set(*pythia, group);
        set(*pythia, fixed);
        return pythia;
    };
    const auto initialise = [](Pythia8::Pythia &pythia, const std::string &what) {
        if (!pythia.init()) throw std::runtime_error("Pythia's " + what + " does not start with these settings");
    };
    const auto user = userLines(commands);
    const bool twoStages = settings.isotropicDecays && settings.process != GOLDSTONE_COMMANDS;
    if (twoStages) {
        hard = make(
            {common, beams, processLines(settings), user, {"PartonLevel:all = off", "ProcessLevel:resonanceDecays = off"}});
        initialise(*hard, "hard process");
        shower = make({common, decays, user, {"Beams:frameType = 5"}});
        shower->setLHAupPtr(std::make_shared<Pythia8::LHAupFromPYTHIA8>(&hard->process, &hard->info));
    } else {
        shower = make({common, beams, processLines(settings), decays, user});
    }
    initialise(*shower, twoStages ? "shower" : "generator");
}

void GoldstoneGenerator::seed(const int32_t seeds[3]) {
    if (hard) hard->rndm.init(seeds[0]);
    shower->rndm.init(seeds[1]);
    noise.init(seeds[2]);
    statistics = {};
    found.clear();
}

bool GoldstoneGenerator::makeEvent() {
    const Clock clock(statistics.secondsPythia);
    ++statistics.events;
    return (!hard || hard->next()) && shower->next();
}

/// The hard process's outgoing particles of the wanted identities, as they are after initial-state radiation: the last
/// copy of one that decays, and of a parton the last before it radiates.
std::vector<int> GoldstoneGenerator::hardParticles() const {
    std::vector<int> result;
    const auto &event = shower->event;
    for (int index = 0; index < event.size(); ++index) {
        const auto &particle = event[index];
        if (particle.statusAbs() != 22 && particle.statusAbs() != 23) continue;
        if (!identities.empty() && std::find(identities.begin(), identities.end(), particle.idAbs()) == identities.end())
            continue;
        result.push_back(particle.isResonance() ? particle.iBotCopyId() : particle.iBotCopy());
    }
    return result;
}

Particles GoldstoneGenerator::decayQuarks(int index) const {
    Particles quarks;
    const auto &event = shower->event;
    if (!event[index].isResonance()) return quarks;
    for (int daughter : event[index].daughterList()) {
        if (event[daughter].isResonance()) {
            const auto more = decayQuarks(event[daughter].iBotCopyId());
            quarks.insert(quarks.end(), more.begin(), more.end());
        } else if (event[daughter].isQuark()) {
            quarks.emplace_back(event[daughter].px(), event[daughter].py(), event[daughter].pz(), event[daughter].e());
        }
    }
    return quarks;
}

void GoldstoneGenerator::findJets() {
    Particles measured;
    {
        const Clock clock(statistics.secondsDetector);
        measured = settings.detector ? detector.measure(shower->event, noise) : visible(shower->event, settings);
    }
    const Clock clock(statistics.secondsFastJet);
    const fastjet::ClusterSequence clustering(measured, {fastjet::antikt_algorithm, settings.radius});
    auto wanted = hardParticles();
    bool any = false;
    for (const auto &jet : fastjet::sorted_by_pt(clustering.inclusive_jets(settings.jetMinimum))) {
        if (jet.perp() > settings.jetMaximum || std::abs(jet.eta()) > settings.jetPseudorapidity) continue;
        // The nearest hard particle that no jet of larger transverse momentum has taken.
        auto nearest = wanted.end();
        double distance = settings.matchRadius;
        for (auto candidate = wanted.begin(); candidate != wanted.end(); ++candidate) {
            const auto &particle = shower->event[*candidate];
            const double apart = jet.delta_R({particle.px(), particle.py(), particle.pz(), particle.e()});
            if (apart < distance) {
                distance = apart;
                nearest = candidate;
            }
        }
        if (nearest == wanted.end()) continue;
        const auto quarks = decayQuarks(*nearest);
        wanted.erase(nearest);
        const bool contained = std::all_of(quarks.begin(), quarks.end(), [&](const auto &quark) {
            return jet.delta_R(quark) <= settings.radius;
        });
        if (settings.containedOnly && !contained) continue;

        Found result{{}, fastjet::sorted_by_pt(jet.constituents())};
        describe(jet, result.constituents, result.jet);
        result.jet.contained = contained;
        result.jet.event = statistics.acceptedEvents;
        result.jet.stored = std::min(result.jet.multiplicity, settings.constituents);
        found.push_back(std::move(result));
        ++statistics.jets;
        any = true;
    }
    if (any) ++statistics.acceptedEvents;
}

void GoldstoneGenerator::next(GoldstoneJet &jet, double *momenta) {
    constexpr int patience = 10000;
    int failures = 0;
    for (int tries = 0; found.empty(); ++tries) {
        if (tries == patience) {
            throw std::runtime_error(
                "none of " + std::to_string(patience) + " events has a jet that passes the cuts: widen them");
        }
        if (makeEvent()) {
            findJets();
        } else if (++failures == 100) {
            throw std::runtime_error("Pythia failed 100 times between two jets: these settings give no events");
        }
    }
    auto &first = found.front();
    std::fill_n(momenta, 4 * settings.constituents, 0.0);
    for (int index = 0; index < first.jet.stored; ++index) {
        const auto &particle = first.constituents[index];
        const double components[] = {particle.px(), particle.py(), particle.pz(), particle.E()};
        std::copy_n(components, 4, momenta + 4 * index);
    }
    jet = first.jet;
    found.pop_front();
    const auto &process = (hard ? hard : shower)->info;
    statistics.crossSection = process.sigmaGen();
    statistics.crossSectionError = process.sigmaErr();
}

#endif
