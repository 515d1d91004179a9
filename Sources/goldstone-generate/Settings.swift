import ArgumentParser
import Foundation

/// Everything that a file of jets depends on. Each option's help says what it is, in which unit; the defaults follow
/// what is published about the hls4ml LHC jets of 150 particles.
struct Settings: ParsableArguments {
    @OptionGroup(title: "How many jets") var counts: Counts
    @OptionGroup(title: "Collisions") var collisions: Collisions
    @OptionGroup(title: "Jets") var jets: JetCuts
    @OptionGroup(title: "Detector") var detector: Detector
    @OptionGroup(title: "What is stored") var storage: Storage

    @Option(help: "Seed. The same seed and settings give the same file, on any number of cores.")
    var seed = 1
}

struct Counts: ParsableArguments {
    @Option(help: "Jets of the five classes in equal shares, added to the numbers below.")
    var jets = 0
    @Option(help: "Gluon jets (gg → gg, qq̄ → gg).")
    var gluon = 0
    @Option(help: "Light-quark jets: u, d, s (qq → qq, gg → qq̄, qq̄ → q'q̄').")
    var quark = 0
    @Option(help: "W jets (qq̄ → WW, both to quarks).")
    var w = 0
    @Option(help: "Z jets (qq̄ → ZZ, both to quarks).")
    var z = 0
    @Option(help: "Top jets (tt̄, both W to quarks).")
    var top = 0
    @Option(help: "Jets of the processes in --commands.")
    var other = 0

    /// How many jets of each class, in the order of the classes; those of which there are none are left out.
    var byClass: [(jetClass: JetClass, count: Int)] {
        let given: [JetClass: Int] = [.gluon: gluon, .quark: quark, .w: w, .z: z, .top: top, .other: other]
        return JetClass.allCases.enumerated().map { index, jetClass in
            let share = jetClass == .other ? 0 : jets / 5 + (index < jets % 5 ? 1 : 0)
            return (jetClass, given[jetClass]! + share)
        }.filter { $0.1 > 0 }
    }
}

struct Collisions: ParsableArguments {
    @Option(help: "Energy of the proton pair, GeV.")
    var collisionEnergy = 13000.0
    @Option(help: "Least transverse momentum of the hard process, GeV.")
    var partonMinimum = 995.0
    @Option(help: "Largest transverse momentum of the hard process, GeV.")
    var partonMaximum = 1005.0
    @Flag(
        inversion: .prefixedNo,
        help: "W and Z decay isotropically, as after a matrix-element program that leaves them undecayed.")
    var isotropicDecays = true
    @Flag(inversion: .prefixedNo, help: "Several parton collisions in one proton collision.")
    var underlyingEvent = true
    @Option(
        help: "File of Pythia settings, one a line, read after all others: processes for --other, or changes for all.")
    var commands: String?
    @Option(
        parsing: .upToNextOption,
        help: "For --other: identities (PDG) of the hard particles that jets are matched to. None: all of them.")
    var match: [Int] = []
}

struct JetCuts: ParsableArguments {
    @Option(help: "Radius of the anti-kT jets.")
    var radius = 0.8
    @Option(help: "Least transverse momentum of a jet, GeV.")
    var jetMinimum = 100.0
    @Option(help: "Largest transverse momentum of a jet, GeV.")
    var jetMaximum = Double.infinity
    @Option(help: "Largest |pseudorapidity| of a jet.")
    var jetPseudorapidity = 2.7
    @Option(help: "Largest ΔR between a jet and its hard particle.")
    var matchRadius = 0.8
    @Flag(inversion: .prefixedNo, help: "Only jets with all quarks of their W, Z or top within the radius.")
    var contained = false
}

struct Detector: ParsableArguments {
    @Flag(
        inversion: .prefixedNo, help: "A simplified detector; else the generated particles, up to |pseudorapidity| 5.")
    var detector = true
    @Option(help: "Edge of the hadronic calorimeter's cells in pseudorapidity and azimuth.")
    var hadronicCell = 0.022
    @Option(help: "Edge of the electromagnetic calorimeter's cells in pseudorapidity and azimuth.")
    var electromagneticCell = 0.0175
    @Option(help: "Largest |pseudorapidity| of the calorimeters.")
    var calorimeterPseudorapidity = 3.0
    @Option(help: "Charged hadrons above this transverse momentum, GeV, are measured by the hadronic calorimeter.")
    var trackMaximum = 220.0
    @Option(help: "Factor on all resolutions; 0 for perfect ones.")
    var smearing = 1.0
    @Option(help: "Least transverse momentum of a measured particle, GeV.")
    var threshold = 0.0
}

struct Storage: ParsableArguments {
    enum Columns: String, ExpressibleByArgument, CaseIterable {
        case all, momenta
    }

    @Option(help: "Constituents of a jet that are stored, by descending transverse momentum.")
    var constituents = 150
    @Option(help: "Columns of jetConstituentList: all 16, or the momenta (px, py, pz, e) alone.")
    var columns = Columns.all
    @Option(help: "Bits of mantissa that momenta keep, 8 to 23 (observables: 3 more). Fewer make a smaller file.")
    var mantissaBits = 23
    @Option(help: "Compression, 0 (none) to 9 (smallest).")
    var deflate = 1
}
