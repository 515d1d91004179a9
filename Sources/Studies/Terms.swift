import Jets
import Objectives

/// The terms that a study file can name.
enum Terms {
    static let names = ["bce", "group", "infinitesimal", "augmentation", "rescaling"]

    /// The term of that name; nil where there is none.
    static func make(_ name: String, _ settings: SymmetrySettings) -> (any Term)? {
        let boosts = BoostLaw(betaSquaredMax: settings.betaSquaredMax, rotations: settings.rotations)
        switch name {
        case "bce": return BinaryCrossEntropy()
        case "group": return GroupSymmetry(law: boosts, on: settings.on, draws: settings.boostsPerJet)
        case "infinitesimal": return InfinitesimalSymmetry(generators: settings.generators, on: settings.on)
        case "augmentation": return BoostAugmentation(law: boosts)
        case "rescaling":
            let law = RescalingLaw(scale: settings.rescalingScale)
            return GroupSymmetry(name: name, law: law, on: settings.on, draws: settings.boostsPerJet)
        default: return nil
        }
    }

    /// What belongs to the identity of kept second derivatives of a loss beside the loss itself. Terms that differentiate
    /// the network had wrong ones before the derivatives of LibTorch's layer norm were replaced; others stay as they are,
    /// so that they are not measured anew.
    static func derivativeVersion(of terms: [TermDescription]) -> [String] {
        terms.contains { make($0.name, SymmetrySettings())?.needsInputGradient == true } ? ["third derivatives 2"] : []
    }
}

extension TermDescription {
    /// The names that terms can have.
    public static var names: [String] { Terms.names }
}

/// The settings of the symmetry terms, for all variants of a study; the weights are the variants' own.
public struct SymmetrySettings: Sendable, Codable, Hashable {
    /// What the penalties `group`, `infinitesimal` and `rescaling` compare.
    public var on = TaggerOutput.probability
    /// The largest β² of the boosts of `group` and `augmentation`.
    public var betaSquaredMax = 0.95
    /// Whether those boosts go after a random rotation.
    public var rotations = false
    /// Transformations a jet and step in `group` and `rescaling`.
    public var boostsPerJet = 1
    /// The generators of `infinitesimal`.
    public var generators = LorentzGenerators.both
    /// The standard deviation of the logarithm of `rescaling`'s factors.
    public var rescalingScale = RescalingLaw.matchedScale

    /// The defaults.
    public init() {}

    mutating func read(_ reader: SettingsReader) throws {
        try reader.read("on", into: &on)
        try reader.read("betaSquaredMax", into: &betaSquaredMax, "a number from 0 to below 1") { (0..<1).contains($0) }
        try reader.read("rotations", into: &rotations)
        try reader.read("boostsPerJet", into: &boostsPerJet, 1...1024)
        try reader.read("generators", into: &generators)
        try reader.read("rescalingScale", into: &rescalingScale, "a number from 0 to 10") { (0...10).contains($0) }
    }
}
