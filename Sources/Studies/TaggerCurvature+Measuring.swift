import Curvature
import Foundation
import Networks
import Objectives
import Support
import Torch

extension TrainedTagger {
    /// SHA-256 of the weights' bytes, as float.
    public var digest: String {
        theta.to(.float32).contiguous().withElements(Float.self) { Digest.of(UnsafeRawBufferPointer($0)) }
    }

    /// The loss that a curvature's settings name, of this tagger on jets.
    ///
    /// - Throws: ``SettingsError`` where a term is unknown.
    public func objective(_ terms: [TermDescription], _ symmetry: SymmetrySettings, on data: TaggingData, seed: UInt64)
        throws -> TaggingObjective<TaggerNetwork>
    {
        let weighted = try terms.map { term in
            guard let made = Terms.make(term.name, symmetry) else { throw UnknownTerm(name: term.name) }
            return WeightedTerm(made, weight: term.weight)
        }
        return TaggingObjective(network: network, data: data, terms: weighted, seed: seed)
    }
}

/// A loss names a term that does not exist.
public struct UnknownTerm: Error, CustomStringConvertible {
    let name: String

    public init(name: String) { self.name = name }

    public var description: String {
        "there is no term `\(name)`; the terms are \(Terms.names.joined(separator: ", "))"
            + (nearestName(to: name, in: Terms.names).map { "; the nearest is `\($0)`" } ?? "")
    }
}

/// Measures one tagger's curvature in a folder of its own, where it goes on after an end.
public struct CurvatureStep {
    /// Whose curvature it is.
    public let subject: any LossCase
    /// The tagger, where it is one; nil where the network is measured on samples of its owner's.
    let tagger: TrainedTagger?
    /// Jets that a matched temperature is fitted on.
    public let validation: TaggingData?
    public let settings: CurvatureSettings
    /// Where `curvature.json`, `eigenvectors.safetensors` and the state of the iteration go; nil for none.
    public let folder: String?
    public let threads: Int
    /// Bytes for kept graphs; never changes a result.
    public let memory: Int

    public init(
        tagger: TrainedTagger, data: TaggingData, validation: TaggingData? = nil, settings: CurvatureSettings,
        folder: String?, threads: Int, memory: Int = HessianOperator.defaultMemory
    ) {
        self.init(
            TaggerLoss(tagger, data), tagger, validation: validation, settings: settings, folder: folder,
            threads: threads, memory: memory)
    }

    /// As ``init(tagger:data:validation:settings:folder:threads:memory:)``, of any weights and data.
    public init(
        of subject: any LossCase, settings: CurvatureSettings, folder: String?, threads: Int,
        memory: Int = HessianOperator.defaultMemory
    ) {
        self.init(
            subject, nil, validation: nil, settings: settings, folder: folder, threads: threads, memory: memory)
    }

    private init(
        _ subject: any LossCase, _ tagger: TrainedTagger?, validation: TaggingData?, settings: CurvatureSettings,
        folder: String?, threads: Int, memory: Int
    ) {
        self.subject = subject
        self.tagger = tagger
        self.validation = validation
        self.settings = settings
        self.folder = folder
        self.threads = threads
        self.memory = memory
    }

    var name: String { subject.name }

