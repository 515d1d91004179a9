import Torch

/// A deep-sets network (Zaheer et al., arXiv:1703.06114; for jets Komiske et al., arXiv:1810.05165, “particle flow
/// network”): f(jet) = ρ(Σᵢ φ(xᵢ)), the sum running over the constituents, φ and ρ being multilayer perceptrons with
/// ReLU. It is a PyTorch module with members `phi` and `rho` (both `Sequential` of `Linear` and `ReLU`; φ ends in a
/// ReLU), and has the names of one.
public struct DeepSets: Network {
    /// How the constituents' vectors become the jet's.
    public enum Pooling: String, Sendable, Codable, CaseIterable {
        /// The sum over constituents, divided by their number.
        case mean
        /// The sum over constituents.
        case sum
        /// The sum over all slots, divided by their number. An empty slot adds φ(0): a circuit of fixed size, as a
        /// first-level trigger is, knows no mask.
        case allSlots
    }

    /// What the network looks like. The defaults are small enough for a first-level trigger, for which Odagiu et al.
    /// (arXiv:2402.01876) study such networks.
    public struct Settings: Sendable, Codable, Hashable {
        public var features = 7
        /// Leading constituents that it sees; nil for all.
        public var constituents: Int?
        /// Widths of φ's layers; the last one is that of a constituent's vector.
        public var phi = [32, 32]
        public var pooling = Pooling.mean
        /// Widths of ρ's hidden layers.
        public var rho = [32]

        /// The sizes above.
        public init() {}
    }

    public let settings: Settings
    public let parameters: ParameterTable

    /// - Precondition: φ has at least one layer.
    public init(_ settings: Settings = Settings()) {
        precondition(!settings.phi.isEmpty, "φ needs at least one layer")
        self.settings = settings
        var table = ParameterTable()
        table.appendLayers("phi", [settings.features] + settings.phi)
        table.appendLayers("rho", [settings.phi.last!] + settings.rho + [1])
        parameters = table
    }

    /// Logits [B]. Any number of slots will do; with ``Pooling/allSlots`` it has a say, unless the settings fix it. Every
    /// operator has a second derivative.
    public func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass = Pass()) -> Tensor {
        var cursor = Cursor(theta)
        let jets = settings.constituents.map(jets.leading) ?? jets
        let weights = jets.mask.to(jets.features.scalarType).unsqueezed(-1)  // [B, N, 1]
        let inputs = settings.pooling == .allSlots ? jets.features * weights : jets.features
        let vectors = cursor.layers(settings.phi.count, inputs) { pass.linear($0, $1, $2) }.relu()  // [B, N, D]
        let jet =  // [B, D]
            switch settings.pooling {
            case .mean: (vectors * weights).sum(1) / weights.sum(1).clamped(from: 1)
            case .sum: (vectors * weights).sum(1)
            case .allSlots: vectors.sum(1) / Double(vectors.shape[1])
            }
        return cursor.layers(settings.rho.count + 1, jet) { pass.linear($0, $1, $2) }.select(-1, 0)
    }
}
