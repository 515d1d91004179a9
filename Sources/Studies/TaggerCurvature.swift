import Curvature
import Foundation
import Networks
import Objectives
import Support
import Torch

/// The curvature of a tagger's loss: outlying eigenvalues with their vectors, trace, spectral density, each with its
/// errors: of the estimator, and of the choice of the jets.
public struct TaggerCurvature: Sendable, Codable {
    public let variant: String
    public let seed: UInt64
    /// SHA-256 of the weights.
    public let weights: String
    public internal(set) var settings: CurvatureSettings
    /// Jets that the loss is a mean over.
    public let jets: Int
    /// What they are where they are no jets: `samples`.
    public let sampleName: String?
    /// Parameters that the matrix is taken over.
    public let parameters: Int
    /// The loss at the weights, and its terms without their weights.
    public let loss: Double
    public let lossTerms: [Double]
    /// ‖∇L‖ at the weights.
    public let gradientNorm: Double

    /// The largest eigenvalues in descending order, then the smallest, also in descending order; or those of largest |λ|,
    /// in descending order of that.
    public let eigenvalues: [Double]
    /// ‖Hν − λν‖ of each.
    public let residuals: [Double]
    /// Whether each residual is within the tolerance.
    public let converged: [Bool]
    /// The jackknife's standard errors of the eigenvalues from the choice of the jets.
    public let eigenvalueErrors: [Double?]
    /// Products that the eigenpairs took.
    public let eigenvalueProducts: Int

    public let trace: Double
    /// The estimator's standard error.
    public let traceStandardError: Double
    /// The jackknife's standard error from the choice of the jets, without the estimator's where the jackknife has it in it.
    public internal(set) var traceSamplingError: Double?
    public let traceConverged: Bool
    public let traceProducts: Int
    /// ‖H‖_F.
    public let frobeniusNorm: Double
    public let frobeniusNormStandardError: Double
    /// The trace of each tensor of parameters.
    public let layers: [TraceEstimate.Part]

    /// The spectral density's quadrature; nil where none was asked for.
    public let density: SpectralDensity?
    /// The trace and ‖H‖²_F by the quadrature, to be held against those above.
    public let densityTrace: Quantity?, densitySquaredNorm: Quantity?
    /// Σ λ/(λ + α) over positive eigenvalues.
    public let effectiveDimensions: [EffectiveDimension]

    /// For each block of jets λ₁ and the trace without it, for the errors of ratios. None of λ₁ where it is not known
    /// (``leading``).
    public let eigenvalueReplicates: [Double], traceReplicates: [Double]
    /// What it took.
    public let seconds: Double
    /// Bytes of the graphs of a jet, and jets whose graphs were kept.
    public let graphBytesPerJet: Int, keptJets: Int

    /// The curvature with the logits' temperature matched; nil where that was not asked for, or none is best.
    public internal(set) var matched: MatchedCurvature?

    /// A value with its standard error.
    public struct Quantity: Sendable, Codable, Equatable {
        public let value: Double
        public let standardError: Double

        init(_ pair: (value: Double, standardError: Double)) { (value, standardError) = pair }
    }

    /// The effective dimension at one α.
    public struct EffectiveDimension: Sendable, Codable, Equatable {
        public let alpha: Double
        public let value: Double
        public let standardError: Double
    }

    /// `variant, seed n`.
    public var name: String { "\(variant), seed \(seed)" }
    /// Whether λ₁, where it is known, and the trace are as precise as was asked for.
    public var isConverged: Bool { (leading.map { converged[$0] } ?? true) && traceConverged }

    /// The places of λ₁, λ₂, …, the largest by value, among ``eigenvalues``, as far as they are known: of those of largest
    /// |λ| the positive ones, since what is larger by value has a larger magnitude, too.
    var upper: [Int] { TaggerCurvature.upper(eigenvalues, settings) }
    /// The place of λ₁; nil where all eigenvalues of largest |λ| are negative, which say nothing of it.
    public var leading: Int? { upper.first }
    /// The place of the smallest by value, if it is known.
    var lower: Int? {
        guard settings.largestMagnitude != nil else { return settings.smallest > 0 ? eigenvalues.count - 1 : nil }
        return eigenvalues.indices.filter { eigenvalues[$0] < 0 }.min { eigenvalues[$0] < eigenvalues[$1] }
    }
    /// λ₁ with its residual and its error from the choice of the jets, and whether it is as precise as was asked for.
    var leadingEigenvalue: (value: Double, residual: Double, samplingError: Double?, converged: Bool)? {
        leading.map { (eigenvalues[$0], residuals[$0], eigenvalueErrors[$0], converged[$0]) }
    }

    static func upper(_ eigenvalues: [Double], _ settings: CurvatureSettings) -> [Int] {
        guard settings.largestMagnitude != nil else { return Array(eigenvalues.indices.prefix(settings.largest)) }
        return eigenvalues.indices.filter { eigenvalues[$0] > 0 }.sorted { eigenvalues[$0] > eigenvalues[$1] }
    }

    /// What is said where λ₁ is left out.
    var leadingIsUnknown: String {
        "λ₁ of \(name): its \(eigenvalues.count) eigenvalues of largest magnitude are all negative, so the largest by value is "
            + "not among them; ask for more, or for eigenvalues by value"
    }
}

/// What is measured of a curvature, and how precisely.
public struct CurvatureSettings: Sendable, Codable, Hashable {
    /// Which matrix of second derivatives.
    public enum Matrix: String, Sendable, Codable, CaseIterable {
        case hessian
        case gaussNewton = "gauss-newton"
    }

    /// At which scale of the logits.
    public enum LogitScale: String, Sendable, Codable, CaseIterable {
        /// As they are.
        case trained
        /// As they are, and divided by the temperature that minimises the tagger's own validation cross-entropy.
        case matched
    }

    public var matrix = Matrix.hessian
    /// Whether λ₁ and the trace are measured with the temperature matched as well; nil as ``LogitScale/trained``, so that
    /// settings without it are written as they were before it.
    public var temperature: LogitScale?
    /// The loss's terms and weights.
    public var terms = [TermDescription(name: "bce", weight: 1)]
    /// The settings of the symmetry terms, where there are any.
    public var symmetry = SymmetrySettings()
    /// The first so many test jets.
    public var jets = 4096
    /// Names of parameters, or the beginnings of names; none for all.
    public var parameters: [String] = []
    /// Eigenvalues from the upper and the lower end.
    public var largest = 3, smallest = 1
    /// So many of largest |λ| in the place of both ends; nil for the ends, so that settings without it are written as they
    /// were before it.
    public var largestMagnitude: Int?
    /// Of the residuals, relative to the eigenvalue.
    public var tolerance = 1e-4
    public var maximumProducts = 300
    public var blockSize = 1
    public var trace = TraceSettings()
    /// The spectral density's; no probes for none.
    public var density = SpectralDensity.Settings()
    /// Of the reducer. Part of the result.
    public var sliceSize = 32
    public var seed: UInt64 = 1

    /// The α at which effective dimensions are given, in nats. Eigenvalues far below the smallest would have to be told
    /// from 0, which quadratures of some tens of nodes can't do.
    public static let alphas = (-6...4).map { pow(10, Double($0) / 2) }

    /// The defaults.
    public init() {}

    /// Eigenpairs in all.
    var eigenpairs: Int { largestMagnitude ?? largest + smallest }
}
