import Foundation
import Networks
import Objectives
import Support
import Torch

/// Weights and the data that their loss is taken over: what a loss's curvature and its landscape need to know.
public protocol LossCase: Sendable {
    /// What results call it.
    var variant: String { get }
    var seed: UInt64 { get }
    /// [P], float.
    var theta: Tensor { get }
    var parameters: ParameterTable { get }
    /// The network in a few words.
    var summary: String { get }
    /// How many jets or samples there are.
    var sampleCount: Int { get }
    /// What they are: `jets`.
    var sampleName: String { get }
    /// What decides the loss beside its weights and its data: a program's, for example.
    var identity: [String] { get }
    /// The term that stands for the data's own loss, without penalties: `bce` for taggers.
    var ownTerm: String { get }
    /// SHA-256 of the first samples.
    func dataDigest(first count: Int) -> String

    /// The loss.
    ///
    /// - Parameters:
    ///   - symmetry: settings of symmetry terms
    ///   - seed: of random parts
    ///   - count: how many of the samples, the first, the mean is over
    /// - Throws: ``UnknownTerm`` where the loss has no term of a name.
    func objective(_ terms: [TermDescription], _ symmetry: SymmetrySettings, seed: UInt64, first count: Int) throws
        -> any OutputObjective

    /// Whether the loss's second derivatives by the weights can be trusted.
    ///
    /// - Throws: `ProgramError` naming the operator.
    func checkSecondDerivatives(of objective: any OutputObjective) throws
}

extension LossCase {
    /// A loss of the outputs alone takes no derivative that is wrong.
    public func checkSecondDerivatives(of objective: any OutputObjective) throws {}

    /// `variant, seed n`.
    public var name: String { "\(variant), seed \(seed)" }

    /// SHA-256 of the weights' bytes, as float.
    public var digest: String {
        theta.to(.float32).contiguous().withElements(Float.self) { Digest.of(UnsafeRawBufferPointer($0)) }
    }
}

/// A tagger and jets.
public struct TaggerLoss: LossCase {
    public let tagger: TrainedTagger
    public let data: TaggingData

    public init(_ tagger: TrainedTagger, _ data: TaggingData) {
        self.tagger = tagger
        self.data = data
    }

    public var variant: String { tagger.description.variant }
    public var seed: UInt64 { tagger.description.seed }
    public var theta: Tensor { tagger.theta }
    public var parameters: ParameterTable { tagger.network.parameters }
    public var summary: String { tagger.network.settings.summary }
    public var sampleCount: Int { data.count }
    public var sampleName: String { "jets" }
    public var identity: [String] { tagger.programIdentity }
    public var ownTerm: String { "bce" }
    public func dataDigest(first count: Int) -> String { data.digest(first: count) }

    public func objective(
        _ terms: [TermDescription], _ symmetry: SymmetrySettings, seed: UInt64, first count: Int
    ) throws -> any OutputObjective {
        try tagger.objective(terms, symmetry, on: data, seed: seed)
    }

    public func checkSecondDerivatives(of objective: any OutputObjective) throws {
        try tagger.checkThirdDerivatives(in: objective)
    }
}

/// Someone else's network and samples of their own.
public struct SampleLossCase: LossCase {
    public let program: any NetworkProgram
    public let samples: Samples
    public let loss: SampleLoss
    public let variant: String
    public let seed: UInt64
    /// SHA-256 of the network's file.
    private let file: String

    /// - Parameter digest: SHA-256 of the network's file
    public init(
        _ program: any NetworkProgram, digest: String, _ samples: Samples, _ loss: SampleLoss, variant: String,
        seed: UInt64
    ) {
        self.program = program
        self.samples = samples
        self.loss = loss
        self.variant = variant
        self.seed = seed
        file = digest
    }

    /// Opens a network's file, reads the samples for it, and sees that they go together.
    ///
    /// - Throws: `ProgramError`, ``SampleError``, `HDF5Error`.
    public init(contentsOf path: String, on file: SampleFile, _ loss: SampleLoss, first limit: Int) throws {
        let program = try NetworkPrograms.open(path), name = VariantName(path)
        let samples = try file.read(for: program, first: limit)
        try SampleObjective(program, samples, loss, first: limit).check()
        let digest = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            .withUnsafeBytes { Digest.of($0) }
        self.init(program, digest: digest, samples, loss, variant: name.variant, seed: name.seed)
    }

    public var theta: Tensor { program.theta }
    public var parameters: ParameterTable { program.parameters }
    public var summary: String {
        let count = program.parameters.count.formatted(.number.locale(Locale(identifier: "en_US")))
        return "\(program.format) program of \(program.inputs.map(\.name).joined(separator: ", ")), \(count) parameters"
    }
    public var sampleCount: Int { samples.count }
    public var sampleName: String { "samples" }
    public var identity: [String] { [file, loss.rawValue] }
    public var ownTerm: String { loss.rawValue }

    public func dataDigest(first count: Int) -> String {
        let kept = min(count, samples.count)
        let tensors = samples.inputs.compactMap(\.self) + [samples.targets] + (samples.weights.map { [$0] } ?? [])
        return Digest.of(
            tensors.map { tensor in
                let part = tensor.narrowed(0, from: 0, length: kept)
                return "\(part.shape)"
                    + part.to(.float64).contiguous().withElements(Double.self) { Digest.of(UnsafeRawBufferPointer($0)) }
            })
    }

    /// - Parameter terms: one, of the loss's own name
    public func objective(
        _ terms: [TermDescription], _ symmetry: SymmetrySettings, seed: UInt64, first count: Int
    ) throws -> any OutputObjective {
        if let other = terms.first(where: { $0.name != loss.rawValue }) { throw UnknownTerm(name: other.name) }
        return SampleObjective(program, samples, loss, first: count)
    }
}
