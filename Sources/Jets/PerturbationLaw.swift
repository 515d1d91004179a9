import Torch

/// A way in which what is measured of a jet can differ from what a tagger was trained on, with a strength: a worse
/// resolution, a shifted scale, lost constituents, radiation that was not modelled. None is a symmetry, so a tagger's
/// answers may change; the question is how soon they become worthless.
///
/// At strength 0 nothing is changed, to the last bit.
public protocol PerturbationLaw: Sendable {
    /// What settings, flags and results call it.
    var name: String { get }
    /// What it does, for titles.
    var title: String { get }
    /// What its strength is, with symbol and unit, for axes.
    var strengthTitle: String { get }
    /// The strengths that are measured where none are given, ascending.
    var defaultStrengths: [Double] { get }
    /// The strengths that it has a meaning for.
    var allowedStrengths: ClosedRange<Double> { get }
    /// Whether draws differ. Where they don't, one is all of them.
    var isRandom: Bool { get }

    /// Changes one jet. What is drawn must not depend on the strength, so that a jet's changes grow with it, and curves
    /// over it are smooth.
    func perturb(_ jet: inout PerturbedJet, strength: Double, _ noise: JetNoise)
}

extension PerturbationLaw {
    public var isRandom: Bool { true }

    /// Which lists of strengths it takes, in words.
    public var allowedDescription: String {
        let (lower, upper) = (allowedStrengths.lowerBound, allowedStrengths.upperBound)
        return "a list of numbers in ascending order, "
            + (upper == .infinity ? "none below \(lower)" : "from \(lower) to \(upper)")
    }

    /// Whether the strengths are some, in range and ascending.
    public func allows(strengths: [Double]) -> Bool {
        // NaN fails every comparison.
        !strengths.isEmpty && strengths.allSatisfy { allowedStrengths.contains($0) && $0.isFinite }
            && zip(strengths, strengths.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// - Throws: ``JetsError/invalidSetting(name:value:allowed:)`` where ``allows(strengths:)`` says no.
    public func check(strengths: [Double]) throws {
        guard allows(strengths: strengths) else {
            throw JetsError.invalidSetting(
                name: "the strength of \(name)", value: "\(strengths)", allowed: allowedDescription)
        }
    }
}

/// A jet as a law changes it: four-momenta (E, px, py, pz) in GeV.
public struct PerturbedJet: Sendable, Equatable {
    /// The constituents that the network sees, by descending pT before the change; never more than ``slots``, never none.
    public var constituents: [SIMD4<Double>]
    /// The sum of those that it doesn't see: they lie beyond the slots, and only their sum is known. They count where the
    /// jet is the sum of all its constituents.
    public var unseen: SIMD4<Double>
    /// Constituents that the network has room for.
    public let slots: Int

    /// A jet of these constituents.
    public init(constituents: [SIMD4<Double>], unseen: SIMD4<Double>, slots: Int) {
        self.constituents = constituents
        self.unseen = unseen
        self.slots = slots
    }

    /// The sum over the constituents that the network sees.
    public var seen: SIMD4<Double> { constituents.reduce(.zero, +) }
}

/// The random numbers of one jet in one draw: named by seed, perturbation, draw and jet, so that every tagger meets the
/// same ones, at every strength, with any number of slots and threads.
public struct JetNoise: Sendable {
    private let stream: RandomStream, jet: UInt32, draw: UInt32

    /// - Parameters:
    ///   - stream: of the seed and the perturbation
    ///   - jet: the jet's name, its place in the files
    ///   - draw: from 0 on
    public init(_ stream: RandomStream, jet: UInt32, draw: Int) {
        self.stream = stream
        self.jet = jet
        self.draw = UInt32(draw)
    }

    /// The first `count` of the jet's numbers, uniform in (0, 1).
    public func uniforms(_ count: Int) -> [Double] { stream.uniforms(count, jet: jet, epoch: draw) }

    /// The first `count` of the jet's numbers, standard normal.
    public func normals(_ count: Int) -> [Double] { stream.normals(count, jet: jet, epoch: draw) }
}

/// The laws by name.
public enum Perturbations {
    /// All of them, the paper's first.
    public static let all: [any PerturbationLaw] = [
        MomentumSmearing(), EnergyScale(), AngularSmearing(), ConstituentLoss(), SoftEmissions(),
    ]

    /// Their names.
    public static var names: [String] { all.map(\.name) }

    /// The law of that name.
    ///
    /// - Throws: ``JetsError/unknownPerturbation(_:)``.
    public static func law(named name: String) throws -> any PerturbationLaw {
        guard let law = all.first(where: { $0.name == name }) else { throw JetsError.unknownPerturbation(name) }
        return law
    }
}