    /// What decides the result.
    func identity() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // The matched curvature is kept by itself.
        var settings = settings
        settings.temperature = nil
        let parts = [
            String(decoding: try encoder.encode(settings), as: UTF8.self), subject.digest,
            subject.dataDigest(first: settings.jets),
        ]
        return Digest.of(parts + subject.identity + Terms.derivativeVersion(of: settings.terms))
    }

    private struct Record: Codable {
        let identity: String
        let curvature: TaggerCurvature
    }

    /// Does what is missing.
    ///
    /// - Throws: `CurvatureError`; ``MatchingError`` where a matched temperature is asked for without validation jets;
    ///   `FileError`; `Interrupted` on Ctrl-C, with the eigenpairs' state saved.
    public func run(log: @escaping @Sendable (String) -> Void) throws -> TaggerCurvature {
        guard settings.temperature == .matched else { return try runAsTrained(log: log) }
        guard validation != nil else { throw MatchingError.noValidationJets }
        var curvature = try runAsTrained(log: log)
        curvature.settings = settings
        curvature.matched = try matched(log: log)
        return curvature
    }

    private func runAsTrained(log: @escaping @Sendable (String) -> Void) throws -> TaggerCurvature {
        let identity = try identity()
        if let folder, FileManager.default.fileExists(atPath: "\(folder)/curvature.json") {
            let record: Record = try readJSON(from: "\(folder)/curvature.json")
            if record.identity == identity {
                log("\(name): curvature done before")
                var curvature = record.curvature
                curvature.traceSamplingError = samplingError(curvature.traceReplicates, curvature.traceStandardError)
                return curvature
            }
        }
        let curvature = try measure(identity)
        if let folder {
            try writeJSON(Record(identity: identity, curvature: curvature), to: "\(folder)/curvature.json")
        }
        return curvature
    }

    /// The error of a kept trace from the choice of the jets. Results of before the estimator's error was taken out of it
    /// hold all that it is made of, so they need not be measured again.
    func samplingError(_ replicates: [Double], _ standardError: Double) -> Double? {
        SamplingError.jackknife(replicates, without: settings.trace.method.hasOwnSigns ? standardError : 0)
    }

    private func measure(_ identity: String) throws -> TaggerCurvature {
        let start = Date(), samples = Array(0..<min(settings.jets, subject.sampleCount))
        let reducer = Reducer(sliceSize: settings.sliceSize, threads: threads)
        let (objective, matrix) = try matrix(at: subject.theta, samples, reducer)
        let gradient = Accumulator(count: objective.parameters.count)
        let value = reducer.gradient(objective, at: subject.theta, samples: samples, into: gradient)
        guard value.total.isFinite else { throw CurvatureError.notFinite(what: "the loss of \(name)") }
        try matrix.check()
        let eigenpairs = try eigenpairs(of: matrix, identity, settings: settings, in: folder)
        try keep(eigenpairs.pairs, of: matrix)
        let trace = try trace(of: matrix)
        let density = settings.density.probes > 0 ? try density(of: matrix) : nil
        let weights = matrix.sliceWeights
        let eigenvalueReplicates = eigenpairs.forms.map { SamplingError.replicates($0, weights: weights) }
        let traceReplicates = SamplingError.replicates(trace.forms, weights: weights)
        let leading = TaggerCurvature.upper(eigenpairs.pairs.map(\.value), settings).first
        let frobenius = trace.frobeniusNorm
        return TaggerCurvature(
            variant: subject.variant, seed: subject.seed, weights: subject.digest, settings: settings,
            jets: samples.count, sampleName: subject.sampleName == "jets" ? nil : subject.sampleName,
            parameters: matrix.dimension, loss: value.total,
            lossTerms: value.terms, gradientNorm: reducer.norm(of: gradient),
            eigenvalues: eigenpairs.pairs.map(\.value), residuals: eigenpairs.pairs.map(\.residual),
            converged: eigenpairs.pairs.map(\.converged),
            eigenvalueErrors: eigenvalueReplicates.map { SamplingError.jackknife($0) },
            eigenvalueProducts: eigenpairs.products + eigenpairs.pairs.count, trace: trace.value,
            traceStandardError: trace.standardError, traceSamplingError: trace.samplingError(traceReplicates),
            traceConverged: trace.converged, traceProducts: trace.products, frobeniusNorm: frobenius,
            frobeniusNormStandardError: trace.squaredFrobeniusNorm.standardError
                / (2 * max(frobenius, .leastNormalMagnitude)),
            layers: trace.parts, density: density, densityTrace: density.map { .init($0.moment(1)) },
            densitySquaredNorm: density.map { .init($0.moment(2)) },
            effectiveDimensions: density.map { density in
                CurvatureSettings.alphas.map { alpha in
                    let (value, error) = density.effectiveDimension(alpha)
                    return .init(alpha: alpha, value: value, standardError: error)
                }
            } ?? [],
            eigenvalueReplicates: leading.flatMap {
                eigenvalueReplicates.isEmpty ? nil : eigenvalueReplicates[$0]
            } ?? [], traceReplicates: traceReplicates,
            seconds: -start.timeIntervalSinceNow,
            graphBytesPerJet: (matrix.graphBytes ?? 0) / min(settings.sliceSize, samples.count),
            keptJets: min(samples.count, matrix.keptSlices * settings.sliceSize))
    }

    /// The loss and its matrix at some weights.
    func matrix(at theta: Tensor, _ samples: [Int], _ reducer: Reducer) throws -> (
        objective: any OutputObjective, matrix: HessianOperator
    ) {
        let objective = try subject.objective(
            settings.terms, settings.symmetry, seed: settings.seed, first: samples.count)
        try subject.checkSecondDerivatives(of: objective)
        let selected =
            settings.parameters.isEmpty
            ? nil : try HessianOperator.selection(settings.parameters, of: objective.parameters)
        switch settings.matrix {
        case .hessian:
            return (
                objective,
                HessianOperator(
                    of: objective, at: theta, samples: samples, selecting: selected, reducer: reducer, memory: memory)
            )
        case .gaussNewton:
            return (
                objective,
                try HessianOperator(
                    gaussNewtonOf: objective, at: theta, samples: samples, selecting: selected, reducer: reducer,
                    memory: memory)
            )
        }
    }

    /// - Parameters:
    ///   - identity: what the iteration's state belongs to
    ///   - folder: where the state goes; nil for none
    func eigenpairs(of matrix: HessianOperator, _ identity: String, settings: CurvatureSettings, in folder: String?)
        throws -> Lanczos.Result
    {
        var lanczos = Lanczos()
        if let count = settings.largestMagnitude {
            (lanczos.largest, lanczos.smallest, lanczos.largestMagnitude) = (0, 0, count)
        } else {
            (lanczos.largest, lanczos.smallest) = (settings.largest, settings.smallest)
        }
        (lanczos.tolerance, lanczos.maximumProducts) = (settings.tolerance, settings.maximumProducts)
        (lanczos.blockSize, lanczos.seed) = (settings.blockSize, settings.seed)
        (lanczos.folder, lanczos.identity) = (folder, identity)
        let line = progress("eigenpairs", settings.maximumProducts, matrix)
        let result = try lanczos(matrix) { _, residual in
            line.advance(by: 0, note: residual.isFinite ? String(format: "residual %.1e", residual) : "")
        }
        line.finish()
        return result
    }

    private func keep(_ pairs: [Eigenpair], of matrix: HessianOperator) throws {
        if let folder {
            let description = Eigenvectors.Description(
                eigenvalues: pairs.map(\.value), residuals: pairs.map(\.residual), weights: subject.digest,
                objective: settings.terms.map { "\($0.weight) \($0.name)" }.joined(separator: " + "),
                parameters: matrix.parameters.entries.map(\.name))
            try Eigenvectors(description: description, vectors: pairs.map(\.vector))
                .write(to: "\(folder)/eigenvectors.safetensors")
        }
    }

    func trace(of matrix: HessianOperator) throws -> TraceEstimate {
        let ranges = matrix.parameters.entries.map {
            NamedRange(name: $0.name, range: $0.offset..<$0.offset + $0.count)
        }
        let line = progress("trace", settings.trace.maximumProducts, matrix)
        let trace = try TraceEstimator(settings.trace, ranges: ranges)(matrix) { _, error in
            line.advance(by: 0, note: error.isFinite ? String(format: "relative error %.1e", error) : "")
        }
        line.finish()
        return trace
    }

    private func density(of matrix: HessianOperator) throws -> SpectralDensity {
        let steps = min(settings.density.steps, matrix.dimension)
        let line = progress("spectral density", settings.density.probes * steps, matrix)
        let density = try SpectralDensity(of: matrix, settings.density)
        line.finish()
        return density
    }

    /// A line that counts products; iterations end before the last where they converge.
    private func progress(_ what: String, _ total: Int, _ matrix: HessianOperator) -> ProgressLine {
        let line = ProgressLine("\(name): \(what)", total: Double(total), unit: "products")
        matrix.progress = { line.advance(by: $0) }
        return line
    }
}

extension TaggingData {
    /// SHA-256 of the first jets' four-momenta and labels.
    func digest(first count: Int) -> String {
        let kept = min(count, self.count)
        func part(_ tensor: Tensor) -> String {
            tensor.narrowed(0, from: 0, length: kept).to(.float32).contiguous().withElements(Float.self) {
                Digest.of(UnsafeRawBufferPointer($0))
            }
        }
        return part(constituents) + part(jets) + part(labels)
    }
}
