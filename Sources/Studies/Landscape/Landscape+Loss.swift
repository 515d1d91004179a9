import Curvature
import Networks
import Objectives
import Report
import Torch

/// The loss along and over directions.
extension Landscape {
    /// What `curve.json` holds for each eigenvector of a tagger.
    struct Curve: Encodable {
        let grid: LossGrid
        /// ε in units of ‖θ‖.
        let relativeSteps: [Double]
        /// Slope and curvature of each term and of the total at ε = 0, exact.
        let expansion: [LossExpansion]
        /// For each term and the total, one a step ε > 0.
        let asymmetries: [String: [Double]]
    }

    /// The objective whose terms are shown; the same for every tagger.
    func objective(_ subject: LandscapeSubject) throws -> any OutputObjective {
        try subject.loss.objective(
            settings.terms, settings.symmetry, seed: settings.seed, first: subject.loss.sampleCount)
    }

    /// All terms, and their weighted sum where there are several.
    var shownTerms: [String] { settings.terms.map(\.name) + (settings.terms.count > 1 ? ["total"] : []) }

    private func samples(_ subject: LandscapeSubject) -> [Int] { Array(0..<subject.loss.sampleCount) }

    // MARK: Curves

    func curves() throws -> Findings {
        // All of them before the first is measured.
        for subject in subjects { try subject.checkExpansion(settings) }
        let bodies = try subjects.map { subject in
            try subject.eigenvectors(settings.curves, for: .curve).map { try curve(subject, along: $0) }
        }
        let table = curveTable(bodies), figures = (0..<settings.curves).flatMap { curveFigures(bodies.map { $0 }, $0) }
        return try write(.curve, bodies, table, figures)
    }

    private func curve(_ subject: LandscapeSubject, along direction: Direction) throws -> Curve {
        let objective = try objective(subject), theta = subject.loss.theta
        let range = settings.range * theta.to(.float64).norm / direction.norm
        let steps = LossGrid.symmetricSteps(range, count: settings.curvePoints)
        let what: [any Encodable] = [settings.terms, settings.symmetry, settings.seed]
        let points = try place(subject, "curve", [direction], what + [steps])
        let grid = try LossGrid(
            of: objective, at: theta, samples: samples(subject), along: [(direction, steps)], reducer: reducer,
            label: label(.curve, subject, direction.name), keptIn: points.path, identity: points.identity)
        let orders = try place(subject, "expansion", [direction], what + Terms.derivativeVersion(of: settings.terms))
        let expansion = try LossExpansion.of(
            objective, at: theta, samples: samples(subject), along: direction, reducer: reducer,
            label: label(.curve, subject, "slope and curvature"), keptIn: orders.path, identity: orders.identity)
        let asymmetries = shownTerms.map { ($0, grid.asymmetries(of: $0)) }
        return Curve(
            grid: grid, relativeSteps: grid.relativeSteps(), expansion: expansion,
            asymmetries: Dictionary(uniqueKeysWithValues: asymmetries))
    }

    // MARK: Planes

    func planes() throws -> Findings {
        let grids = try subjects.map { subject in
            let theta = subject.loss.theta
            let directions = try subject.eigenvectors(2, for: .plane).map { direction in
                let range = settings.range * theta.to(.float64).norm / direction.norm
                return (direction, LossGrid.symmetricSteps(range, count: settings.planePoints))
            }
            return try plane(.plane, subject, directions)
        }
        return try write(.plane, grids, planeTable(grids, .plane), planeFigures(grids, .plane))
    }

    func randomPlanes() throws -> Findings {
        let steps = LossGrid.symmetricSteps(settings.randomRange, count: settings.planePoints)
        let grids = try subjects.map { subject in
            let directions = ["random direction 1", "random direction 2"].map { name in
                let direction = Direction.filterNormalised(
                    name, to: subject.loss.theta, subject.loss.parameters, vectors: settings.vectors,
                    seed: settings.seed)
                return (direction, steps)
            }
            return try plane(.randomPlane, subject, directions)
        }
        return try write(.randomPlane, grids, planeTable(grids, .randomPlane), planeFigures(grids, .randomPlane))
    }

    private func plane(
        _ part: LandscapePart, _ subject: LandscapeSubject, _ directions: [(direction: Direction, steps: [Double])]
    ) throws -> LossGrid {
        let place = try place(
            subject, part.rawValue, directions.map(\.direction),
            [settings.terms, settings.symmetry, settings.seed, directions.map(\.steps)])
        return try LossGrid(
            of: try objective(subject), at: subject.loss.theta, samples: samples(subject), along: directions,
            reducer: reducer, label: label(part, subject), keptIn: place.path, identity: place.identity)
    }
}
