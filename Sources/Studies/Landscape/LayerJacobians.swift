import Foundation
import Jets
import Networks
import Objectives
import Report
import Statistics
import Support
import Torch

/// The singular values of an encoder layer's Jacobian, ∂output/∂input at the layer's own inputs, over some jets (Eq. 4 of
/// the paper): with skip connections they lie about 1, without them they may fall far below, layer after layer.
///
/// The layer norm that ends a layer takes two directions a constituent away (its mean and its length), so 2/D of all
/// singular values are 0 whatever the layer does.
public struct LayerJacobian: Sendable, Codable, Equatable {
    /// Counted from 0, as in the parameters' names.
    public let layer: Int
    /// Which matrices were decomposed.
    public let extent: Extent
    public let jets: Int
    /// How many singular values there are.
    public let count: Int
    /// How many of them are below 10⁻⁵ of their matrix' largest: 0 but for rounding.
    public let zeros: Int
    /// Of those that are not 0.
    public let band: Band
    public let largest: Double
    /// √⟨s²⟩ over all: by how much the layer stretches a random change of its input.
    public let gain: Double
    /// log₁₀ of those that are not 0.
    public let histogram: Report.Histogram

    /// What of a jet's Jacobian is decomposed.
    public enum Extent: String, Sendable, Codable, CaseIterable {
        /// All of it, [V·D, V·D] for V constituents.
        case full
        /// The V diagonal blocks [D, D]: what a constituent's output depends on its own input.
        case blocks
    }

    /// The range of the histograms, in powers of ten.
    static let decades = -4.0...1.0

    /// The largest matrix, N·D rows, that is decomposed as a whole unless asked for.
    static let largestFull = 2048

    /// Measures all layers. Cost for each jet and layer: V·D backward passes through the layer, and O((V·D)³), or with
    /// blocks O(V·D³), operations.
    ///
    /// - Parameters:
    ///   - theta: [P]
    ///   - jets: which jets
    ///   - extent: nil takes `full` up to N·D = 2048
    ///   - label: as for `LossGrid`, `path` and `identity` too
    /// - Returns: one for each layer.
    /// - Throws: `FileError`, `Interrupted`.
    public static func measure(
        of network: JetTransformer, at theta: Tensor, _ data: TaggingData, jets: [Int], extent: Extent? = nil,
        reducer: Reducer, label: String? = nil, keptIn path: String? = nil, identity: String = ""
    ) throws -> [LayerJacobian] {
        let parameters = network.parameters.views(of: theta.to(data.device))
        let layers = Array(0..<network.settings.layers)
        let slots = data.constituents.shape[1]
        let extent = extent ?? (slots * network.settings.width <= largestFull ? .full : .blocks)
        let workers = Reducer(sliceSize: 1, threads: reducer.threads)
        let spectra = try inPieces(jets.count, label: label, unit: "jets", keptIn: path, identity: identity) { jet in
            let batch = data.slice([jets[jet]]).batch
            let inputs = withoutRecording { network.activations(parameters, batch) }
            return workers.parts(of: layers) { layer -> [[Double]] in
                let jacobian = network.jacobian(
                    ofLayer: layer[0], at: inputs[layer[0]].select(0, 0), mask: batch.mask.select(0, 0), parameters,
                    blocks: extent == .blocks)
                let values = jacobian.to(.float64).singularValues()
                return extent == .full
                    ? [values.elements()] : (0..<values.shape[0]).map { values.select(0, $0).elements() }
            }
        }
        return layers.map { layer in LayerJacobian(layer, extent, spectra.map { $0[layer] }) }
    }

    /// - Parameter spectra: for each jet each matrix' singular values, descending
    private init(_ layer: Int, _ extent: Extent, _ spectra: [[[Double]]]) {
        let matrices = spectra.flatMap { $0 }
        let values = matrices.flatMap { $0 },
            others = matrices.flatMap { matrix in
                matrix.filter { $0 > 1e-5 * (matrix.first ?? 0) }
            }
        self.layer = layer
        self.extent = extent
        jets = spectra.count
        count = values.count
        zeros = values.count - others.count
        band = Band(of: others)
        largest = values.max() ?? 0
        gain = (values.reduce(0) { $0 + $1 * $1 } / Double(max(1, values.count))).squareRoot()
        histogram = Report.Histogram(of: others.map(log10), over: LayerJacobian.decades, bins: 50)
    }
}
