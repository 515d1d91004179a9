import Curvature
import Foundation
import Report
import Statistics

/// How much smaller the curvature of one variant is than another's, seed by seed: the paper's Table 2, with errors.
public struct CurvatureRatios: Sendable, Codable {
    /// The variant in the numerator and that in the denominator.
    public let variant: String, reference: String
    public let pairs: [Pair]

    /// The ratios of one seed.
    public struct Pair: Sendable, Codable {
        public let seed: UInt64
        /// λ₁ over λ₁, nil where either is not known (`TaggerCurvature.leading`); Tr over Tr.
        public let eigenvalue: Ratio?, trace: Ratio
        /// Whether both taggers' λ₁ and trace are as precise as was asked for.
        public let converged: Bool
        /// The same with both taggers' temperatures matched; nil where that was not measured of both.
        public let matched: Matched?
    }

    /// The ratios of one seed with both taggers' logits at their own best temperature.
    public struct Matched: Sendable, Codable {
        /// λ₁ over λ₁, Tr over Tr.
        public let eigenvalue: Ratio, trace: Ratio
        public let converged: Bool
    }

    /// A ratio, with the standard errors of its logarithm.
    public struct Ratio: Sendable, Codable {
        public let value: Double
        /// ln of the ratio; its standard errors from the estimators, and from the choice of the jets (the same for both),
        /// by the jackknife of the ratio.
        public let logarithm: Double
        public let estimatorError: Double
        public let samplingError: Double?
        /// Whether the jackknife's error has the estimators' in it already: that of traces with signs of each slice's own,
        /// which differ from block to block as the jets do (`TraceEstimate.formsContainError`).
        public let samplingContainsEstimator: Bool

        /// Both errors together.
        public var standardError: Double {
            guard let samplingError else { return estimatorError }
            if samplingContainsEstimator { return samplingError }
            return (estimatorError * estimatorError + samplingError * samplingError).squareRoot()
        }
    }

    /// Pairs of taggers with one seed, one of each variant; seeds that only one has are left out.
    public init(of variant: String, over reference: String, _ taggers: [TaggerCurvature]) {
        self.variant = variant
        self.reference = reference
        pairs = taggers.filter { $0.variant == variant }.compactMap { first in
            guard let second = taggers.first(where: { $0.variant == reference && $0.seed == first.seed }) else {
                return nil
            }
            let hasOwnSigns = [first, second].allSatisfy(\.settings.trace.method.hasOwnSigns)
            let eigenvalue = first.leadingEigenvalue.flatMap { own in
                second.leadingEigenvalue.map {
                    Ratio(
                        own.value, $0.value, errors: (own.residual, $0.residual), first.eigenvalueReplicates,
                        second.eigenvalueReplicates)
                }
            }
            return Pair(
                seed: first.seed,
                eigenvalue: eigenvalue,
                trace: Ratio(
                    first.trace, second.trace, errors: (first.traceStandardError, second.traceStandardError),
                    first.traceReplicates, second.traceReplicates, containError: hasOwnSigns),
                converged: first.isConverged && second.isConverged,
                matched: first.matched.flatMap { own in
                    second.matched.map { Matched(of: own, over: $0, hasOwnSigns: hasOwnSigns) }
                })
        }
    }
}

extension CurvatureRatios.Matched {
    init(of first: MatchedCurvature, over second: MatchedCurvature, hasOwnSigns: Bool) {
        eigenvalue = .init(
            first.eigenvalue, second.eigenvalue, errors: (first.residual, second.residual), first.eigenvalueReplicates,
            second.eigenvalueReplicates)
        trace = .init(
            first.trace, second.trace, errors: (first.traceStandardError, second.traceStandardError),
            first.traceReplicates, second.traceReplicates, containError: hasOwnSigns)
        converged = first.isConverged && second.isConverged
    }
}

extension CurvatureRatios.Ratio {
    /// - Parameters:
    ///   - errors: the estimators' standard errors of numerator and denominator
    ///   - first: the numerator without each block of jets
    ///   - second: the denominator
    ///   - containError: whether the estimators' errors are in the spread of these
    init(
        _ numerator: Double, _ denominator: Double, errors: (Double, Double), _ first: [Double], _ second: [Double],
        containError: Bool = false
    ) {
        value = numerator / denominator
        logarithm = log(value)
        estimatorError = (pow(errors.0 / numerator, 2) + pow(errors.1 / denominator, 2)).squareRoot()
        // Both saw the same jets: leaving a block out moves both, and what they share cancels.
        samplingError =
            first.count == second.count ? SamplingError.jackknife(zip(first, second).map { log($0 / $1) }) : nil
        samplingContainsEstimator = containError
    }
}

extension CurvatureRatios {
    /// A row a seed, and the geometric mean with the seeds' own spread.
    public func table(showing shown: String) -> Table {
        func cell(_ ratio: Ratio) -> Table.Cell {
            .measured(ratio.value, error: ratio.value * ratio.standardError)
        }
        // Where any pair has them: collapsed taggers have no temperature to match.
        let hasMatched = pairs.contains { $0.matched != nil }
        var rows: [[Table.Cell]] = pairs.map { pair in
            let converged = pair.converged && pair.matched?.converged ?? true
            let matched =
                hasMatched ? [pair.matched?.eigenvalue, pair.matched?.trace].map { $0.map(cell) ?? .missing } : []
            return [
                .text("\(pair.seed)\(converged ? "" : " (not converged)")"), pair.eigenvalue.map(cell) ?? .missing,
                cell(pair.trace),
            ]
                + matched
        }
        if pairs.count > 1 {
            func mean(_ ratio: (Pair) -> Ratio?) -> Table.Cell {
                let logarithms = pairs.compactMap { ratio($0)?.logarithm }, n = Double(logarithms.count)
                guard n > 1 else { return .missing }
                let mean = logarithms.reduce(0, +) / n
                let deviation = (logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
                return .measured(exp(mean), error: exp(mean) * deviation)
            }
            rows.append(
                [.text("geometric mean ± SD over seeds"), mean(\.eigenvalue), mean(\.trace)]
                    + (hasMatched ? [mean { $0.matched?.eigenvalue }, mean { $0.matched?.trace }] : []))
        }
        return Table(
            caption: "Curvature of \(variant) over \(reference), seed by seed. \(shown). Errors of a seed: of the "
                + "estimators and of the choice of the jets (jackknife over blocks) together, each counted once."
                + (hasMatched ? " At temperature: each tagger's logits divided by its own best temperature." : ""),
            label: "curvature-ratios",
            columns: [
                .init("seed"), .init("λ₁ ratio", latex: "$\\lambda_1$ ratio"),
                .init("trace ratio", latex: "$\\mathrm{Tr}\\,H$ ratio"),
            ]
                + (hasMatched
                    ? [
                        .init("λ₁ ratio at temperature", latex: "$\\lambda_1$ ratio at temperature"),
                        .init("trace ratio at temperature", latex: "$\\mathrm{Tr}\\,H$ ratio at temperature"),
                    ] : []),
            rows: rows)
    }
}
