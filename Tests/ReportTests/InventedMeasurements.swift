import Foundation
import Report
import Statistics

extension InventedFigures {
    /// Figures of the panels that the ones of jets have not: surfaces, matrices, seeds, points.
    static var measured: [Figure] {
        let places = (-5...5).map { Double($0) / 2.5 }
        let heights = places.flatMap { y in places.map { x in 0.2 + x * x + 0.3 * y * y + 0.2 * x * y } }
        let surface = Surface(x: places, y: places, values: heights)
        let x = Axis("ε / ‖θ‖ along eigenvector 1 [%]"), y = Axis("ε / ‖θ‖ along eigenvector 2 [%]")
        let loss = Axis("symmetry loss (mean squared change of the score)", logarithmic: true, range: 0.2...6)
        let contours = ["unconstrained", "SEAL, λ = 0.1"].map {
            Panel.contours(surface, title: $0, x: x, y: y, colour: loss, levels: [0.5, 1, 2, 4])
        }
        let surfaces = ["unconstrained", "SEAL, λ = 0.1"].map {
            Panel.surface(surface, title: $0, x: x, y: y, value: loss)
        }
        let matrix = Panel.matrix(
            [[nil, 0.62, 0.91], [0.55, nil, 0.88], [0.93, 0.9, nil]], rows: ["W", "Z", "top"],
            columns: ["gluon", "quark", "W"], title: "ROC-AUC", rowTitle: "signal", columnTitle: "background",
            range: 0.5...1)
        let seeds = (0..<4).map { number in
            Panel.seeds(
                title: "leading Hessian eigenvalue \(number)", subtitle: "Undecided, 4 pairs",
                values: [0.97, 0.99, 1.02, 1.01],
                mean: Estimate(value: 0.998, lower: 0.96, upper: 1.034, confidence: 0.95),
                x: Axis("constrained / unconstrained", logarithmic: true), reference: 1, claimed: (-.infinity, 1))
        }
        let mean = Estimate(value: 0.92, lower: 0.86, upper: 0.985, confidence: 0.95)
        let variants = ["leading Hessian eigenvalue", "trace of the Hessian"].map {
            Panel.seeds(
                title: $0,
                rows: [
                    SeedRow("constrained", seeds: [0.88, 0.93, 0.95], mean: mean),
                    SeedRow("rescaling-0.1", seeds: [0.8], mean: nil),
                ], x: Axis("variant / unconstrained", logarithmic: true), reference: 1)
        }
        let points = Panel.points(
            ["unconstrained", "SEAL, λ = 0.1"].map {
                Points(
                    $0, at: ["1", "2", "random"], y: [0.4, 0.3, 0.6], lower: [0.3, 0.2, 0.5], upper: [0.5, 0.4, 0.7])
            }, places: ["1", "2", "random"], x: Axis("direction"), y: Axis("mode breaking", fromZero: true))
        let jets = "256 jets; small jet transformer"
        return [
            Figure(name: "contours", title: "Loss over two eigenvectors", subtitle: jets, panels: contours),
            Figure(name: "surfaces", title: "Loss over two eigenvectors", subtitle: jets, panels: surfaces),
            Figure(name: "matrix", title: "Every pair of classes", subtitle: jets, panels: [matrix]),
            Figure(name: "seeds", title: "What decides the claims", subtitle: jets, panels: seeds),
            Figure(name: "variants", title: "What each variant changes", subtitle: jets, panels: variants),
            Figure(name: "points", title: "Mode breaking", subtitle: jets, panels: [points]),
        ]
    }
}
