import Foundation

/// Sequential recombination as it is defined, pair by pair in O(n³): what FastJet's fast algorithms must agree with.
/// Distances are min(pT₁^p, pT₂^p)·ΔR² with p = 2 for kT and 0 for Cambridge/Aachen, without a beam.
struct NaiveClustering {
    private struct Node {
        let p: [Double]
        let parents: (Int, Int)?

        var transverse: Double { hypot(p[0], p[1]) }
        var rapidity: Double { 0.5 * log((p[3] + p[2]) / (p[3] - p[2])) }
        var azimuth: Double { atan2(p[1], p[0]) }

        func distance(to other: Node) -> Double {
            hypot(rapidity - other.rapidity, (azimuth - other.azimuth).remainder(dividingBy: 2 * .pi))
        }
    }

    private var nodes: [Node]
    private let count: Int
    /// What is left when there are three, two and one of them, by their number.
    private var stages: [Int: [Int]] = [:]

    init(_ constituents: [[Double]], power: Double) {
        nodes = constituents.map { Node(p: Array($0.prefix(4)), parents: nil) }
        count = nodes.count
        var alive = Array(nodes.indices)
        stages[alive.count] = alive
        while alive.count > 1 {
            var best = (distance: Double.infinity, first: 0, second: 0)
            for (position, first) in alive.enumerated() {
                for second in alive[(position + 1)...] {
                    let apart = nodes[first].distance(to: nodes[second])
                    let weight = pow(min(nodes[first].transverse, nodes[second].transverse), power)
                    if weight * apart * apart < best.distance { best = (weight * apart * apart, first, second) }
                }
            }
            let sum = zip(nodes[best.first].p, nodes[best.second].p).map { $0 + $1 }
            nodes.append(Node(p: sum, parents: (best.first, best.second)))
            alive.removeAll { $0 == best.first || $0 == best.second }
            alive.append(nodes.count - 1)
            stages[alive.count] = alive
        }
    }

    /// τ_N about the N subjets that are left, for β = 1 and 2.
    func subjettiness(_ axes: Int) -> (linear: Double, quadratic: Double) {
        var tau = (linear: 0.0, quadratic: 0.0)
        for node in nodes[..<count] {
            let nearest = stages[axes]!.map { node.distance(to: nodes[$0]) }.min()!
            tau.linear += node.transverse * nearest
            tau.quadratic += node.transverse * nearest * nearest
        }
        return tau
    }

    /// The mass that is left when the softer branch is dropped until it carries more than a tenth.
    func modifiedMassDrop() -> Double {
        var node = nodes[nodes.count - 1]
        while let (first, second) = node.parents {
            let (a, b) = (nodes[first], nodes[second])
            if min(a.transverse, b.transverse) / (a.transverse + b.transverse) > 0.1 { break }
            node = a.transverse > b.transverse ? a : b
        }
        let p = node.p
        return max(0, p[3] * p[3] - p[0] * p[0] - p[1] * p[1] - p[2] * p[2]).squareRoot()
    }
}
