import Jets
import Support

/// What the robustness of a study's taggers is measured with.
public struct RobustnessSettings: Sendable, Codable, Hashable {
    /// The strengths of each perturbation, by its name (`Perturbations`).
    public var perturbations = ["smearing": MomentumSmearing().defaultStrengths]
    /// How often each strength is drawn.
    public var draws = 5
    /// The seed of the noise, the same for all taggers.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}

    /// The laws with their strengths, in the order of `Perturbations.all`.
    public var laws: [(law: any PerturbationLaw, strengths: [Double])] {
        Perturbations.all.compactMap { law in perturbations[law.name].map { (law, $0) } }
    }

    /// - Throws: `JetsError` naming the perturbation: unknown, or with impossible strengths.
    public func check() throws {
        for name in perturbations.keys.sorted() {
            try Perturbations.law(named: name).check(strengths: perturbations[name]!)
        }
    }

    mutating func read(_ reader: SettingsReader) throws {
        try reader.section("perturbations") { section in
            perturbations = [:]
            for law in Perturbations.all {
                perturbations[law.name] = try section.numbers(
                    law.name, standard: law.defaultStrengths, law.allowedDescription, where: law.allows(strengths:))
            }
        }
        try reader.read("draws", into: &draws, 1...1000)
        var number = Int(seed)
        try reader.read("seed", into: &number, 0...Int(Int32.max))
        seed = UInt64(number)
    }
}
