/// What can be wrong with scores and labels given to a statistic.
public enum StatisticsError: Error, Equatable, CustomStringConvertible, Sendable {
    /// Scores and labels differ in number.
    case countsDiffer(scores: Int, labels: Int)
    /// The score of a jet is not a number.
    case notANumber(index: Int)
    /// There is no jet of a class (`signal` or `background`).
    case missingClass(name: String, jets: Int)
    /// A variance needs at least two jets of each class.
    case tooFewJets(name: String, jets: Int)
    /// Two models to be compared were not scored on the same jets: their labels first differ at `index`, or their
    /// numbers of jets differ (`index` is then the smaller number).
    case jetsDiffer(index: Int, first: Int, second: Int)
    /// Both areas are without variance, yet differ: no test can say how surely.
    case noVariance(first: Double, second: Double)
    /// A difference over seeds needs at least two of them.
    case tooFewPairs(Int)
    /// A value that is to be averaged is not finite.
    case notFinite(name: String, index: Int)
    /// A statistic is not a number on some of a bootstrap's resamples, or on the jets themselves (`resamples` is 0).
    case undefinedStatistic(index: Int, resamples: Int, of: Int)
    /// No finite temperature above 0 gives the lowest cross-entropy.
    case noTemperature(reason: String)

    public var description: String {
        switch self {
        case .countsDiffer(let scores, let labels):
            "there are \(scores) scores but \(labels) labels: give one label for each score"
        case .notANumber(let index):
            "the score of jet \(index) is not a number (NaN): look for a diverged training or a damaged score file"
        case .missingClass(let name, let jets):
            "none of the \(jets) jets is \(name): a ROC curve needs jets of both classes; check the class selection"
        case .tooFewJets(let name, let jets):
            "there is only \(jets) \(name) jet: the variance of an area needs at least 2 of each class"
        case .jetsDiffer(let index, let first, let second):
            "the two models were not scored on the same jets (\(first) and \(second) jets; labels differ from jet "
                + "\(index) on): a paired comparison needs the same jets in the same order"
        case .noVariance(let first, let second):
            "areas \(first) and \(second) both have zero variance, so their difference can't be tested: use more jets"
        case .tooFewPairs(let pairs):
            "a difference over seeds needs at least 2 pairs for its error, not \(pairs): train more seeds"
        case .notFinite(let name, let index):
            "\(name) \(index) is not finite: look for a diverged training, and leave it out by name"
        case .undefinedStatistic(let index, let resamples, let all):
            "statistic \(index) of the bootstrap is not a number on "
                + (resamples == 0 ? "the jets themselves" : "\(resamples) of \(all) resamples")
                + ": there are too few jets of a class, or events, to resample"
        case .noTemperature(let reason):
            "no temperature is best: \(reason)"
        }
    }
}
