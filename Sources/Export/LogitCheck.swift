import Foundation
import Jets
import ONNX
import Objectives
import Studies
import Torch

/// How far a graph's logits, as ONNX Runtime computes them, are from the tagger's own on the same jets.
public struct LogitCheck: Sendable, Codable, Equatable {
    /// The largest ``largestDifference`` that an export may have.
    public static let tolerance = 1e-4

    /// How many jets were compared, and where they are from.
    public let jets: Int, source: String
    /// The largest of |f − f'| / max(|f|, r) over the jets, f being the tagger's logit, f' the graph's, and r the root
    /// mean square of the tagger's logits over these jets, so that logits near 0 are not held to more than the rest.
    public let largestDifference: Double
    /// The jet with that difference, counted from 0, with both of its logits.
    public let worstJet: Int, ours: Double, theirs: Double
    /// Of ONNX Runtime.
    public let runtime: String

    /// - Parameters:
    ///   - source: what the jets are, in the plural
    ///   - runtime: the version of ONNX Runtime
    /// - Precondition: there are as many logits of the one as of the other, and at least one.
    public init(ours: [Double], theirs: [Double], source: String, runtime: String) {
        precondition(ours.count == theirs.count && !ours.isEmpty, "\(ours.count) logits against \(theirs.count)")
        let scale = (ours.reduce(0) { $0 + $1 * $1 } / Double(ours.count)).squareRoot()
        let differences = zip(ours, theirs).map { f, g -> Double in
            let difference = abs(f - g)
            // NaN, which is larger than nothing, must not pass.
            guard difference.isFinite else { return .infinity }
            return difference == 0 ? 0 : difference / max(abs(f), scale)
        }
        let worst = differences.indices.max { differences[$0] < differences[$1] }!
        jets = ours.count
        self.source = source
        largestDifference = differences[worst]
        worstJet = worst
        self.ours = ours[worst]
        self.theirs = theirs[worst]
        self.runtime = runtime
    }

    /// For a file's metadata.
    var summary: String {
        "yes: on \(jets) \(source) the logits differ from the tagger's own by at most "
            + "\(String(format: "%.1e", largestDifference)) of the larger of the logit and the logits' root mean square "
            + "(ONNX Runtime \(runtime), one thread)"
    }
}

extension ExportedTagger {
    /// Compares the graph's logits with the tagger's.
    ///
    /// - Parameters:
    ///   - data: as the tagger expects them
    ///   - source: what the jets are, in the plural
    /// - Throws: ``ExportError/disagrees(form:check:)`` where they are too far apart; ``ExportError/runtimeFailed(reason:)``.
    public func check(on data: TaggingData, source: String, with runtime: ONNXRuntime, _ reducer: Reducer) throws
        -> LogitCheck
    {
        let ours = reducer.logits(tagger.network, at: tagger.theta, data)
        let theirs = try runtime.logits(model, try inputs(of: data), batches: batches(of: data.count))
        let check = LogitCheck(ours: ours, theirs: theirs, source: source, runtime: runtime.version)
        guard check.largestDifference <= LogitCheck.tolerance else {
            throw ExportError.disagrees(form: form.rawValue, check: check)
        }
        return check
    }

    /// Seconds a jet in ONNX Runtime and in Goldstone, each on one thread, in batches of 1 and, where the graph takes them,
    /// of all jets given.
    ///
    /// - Throws: ``ExportError/runtimeFailed(reason:)``.
    public func speed(on data: TaggingData, with runtime: ONNXRuntime) throws -> [Speed] {
        let batches = form == .trigger ? [1] : [1, data.count]
        let theirs = try runtime.secondsPerJet(model, try inputs(of: data), batches: batches)
        let variables = tagger.network.parameters.variables(of: tagger.theta)
        return zip(batches, theirs).map { count, seconds in
            let samples = Array(0..<count)
            var runs: [Double] = []
            let clock = ContinuousClock(), begin = clock.now
            // The first run is not counted.
            while runs.count < 6 || clock.now - begin < .seconds(1) {
                let time = clock.measure {
                    withoutRecording {
                        let batch = data.slice(samples).batch
                        _ = tagger.network(variables, batch).elements(Float.self)
                    }
                }
                runs.append(time / .seconds(1))
            }
            runs.removeFirst()
            return Speed(
                batch: count, runtimeSeconds: seconds, ownSeconds: runs.sorted()[runs.count / 2] / Double(count))
        }
    }

    /// What a jet takes.
    public struct Speed: Sendable, Codable, Equatable {
        /// How many jets at once.
        public let batch: Int
        /// Seconds a jet, from the graph's inputs to the logit, in ONNX Runtime.
        public let runtimeSeconds: Double
        /// Seconds a jet, from the momenta to the logit, in Goldstone.
        public let ownSeconds: Double
    }

    /// One jet alone, two, and the rest at once: a graph must take any number. The trigger's takes one.
    private func batches(of count: Int) -> [Int] {
        if form == .trigger { return Array(repeating: 1, count: count) }
        return count > 3 ? [1, 2, count - 3] : [count]
    }

    /// The graph's inputs for jets.
    func inputs(of data: TaggingData) throws -> [ONNXRuntime.Input] {
        let count = data.count, slots = data.constituents.shape[1]
        switch form {
        case .momenta:
            let (momenta, filled) = momenta(of: data)
            return [.init("constituents", momenta.elements(Float.self), shape: [count, filled, 4])]
        case .features:
            let features = Features.compute(constituents: data.constituents, jets: data.jets, mask: data.mask)
            return [
                .init("features", features.elements(Float.self), shape: [count, slots, Features.count]),
                .init("mask", data.mask.elements(Bool.self), shape: [count, slots]),
            ]
        case .trigger:
            let batch = data.slice(Array(0..<count)).batch, seen = try tagger.triggerSlots
            let features = batch.features.leadingSlots(seen)
            if case .mlp = tagger.network {
                return [.init("features", features.elements(Float.self), shape: [count, seen * Features.count])]
            }
            return [
                .init(
                    "features", features.transposed(1, 2).elements(Float.self), shape: [count, Features.count, seen])
            ]
        }
    }

    /// [B, N, 4], and behind them, where the jet's momentum is the sum over more than these, what they lack of it.
    private func momenta(of data: TaggingData) -> (Tensor, slots: Int) {
        let kept = data.constituents, slots = kept.shape[1]
        guard data.jetSum == .all else { return (kept, slots) }
        let rest = data.jets.to(.float64) - kept.to(.float64).sum(1)
        return (.concatenated([kept, rest.to(kept.scalarType).unsqueezed(1)], dimension: 1), slots + 1)
    }
}

extension Tensor {
    /// The first `count` of the slots [B, N, F], zeros behind them where there are fewer.
    fileprivate func leadingSlots(_ count: Int) -> Tensor {
        let missing = count - shape[1]
        guard missing > 0 else { return narrowed(1, from: 0, length: count) }
        return .concatenated([self, .zeros([shape[0], missing, shape[2]], scalarType)], dimension: 1)
    }
}
