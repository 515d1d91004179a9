import ArgumentParser
import Curvature
import Foundation
import Networks
import Objectives
import Studies
import Support
import Torch

/// Times Hessian products, eigenpairs and traces of trained weights, for `Benchmarks/curvature`.
struct CurvatureBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark-curvature", abstract: "Time curvature (see Benchmarks/curvature).",
        shouldDisplay: false)

    @Argument var weights: String
    @OptionGroup var source: JetSource
    @Option var jets = 512
    @Option var slice = 32
    @Option(help: "Times that everything but the iterations is repeated; the fastest counts.")
    var repeats = 3
    @Option(help: "Gigabytes for kept graphs.")
    var memory = 12.0
    @Flag(help: "Products alone.")
    var productsOnly = false
    @Option var tolerance = 1e-4
    @Option var traceError = 0.01
    @Option(help: "Products of an iteration at the most.")
    var limit = 600
    @Option(parsing: .upToNextOption, help: "Estimators of the trace that are timed.")
    var methods: [TraceMethod] = TraceMethod.allCases
    @Option(help: "A safetensors file to write the network's input to, for the peers; nothing is timed.")
    var export: String?
    @OptionGroup var threads: Threads

    func run() throws {
        let tagger = try source.tagger(at: weights)
        let (_, data) = try source.read(for: tagger)
        let samples = Array(0..<min(jets, data.count))
        if let export { return try write(data.slice(samples), to: export) }
        let objective = TaggingObjective(
            network: tagger.network, data: data, terms: [WeightedTerm(BinaryCrossEntropy())], seed: 1)
        let reducer = Reducer(sliceSize: slice, threads: threads.threads)
        var result: [String: Double] = ["jets": Double(samples.count), "parameters": Double(tagger.theta.count)]
        let gradient = Accumulator(count: tagger.theta.count)
        result["gradient"] = fastest {
            _ = reducer.gradient(objective, at: tagger.theta, samples: samples, into: gradient)
        }
        func make(_ bytes: Double) -> HessianOperator {
            HessianOperator(
                of: objective, at: tagger.theta, samples: samples, reducer: reducer, memory: Int(bytes * 1e9))
        }
        let stream = RandomStream(seed: 1, purpose: "benchmark")
        let vectors = (0..<8).map { Tensor(stream.normals(tagger.theta.count, epoch: UInt32($0))) }
        let fresh = make(0), kept = make(memory)
        result["productFresh"] = fastest { _ = fresh.product(vectors[0]) }
        result["productOfEightFresh"] = fastest { _ = fresh.products(vectors) } / 8
        _ = kept.product(vectors[0])
        result["productKept"] = fastest { _ = kept.product(vectors[0]) }
        result["graphBytesPerJet"] = Double(kept.graphBytes ?? 0) / Double(min(slice, samples.count))
        result["keptJets"] = Double(min(samples.count, kept.keptSlices * slice))
        if !productsOnly { try iterate(make, &result) }
        print(String(decoding: try Support.json(result), as: UTF8.self))
    }

    private func iterate(_ make: (Double) -> HessianOperator, _ result: inout [String: Double]) throws {
        var start = Date()
        var lanczos = Lanczos()
        (lanczos.tolerance, lanczos.maximumProducts) = (tolerance, limit)
        let found = try lanczos(make(memory))
        result["eigenpairSeconds"] = -start.timeIntervalSinceNow
        result["eigenpairProducts"] = Double(found.products + 1)
        lanczos.largestMagnitude = 3
        start = Date()
        let three = try lanczos(make(memory))
        result["threePairsSeconds"] = -start.timeIntervalSinceNow
        result["threePairsProducts"] = Double(three.products + 3)
        result["threePairsResidual"] = three.pairs.map { $0.residual / abs($0.value) }.max()
        result["eigenvalue"] = found.pairs[0].value
        result["eigenpairResidual"] = found.pairs[0].residual / abs(found.pairs[0].value)
        for method in methods {
            var settings = TraceSettings()
            settings.method = method
            (settings.relativeError, settings.maximumProducts) = (traceError, limit)
            start = Date()
            let trace = try TraceEstimator(settings)(make(memory))
            result["\(method.rawValue)Seconds"] = -start.timeIntervalSinceNow
            result["\(method.rawValue)Products"] = Double(trace.products)
            result["\(method.rawValue)Trace"] = trace.value
            result["\(method.rawValue)Error"] = trace.standardError / abs(trace.value)
        }
    }

    /// Seconds of the fastest of some calls, after a second of calls that don't count: the first ones are slower.
    private func fastest(_ body: () -> Void) -> Double {
        let beginning = Date()
        repeat { body() } while -beginning.timeIntervalSinceNow < 1
        return (0..<repeats).map { _ in
            let start = Date()
            body()
            return -start.timeIntervalSinceNow
        }.min()!
    }

    private func write(_ slice: TaggingData.Slice, to path: String) throws {
        let batch = slice.batch,
            tensors = [
                ("features", batch.features), ("mask", batch.mask.to(.float32)), ("labels", slice.labels),
            ]
        try Safetensors(
            tensors: tensors.map { SafetensorsEntry(name: $0, shape: $1.shape, values: $1.elements(Float.self)) }
        ).write(to: path)
    }
}
