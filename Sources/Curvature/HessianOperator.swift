import Foundation
import Networks
import Objectives
import Support
import Torch

/// The Hessian of an objective at θ, or its Gauss–Newton matrix, as an operator on the parameters or on some of them.
///
/// Exact to rounding: double backward through the recorded gradient. Each slice's graph is recorded once and kept for
/// the next products as far as `memory` goes; the others are recorded anew each time. Neither that nor the number of
/// threads changes a bit. Samples count alike, in a short last slice too; sums are in double and in order; dropout is
/// off, and random parts of the objective are always the same.
///
/// Cost of a product: about two gradients with a kept graph; of k at once without: (3 + 6k)/3 gradients.
public final class HessianOperator: SampledOperator, @unchecked Sendable {
    /// The parameters that it acts on.
    public let parameters: ParameterTable
    public let scalarType: ScalarType
    public let sliceWeights: [Double]
    /// Samples of the objective.
    public let sampleCount: Int
    /// Bytes that kept graphs may take.
    public let memory: Int
    /// Hears how many products were done since it was last called (parts of them, too), from any thread.
    public var progress: (@Sendable (Double) -> Void)?

    private let reducer: Reducer
    private let device: Device
    private let counts: [Int]
    private let makeGraph: @Sendable (Int) -> any SliceGraph
    private let kept: Slots<any SliceGraph>
    /// Slices whose graphs are kept; nil until the first graph's size is measured.
    package var keepable: Int?

    /// Bytes of one slice's graph; nil before the first product.
    public private(set) var graphBytes: Int?
    /// How many slices' graphs are kept.
    public var keptSlices: Int { keepable ?? 0 }
    /// How many products were made.
    public private(set) var productCount = 0

    public var dimension: Int { parameters.count }
    public var blocks: [Range<Int>] { parameters.entries.map { $0.offset..<$0.offset + $0.count } }

    /// The Hessian ∂²L/∂θ².
    ///
    /// - Parameters:
    ///   - theta: [P], float or double; products are computed in its type
    ///   - samples: which samples of the objective the mean is over
    ///   - selected: the parameters that are varied; nil for all (see ``selection(_:of:)``)
    ///   - memory: bytes for kept graphs; 0 keeps none
    public convenience init(
        of objective: some Objective, at theta: Tensor, samples: [Int], selecting selected: ParameterTable? = nil,
        reducer: Reducer, memory: Int = HessianOperator.defaultMemory
    ) {
        let selected = selected ?? objective.parameters
        let device = objective.device, resident = theta.to(device)
        self.init(selected, theta, samples, reducer, memory, device) {
            HessianGraph(objective, resident, samples: $0, selected: selected, reducer)
        }
    }

    /// The Gauss–Newton matrix Jᵀ (∂²L/∂z²) J, z being the network's outputs and J = ∂z/∂θ. For a loss that is convex in
    /// the outputs it has no negative eigenvalue. Arguments are those of the Hessian.
    ///
    /// - Throws: ``CurvatureError/noGaussNewton(term:)``.
    public convenience init(
        gaussNewtonOf objective: some OutputObjective, at theta: Tensor, samples: [Int],
        selecting selected: ParameterTable? = nil, reducer: Reducer, memory: Int = HessianOperator.defaultMemory
    ) throws(CurvatureError) {
        if let term = objective.obstacleToGaussNewton { throw .noGaussNewton(term: term) }
        let selected = selected ?? objective.parameters
        let device = objective.device, resident = theta.to(device)
        self.init(selected, theta, samples, reducer, memory, device) {
            GaussNewtonGraph(objective, resident, samples: $0, selected: selected, reducer)
        }
    }

    private init(
        _ parameters: ParameterTable, _ theta: Tensor, _ samples: [Int], _ reducer: Reducer, _ memory: Int,
        _ device: Device, _ graph: @escaping @Sendable ([Int]) -> any SliceGraph
    ) {
        precondition(!samples.isEmpty, "a mean over no samples has no curvature")
        self.parameters = parameters
        scalarType = theta.scalarType
        sampleCount = samples.count
        self.memory = memory
        self.reducer = reducer
        self.device = device
        let slices = reducer.cut(samples, on: device)
        counts = slices.map(\.count)
        sliceWeights = counts.map { Double($0) / Double(samples.count) }
        makeGraph = { graph(slices[$0]) }
        kept = Slots(slices.count)
    }

