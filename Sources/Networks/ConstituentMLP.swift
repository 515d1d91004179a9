import Torch

/// A multilayer perceptron on the features of a jet's leading constituents, laid out in a row, zeros where there is no
/// constituent: the plainest network that a first-level trigger runs. It is a PyTorch `Sequential` of `Linear` and
/// `ReLU` in a member `layers`, and has the names of one.
public struct ConstituentMLP: Network {
    /// What the network looks like. The hidden widths are those of the first jet tagger on an FPGA (Duarte et al.,
    /// arXiv:1804.06913), which saw sixteen jet observables.
    public struct Settings: Sendable, Codable, Hashable {
        public var features = 7
        /// Leading constituents that it sees.
        public var constituents = 8
        /// Widths of the hidden layers.
        public var hidden = [64, 32, 32]

        /// The sizes above.
        public init() {}
    }

    public let settings: Settings
    public let parameters: ParameterTable

    /// The network of these settings; its parameters are not drawn yet.
    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        var table = ParameterTable()
        table.appendLayers("layers", [settings.constituents * settings.features] + settings.hidden + [1])
        parameters = table
    }

    /// Logits [B]. A batch may have more slots than the network sees, or fewer. Every operator has a second derivative.
    public func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass = Pass()) -> Tensor {
        var cursor = Cursor(theta)
        let jets = jets.leading(settings.constituents)
        let features = jets.features * jets.mask.to(jets.features.scalarType).unsqueezed(-1)
        let row = features.reshaped(features.shape[0], settings.constituents * settings.features)
        return cursor.layers(settings.hidden.count + 1, row) { pass.linear($0, $1, $2) }.select(-1, 0)
    }
}
