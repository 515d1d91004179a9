import Foundation
import Report
import Statistics

extension ClaimVerdicts {
    /// What decides each claim: every quantity that was measured, its seeds, their mean with the interval, and the side
    /// that is claimed; nil where nothing was measured.
    public func figure(showing shown: String) -> Figure? {
        let measured = claims.flatMap(\.quantities).filter { $0.effect != nil }
        guard !measured.isEmpty else { return nil }
        return Figure(
            name: "claims", title: "What decides the claims",
            subtitle: "\(shown)\nBars: the paired intervals that decide. Green: where they are claimed to lie.",
            panels: measured.map(\.panel))
    }
}

extension QuantityVerdict {
    fileprivate var panel: Panel {
        let isRatio = quantity.isRatio
        let sound = pairs.filter { pair in !excluded.contains { $0.seed == pair.seed } }
        let differences = sound.map { $0.difference(asRatio: isRatio) }
        let left = excluded.isEmpty ? "" : ", \(excluded.count) left out"
        let claimed: (lower: Double, upper: Double) =
            switch quantity.claimed {
            case .below: (-.infinity, isRatio ? 1 : 0)
            case .above: (isRatio ? 1 : 0, .infinity)
            case .within(let margin): (-margin, margin)
            }
        return .seeds(
            title: "(\(quantity.claim.rawValue)) \(quantity.shortName)",
            subtitle: "\(decision.verdict.words), \(sound.count) pair\(sound.count == 1 ? "" : "s")\(left)",
            values: isRatio ? differences.map(exp) : differences, mean: interval,
            x: Axis(isRatio ? "constrained / unconstrained" : "constrained − unconstrained", logarithmic: isRatio),
            reference: isRatio ? 1 : 0, claimed: claimed)
    }
}

extension ClaimQuantity {
    /// Its name above a narrow panel.
    var shortName: String {
        switch self {
        case .rocAUC: "ROC-AUC in distribution"
        case .leadingEigenvalue: "leading Hessian eigenvalue"
        case .hessianTrace: "trace of the Hessian"
        case .modeBreaking: "mode breaking g"
        case .smearingLoss: "area under the AUC drop"
        case .nearTransferAUC: "ROC-AUC on Z against gluon"
        case .farTransferAUC: "ROC-AUC on top against gluon"
        case .distillationError: "student's relative MSE"
        case .distillationEpochs: "student's epochs to threshold"
        }
    }
}
