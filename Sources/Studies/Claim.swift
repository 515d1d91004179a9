import Statistics

/// The paper's six claims of a classifier trained with the symmetry loss (constrained), against one without
/// (unconstrained), all else equal.
public enum Claim: String, Sendable, Codable, CaseIterable {
    case performance = "a"
    case curvature = "b"
    case goldstoneMode = "c"
    case robustness = "d"
    case transfer = "e"
    case distillation = "f"

    /// The claim in a few words.
    public var statement: String {
        switch self {
        case .performance: "the same ROC-AUC in distribution"
        case .curvature: "a loss surface of smaller curvature"
        case .goldstoneMode: "a pseudo-Goldstone mode along the leading eigenvector"
        case .robustness: "more robust against smearing"
        case .transfer: "better on jets of other kinds"
        case .distillation: "distilled faster and more closely"
        }
    }

    /// What decides it: one quantity or two.
    public var quantities: [ClaimQuantity] { ClaimQuantity.allCases.filter { $0.claim == self } }
}

/// A quantity measured on both trainings of a seed, which a claim is decided by.
public enum ClaimQuantity: String, Sendable, Codable, CaseIterable {
    /// The area under the ROC curve on the test jets.
    case rocAUC
    /// λ₁, the leading eigenvalue of the loss's Hessian.
    case leadingEigenvalue
    /// The trace of the loss's Hessian.
    case hessianTrace
    /// g₁ ∈ [0, 1]: how unlike the two views of a jet move along the leading eigenvector; 0 for a pseudo-Goldstone mode.
    case modeBreaking
    /// The area under the drop in ROC-AUC over the smearing's width σ.
    case smearingLoss
    /// The area under the ROC curve on Z against gluons.
    case nearTransferAUC
    /// The area under the ROC curve on top against gluons.
    case farTransferAUC
    /// The student's mean squared error on its teacher's logits at the last epoch, over the logits' variance.
    case distillationError
    /// Epochs until the student's relative error falls below a threshold.
    case distillationEpochs

    /// The claim that it decides.
    public var claim: Claim {
        switch self {
        case .rocAUC: .performance
        case .leadingEigenvalue, .hessianTrace: .curvature
        case .modeBreaking: .goldstoneMode
        case .smearingLoss: .robustness
        case .nearTransferAUC, .farTransferAUC: .transfer
        case .distillationError, .distillationEpochs: .distillation
        }
    }

    /// Whether variants are compared by the logarithm of their ratio, else by their difference: for positive quantities
    /// whose size alone has no meaning.
    public var isRatio: Bool {
        switch self {
        case .leadingEigenvalue, .hessianTrace, .distillationError, .distillationEpochs: true
        case .rocAUC, .modeBreaking, .smearingLoss, .nearTransferAUC, .farTransferAUC: false
        }
    }

    /// Areas under the ROC curve that differ by less are equal to all purposes.
    public static let aucMargin = 0.005

    /// Where the constrained training's difference (or log ratio) from the unconstrained one's is claimed to lie.
    public var claimed: ClaimedSide {
        switch self {
        case .rocAUC: .within(margin: ClaimQuantity.aucMargin)
        case .nearTransferAUC, .farTransferAUC: .above
        case .leadingEigenvalue, .hessianTrace, .modeBreaking, .smearingLoss, .distillationError, .distillationEpochs:
            .below
        }
    }

    /// Its name, as a sentence has it: “the … is 0.2 times …”.
    public var name: String {
        switch self {
        case .rocAUC: "ROC-AUC in distribution"
        case .leadingEigenvalue: "leading Hessian eigenvalue λ₁"
        case .hessianTrace: "trace of the Hessian"
        case .modeBreaking: "mode breaking g₁"
        case .smearingLoss: "area under the AUC drop over σ"
        case .nearTransferAUC: "ROC-AUC on Z against gluon"
        case .farTransferAUC: "ROC-AUC on top against gluon"
        case .distillationError: "student's relative MSE"
        case .distillationEpochs: "student's number of epochs to the threshold"
        }
    }
}
