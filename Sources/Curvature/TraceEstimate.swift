import Torch

/// A trace that was estimated with random vectors.
public struct TraceEstimate: Sendable {
    public let value: Double
    /// Standard deviation of the estimate from the choice of the vectors.
    public let standardError: Double
    /// Products that it took.
    public let products: Int
    /// Whether the relative standard error is what was asked for, and is itself known well enough to say so.
    public let converged: Bool
    /// tr(A²) = ‖A‖²_F with its standard error: by the same products, or (``TraceMethod/krylov``) by up to eight of
    /// its own, so that the error is told from four draws at the most.
    public let squaredFrobeniusNorm: (value: Double, standardError: Double)
    /// The trace over each part of the parameters that was named, with standard errors.
    public let parts: [Part]
    /// The diagonal of A, double [n] each: estimates and their standard errors. Most elements are far less certain than
    /// sums over them. The errors are told from the spread over the vectors that estimate: every product for
    /// ``TraceMethod/hutchinson``, every second or third for ``TraceMethod/xTrace`` and ``TraceMethod/hutchPlusPlus``. For
    /// ``TraceMethod/krylov`` they are the draws outside the space of the block that an element is in, some only where
    /// there are many slices: then single errors are rough. Infinite where there are fewer than two.
    public let diagonal: (values: Tensor, standardErrors: Tensor)
    /// What each slice adds to the estimate, where the operator is a mean over samples; else empty. For each vector and
    /// slice zᵀAₛz; for ``TraceMethod/krylov`` one row, each slice's estimate of tr(Aₛ).
    public let forms: [[Double]]
    /// Whether the slices' ``forms`` come from vectors of each one's own, so that their spread over the slices contains
    /// ``standardError``; else all share the vectors, and the spread is that of the samples.
    public let formsContainError: Bool

    /// The trace over some of the parameters.
    public struct Part: Sendable, Codable, Equatable {
        public let name: String
        public let parameters: Int
        public let value: Double
        public let standardError: Double
    }

    /// The standard error from the choice of the samples, by the jackknife over replicates of ``forms``; nil where there
    /// are fewer than two.
    public func samplingError(_ replicates: [Double]) -> Double? {
        SamplingError.jackknife(replicates, without: formsContainError ? standardError : 0)
    }

    /// ‖A‖_F.
    public var frobeniusNorm: Double { max(0, squaredFrobeniusNorm.value).squareRoot() }
}

/// Which estimator of a trace.
public enum TraceMethod: String, Sendable, Codable, CaseIterable {
    /// Girard 1989 and Hutchinson 1990: mean of zᵀAz over random signs z. Error ∝ ‖A‖_F/√products.
    case hutchinson
    /// Meyer, Musco, Musco and Woodruff 2021: exact on a range that a third of the products find, Hutchinson outside it.
    case hutchPlusPlus = "hutch++"
    /// Epperly, Tropp and Webber 2024: as Hutch++, every vector serving both purposes in turn.
    case xTrace = "xtrace"
    /// Exact on a Krylov space, as Lanczos' recursion finds it, and outside it Hutchinson with signs of each slice's own,
    /// so that what slices have in common averages out within one product. Goldstone's.
    case krylov

    /// Whether each slice of the samples has signs of its own, so that the spread of the slices' traces has the signs' error
    /// in it (``TraceEstimate/formsContainError``).
    public var hasOwnSigns: Bool { self == .krylov }

    /// Products that a trace and its error take at the least: two vectors that estimate, each with the products that go
    /// with it, and for ``krylov`` two more for ‖A‖_F.
    public var fewestProducts: Int {
        switch self {
        case .hutchinson: 2
        case .xTrace, .krylov: 4
        case .hutchPlusPlus: 6
        }
    }
}

/// How a trace is estimated.
public struct TraceSettings: Sendable, Codable, Hashable {
    public var method = TraceMethod.krylov
    /// The relative standard error to stop at.
    public var relativeError = 0.02
    /// Products at the most; no fewer than ``TraceMethod/fewestProducts``.
    public var maximumProducts = 300
    /// Of the random signs.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}
}

/// n numbers in named ranges: what a trace is split by.
public struct NamedRange: Sendable, Hashable {
    public let name: String
    public let range: Range<Int>

    /// Some of the numbers, under a name.
    public init(name: String, range: Range<Int>) {
        self.name = name
        self.range = range
    }
}

/// Mean and standard error of draws that are exchangeable.
func meanAndError(_ draws: [Double]) -> (value: Double, standardError: Double) {
    let n = Double(draws.count), mean = draws.reduce(0, +) / n
    guard draws.count > 1 else { return (mean, .infinity) }
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    return (mean, (variance / n).squareRoot())
}
