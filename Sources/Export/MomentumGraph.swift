import Jets
import Networks
import ONNX
import Studies

/// What a tagger sees of jets, as a graph that starts from the momenta of their constituents.
struct MomentumGraph {
    /// [B, N, 4], (E, px, py, pz) in GeV of the leading constituents, double.
    let constituents: Value
    /// [B, 1, 4], the jet's own, in double but known to float as the network sees it.
    let jet: Value
    /// [B, N].
    let mask: Value
    /// [B, N, 7], not scaled, float; only where a network asks for them.
    let features: Value?

    /// - Parameters:
    ///   - momenta: [B, any, 4], (E, px, py, pz) in GeV, float, by descending pT, zeros in empty slots; those behind the
    ///     leading N count in the jet's momentum, where the tagger takes all
    ///   - input: what the tagger expects
    init(_ momenta: Value, for input: TrainedTagger.Input, withFeatures: Bool, _ graph: Graph) {
        let slots = input.constituents
        let (kept, sum, filled) = graph.named("jet") {
            // So many empty slots behind that there are N at least.
            let all = momenta.padded([0, slots, 0]).to(.double), leading = all.slice(1, 0..<slots)
            let kept = input.clampsMass ? MomentumGraph.timelike(leading) : leading
            var sum = kept.sum(1, keepingDimension: true)
            if input.jetSum == .all { sum = sum + all.slice(1, slots..<Int.max).sum(1, keepingDimension: true) }
            return (kept, sum.to(.float).to(.double), kept.component(0).isGreater(than: 0).squeezed(-1))
        }
        (constituents, jet, mask) = (kept, sum, filled)
        features =
            withFeatures
            ? graph.named("features") {
                MomentumGraph.features(of: kept.to(.float), jet: sum.to(.float), mask: filled)
            } : nil
    }

    /// Energies raised to |p| where rounding has left them below.
    private static func timelike(_ momenta: Value) -> Value {
        let p = momenta.slice(-1, 1..<4)
        let length = (p * p).sum(-1, keepingDimension: true).sqrt()
        return .concatenated([momenta.component(0).maximum(length), p], -1)
    }

    /// `Features.compute`, formula by formula. The azimuth's difference is the angle between the two transverse momenta,
    /// since ONNX has no atan2: its tangent is their cross product over their dot product.
    private static func features(of constituents: Value, jet: Value, mask: Value) -> Value {
        let filled = mask.unsqueezed(-1)
        // An empty slot is given pT = E = 1 in the x direction, so that no logarithm or quotient of zero arises.
        let energy = constituents.component(0).kept(where: filled, else: 1)
        let px = constituents.component(1).kept(where: filled, else: 1)
        let py = constituents.component(2).kept(where: filled, else: 0)
        let pz = constituents.component(3).kept(where: filled, else: 0)
        let jetPX = jet.component(1), jetPY = jet.component(2)
        let pT = (px * px + py * py).sqrt(), jetPT = (jetPX * jetPX + jetPY * jetPY).sqrt()
        let deltaEta = (pz / pT).asinh() - (jet.component(3) / jetPT).asinh()
        let deltaPhi = angle(px * jetPX + py * jetPY, py * jetPX - px * jetPY)
        let logPT = pT.log(), logE = energy.log()
        let features = [
            deltaEta, deltaPhi, logPT - jetPT.log(), logPT, logE - jet.component(0).log(), logE,
            (deltaEta * deltaEta + deltaPhi * deltaPhi).sqrt(),
        ]
        return Value.concatenated(features, -1).kept(where: filled, else: 0)
    }

    /// atan2(y, x), in (−π, π].
    private static func angle(_ x: Value, _ y: Value) -> Value {
        let halfTurn = y.isLess(than: 0).choosing(x.constant(-Double.pi), x.constant(Double.pi))
        return (y / x).atan() + x.isLess(than: 0).choosing(halfTurn, x.constant(0))
    }
}

extension Value {
    /// One component of momenta, in a last dimension of size 1.
    fileprivate func component(_ index: Int) -> Value { slice(-1, index..<index + 1) }
}

extension FeatureScaling {
    /// Scaled features; those of empty slots are 0.
    func graph(_ features: Value, mask: Value, _ graph: Graph) -> Value {
        graph.named("scaling") {
            func row(_ name: String, _ values: [Double]) -> Value {
                graph.constant(name, values.map(Float.init), shape: [values.count])
            }
            return ((features - row("means", means)) / row("deviations", deviations))
                .kept(where: mask.unsqueezed(-1), else: 0)
        }
    }
}
