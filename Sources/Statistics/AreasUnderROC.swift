/// The areas under the ROC curves of any number of models on the same jets, with DeLong's covariances: each model
/// against each other, and any combination of them.
///
/// Source: DeLong et al., Biometrics 44 (1988) 837 (see ``AreaUnderROC``, ``PairedAreas``).
public struct AreasUnderROC: Sendable, Codable, Equatable {
    /// One a model.
    public let areas: [AreaUnderROC]
    /// Cov(Aᵢ, Aⱼ), symmetric: how far areas move together with other test jets.
    public let covariance: [[Double]]
    /// Model i against model j, for i < j: (0, 1), (0, 2), …, (1, 2), ….
    public let comparisons: [PairedAreas]

    /// Compares models' scores of the same jets in the same order. Cost: O(M n log n + M² n) time and O(M n) memory for
    /// M models.
    ///
    /// - Throws: ``StatisticsError`` as ``PairedAreas/init(_:_:)`` does, for any two of the models.
    public init(_ models: [ScoredJets]) throws(StatisticsError) {
        for model in models.dropFirst() { try models[0].requireSameJets(as: model) }
        var placements: [Placements] = []
        for model in models { placements.append(try Placements(model)) }
        var covariance = models.map { _ in [Double](repeating: 0, count: models.count) }
        var comparisons: [PairedAreas] = []
        for i in models.indices {
            covariance[i][i] = placements[i].covariance(with: placements[i])
            for j in i + 1..<max(i + 1, models.count) {
                let pair = try PairedAreas(placements[i], placements[j])
                comparisons.append(pair)
                covariance[i][j] = pair.covariance
                covariance[j][i] = pair.covariance
            }
        }
        areas = placements.map { AreaUnderROC($0) }
        self.covariance = covariance
        self.comparisons = comparisons
    }

    /// Model `i` against model `j`.
    ///
    /// - Precondition: `i` < `j`.
    public subscript(_ i: Int, _ j: Int) -> PairedAreas {
        precondition(0 <= i && i < j && j < areas.count, "models \(i) and \(j) of \(areas.count)")
        return comparisons[i * (2 * areas.count - i - 1) / 2 + j - i - 1]
    }

    /// Σ cᵢ Aᵢ with its error from the test jets: with c = (½, ½, −½, −½), say, the mean area of two models less that of
    /// two others. The interval is symmetric and normal.
    ///
    /// - Precondition: one coefficient a model.
    public func combination(_ coefficients: [Double], confidence: Double = 0.95) -> Estimate {
        precondition(coefficients.count == areas.count, "\(coefficients.count) coefficients for \(areas.count) models")
        let value = zip(coefficients, areas).reduce(0) { $0 + $1.0 * $1.1.value }
        let half =
            StandardNormal.halfWidth(confidence: confidence)
            * max(0, covariance.quadraticForm(coefficients, coefficients)).squareRoot()
        return Estimate(value: value, lower: value - half, upper: value + half, confidence: confidence)
    }
}

extension [[Double]] {
    /// Σᵢⱼ aᵢ Mᵢⱼ bⱼ.
    func quadraticForm(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, self).reduce(0) { sum, row in sum + row.0 * zip(row.1, b).reduce(0) { $0 + $1.0 * $1.1 } }
    }
}

extension ScoredJets {
    /// - Throws: ``StatisticsError/jetsDiffer(index:first:second:)`` where another model's jets have other labels.
    func requireSameJets(as other: ScoredJets) throws(StatisticsError) {
        guard isSignal != other.isSignal else { return }
        let common = zip(isSignal, other.isSignal)
        let index = common.enumerated().first { $1.0 != $1.1 }?.offset ?? min(scores.count, other.scores.count)
        throw .jetsDiffer(index: index, first: scores.count, second: other.scores.count)
    }
}
