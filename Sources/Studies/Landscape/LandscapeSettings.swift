import Curvature
import Jets
import Objectives

/// What is looked at of a tagger's landscape.
public enum LandscapePart: String, Sendable, Codable, CaseIterable {
    /// The loss, term by term, along eigenvectors (Fig. 5 of the paper).
    case curve
    /// Over the two leading eigenvectors.
    case plane
    /// Over two random, filter-normalised directions (Fig. 1).
    case randomPlane = "random-plane"
    /// R(ε) along the leading eigenvector (Fig. 6).
    case ratio
    /// The pseudo-Goldstone measure of eigenvectors and random directions.
    case goldstone
    /// Margins, flipped decisions, outlying modes (Fig. 2).
    case margins
    /// Singular values of the layers' Jacobians (Eq. 4).
    case jacobians
    /// Temperature, and relative flatness before and after it is matched.
    case flatness

    /// Whether it needs eigenvectors.
    public var needsEigenvectors: Bool {
        switch self {
        case .curve, .plane, .ratio, .goldstone, .margins: true
        case .randomPlane, .jacobians, .flatness: false
        }
    }

    /// One line for `--help`.
    public var summary: String {
        switch self {
        case .curve: "loss and terms along the leading eigenvectors"
        case .plane: "loss and terms over the two leading eigenvectors"
        case .randomPlane: "loss and terms over two random, filter-normalised directions"
        case .ratio: "output of a jet over that of its boost, along the leading eigenvector"
        case .goldstone: "how alike a jet and its boost move along each eigenvector"
        case .margins: "distances to the decision boundary, and decisions flipped along eigenvectors"
        case .jacobians: "singular values of each encoder layer's Jacobian"
        case .flatness: "temperature, and relative flatness of the last layer"
        }
    }
}

/// How a landscape is looked at; the same for all taggers, so that they can be compared point by point.
public struct LandscapeSettings: Sendable, Codable, Hashable {
    /// What is looked at.
    public var parts = LandscapePart.allCases
    /// Jets measured on: the first so many of the test jets.
    public var jets = 2048
    /// Of boosts and random directions.
    public var seed: UInt64 = 1
    /// The objective, whose terms are shown one by one and in their weighted sum.
    public var terms = [TermDescription(name: "bce", weight: 1), TermDescription(name: "group", weight: 0.1)]
    /// Settings of the symmetry terms and of the boosts of `ratio` and `goldstone`.
    public var symmetry = SymmetrySettings()
    /// How far one goes along eigenvectors, in units of ‖θ‖.
    public var range = 0.02
    /// How far one goes along random directions, in units of their own length: at 1 each filter is moved by its norm.
    public var randomRange = 1.0
    /// Points of a curve, and of R(ε); odd.
    public var curvePoints = 41
    /// Points along each axis of a plane; odd.
    public var planePoints = 21
    /// Eigenvectors that curves are drawn along.
    public var curves = 1
    /// Eigenvectors that are computed where no file has them.
    public var eigenvectors = 5
    /// What biases and layer norms do along filter-normalised directions.
    public var vectors = VectorParameters.still
    /// Boosts a jet in `ratio` and `goldstone`.
    public var boosts = 2
    /// Random directions beside the eigenvectors in `goldstone`.
    public var randomDirections = 8
    /// Steps to either side in the decisions that `margins` counts.
    public var flipSteps = 8
    /// Jets whose Jacobians are decomposed.
    public var jacobianJets = 4
    /// What of the Jacobians is decomposed; nil decides by their size.
    public var jacobians: LayerJacobian.Extent?

    /// The defaults.
    public init() {}

    /// The boosts that `ratio` and `goldstone` show.
    var views: BoostedViews {
        BoostedViews(
            law: BoostLaw(betaSquaredMax: symmetry.betaSquaredMax, rotations: symmetry.rotations), draws: boosts,
            seed: seed)
    }
}