    /// Half of the memory that is free now, of the GPU where one is used, divided among the processes that work together:
    /// they may be on one machine.
    public static var defaultMemory: Int {
        (ComputeDevice.memory?.free ?? Machine().availableMemory ?? 0) / 2 / (Processes.current?.count ?? 1)
    }

    /// H vⱼ, double [n] each, and each slice's vⱼᵀ Hₛ vⱼ. Up to 64 vectors share the slices' graphs.
    ///
    /// Cost: about two gradients a vector, and a gradient with its graph for every slice whose graph is not kept. The same
    /// bits for any number of threads and any memory.
    public func productsAndForms(_ vectors: [Tensor]) -> (products: [Tensor], forms: [[Double]]) {
        measure()
        // Sixteen slices' products of each vector wait to be added up.
        let bytes = Reducer.slicesPerRound * dimension * scalarType.size
        let group = max(1, min(64, (1 << 30) / bytes))
        var products: [Tensor] = [], forms: [[Double]] = []
        for start in stride(from: 0, to: vectors.count, by: group) {
            let part = vectors[start..<min(start + group, vectors.count)].map { $0.to(scalarType).contiguous() }
            let (sums, slices) = reducer.sliceProducts(
                parameters, counts, part, on: device, progress: progress, graph: graph)
            products += sums.map(tensor)
            forms += slices
        }
        productCount += vectors.count
        return (products, forms)
    }

    /// Each slice's zₛᵀ Hₛ zₛ with a vector of its own, by ranges, and Σₛ wₛ zₛ ⊙ Hₛ zₛ. Cost: that of one product. The same
    /// bits for any number of threads and any memory.
    public func sliceForms(_ ranges: [Range<Int>], _ vectors: @Sendable (Range<Int>) -> [Tensor]) -> (
        diagonal: Tensor, forms: [[Double]]
    ) {
        measure()
        let (sum, forms) = reducer.sliceForms(
            parameters, counts, ranges, on: device, progress: progress, vectors: vectors, graph: graph)
        productCount += 1
        return (tensor(sum), forms)
    }

    private func tensor(_ sum: Accumulator) -> Tensor {
        sum.withElements { Tensor(copying: UnsafeBufferPointer($0), shape: [dimension]) }
    }

    private func graph(_ slice: Int) -> any SliceGraph {
        guard slice - own.lowerBound < keptSlices else { return makeGraph(slice) }
        if let graph = kept[slice] { return graph }
        let graph = makeGraph(slice)
        kept[slice] = graph
        return graph
    }

    /// Records the first slice's graph, alone, to see how large graphs are.
    private func measure() {
        guard keepable == nil else { return }
        let first = min(own.lowerBound, counts.count - 1)
        let before = LibTorch.allocatedBytes(on: device), graph = makeGraph(first)
        let bytes = max(1, LibTorch.allocatedBytes(on: device) - before)
        graphBytes = bytes
        let count = min(own.count, memory / bytes)
        keepable = count
        if count > 0 { kept[first] = graph }
    }

    /// The slices that this process takes.
    private var own: Range<Int> { reducer.share(of: counts.count) }

    /// The parameters of an objective whose names are given, or begin with a name given and a dot: `head.0.weight`,
    /// `head`, `encoder.layers.1`.
    ///
    /// - Throws: ``CurvatureError/noSuchParameter(name:nearest:)``.
    public static func selection(_ names: [String], of parameters: ParameterTable) throws(CurvatureError)
        -> ParameterTable
    {
        func fits(_ entry: ParameterTable.Entry, _ name: String) -> Bool {
            entry.name == name || entry.name.hasPrefix(name + ".")
        }
        for name in names where !parameters.entries.contains(where: { fits($0, name) }) {
            throw .noSuchParameter(name: name, nearest: nearestName(to: name, in: parameters.entries.map(\.name)))
        }
        return parameters.restricted { entry in names.contains { fits(entry, $0) } }
    }
}
