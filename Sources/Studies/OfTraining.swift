/// What was measured of one training, with its name.
public struct OfTraining<Result: Codable & Sendable>: Codable, Sendable {
    public let variant: String
    public let seed: UInt64
    /// Whether the training has collapsed to a constant output: it is named, and never averaged in.
    public let collapsed: Bool
    public let result: Result

    public init(variant: String, seed: UInt64, collapsed: Bool, _ result: Result) {
        self.variant = variant
        self.seed = seed
        self.collapsed = collapsed
        self.result = result
    }

    /// The training's name for tables and messages.
    public var name: String { "\(variant), seed \(seed)" }
}

extension OfTraining: Equatable where Result: Equatable {}

/// The trainings of one variant.
struct VariantTrainings<Result: Codable & Sendable> {
    let variant: String
    /// Those that have not collapsed.
    let sound: [OfTraining<Result>]
    let collapsedSeeds: [UInt64]

    /// By variant, in the order of their first appearance; within, in the order given.
    static func grouped(_ trainings: [OfTraining<Result>]) -> [VariantTrainings] {
        var names: [String] = []
        for training in trainings where !names.contains(training.variant) { names.append(training.variant) }
        return names.map { name in
            let own = trainings.filter { $0.variant == name }
            return VariantTrainings(
                variant: name, sound: own.filter { !$0.collapsed },
                collapsedSeeds: own.filter(\.collapsed).map(\.seed))
        }
    }
}
