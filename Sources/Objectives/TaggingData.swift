import Jets
import Networks
import Torch

/// Jets as tensors, ready to be cut into slices: what a tagging objective is a mean over.
public struct TaggingData: Sendable {
    /// [N, n, 4], (E, px, py, pz) in GeV, zero where there is no constituent.
    public let constituents: Tensor
    /// [N, 4], the jets' four-momenta.
    public let jets: Tensor
    /// [N, n], true where there is a constituent.
    public let mask: Tensor
    /// [N], 1 for signal, 0 for background.
    public let labels: Tensor
    /// The jets' names in random streams: their places in the files that they were read from.
    public let names: [UInt32]
    /// What ``jets`` are the sums of.
    public let jetSum: JetSum
    /// How features are scaled before the network sees them; nil leaves them as they are.
    public var scaling: FeatureScaling?
    /// [N], what a student of these jets is to learn: its teacher's logits.
    public var teacherLogits: Tensor?

    /// N.
    public var count: Int { names.count }

    /// Which constituents the jet's own four-momentum is the sum of.
    public enum JetSum: String, Sendable, Codable, CaseIterable {
        /// All that the file stores.
        case all
        /// Those that the network sees.
        case kept
    }

    /// - Parameters:
    ///   - data: jets of the signal class and others; a label is whether a jet's class is `signal`
    ///   - type: float for training, double for checks
    public init(_ data: JetData, signal: JetClass, jetSum: JetSum = .all, _ type: ScalarType = .float32) {
        // Throws for files alone.
        try! self.init(data, signal: signal, jetSum: jetSum, type, in: .memory)
    }

    /// As ``init(_:signal:jetSum:_:)``, with what is made of the jets kept in `storage`. The constituents are the jets' own
    /// memory, not a copy.
    ///
    /// - Throws: ``JetsError/noScratch(folder:bytes:reason:)``.
    public init(
        _ data: JetData, signal: JetClass, jetSum: JetSum = .all, _ type: ScalarType = .float32, in storage: JetStorage
    ) throws {
        let columns = try TaggingColumns(data, signal: signal, jetSum: jetSum, in: storage)
        constituents = columns.constituents.to(type)
        mask = columns.mask
        jets = try columns.jets(type)
        labels = columns.labels.to(type)
        names = data.index.map { UInt32(truncatingIfNeeded: $0) }
        self.jetSum = jetSum
    }

    /// The scaling that gives these jets' features mean 0 and standard deviation 1.
    public func measuredScaling() -> FeatureScaling {
        FeatureScaling(constituents: constituents, jets: jets, mask: mask)
    }

    /// The jets at the places given.
    public func slice(_ samples: [Int]) -> Slice {
        Slice(
            constituents: constituents.gathered(0, samples), jets: jets.gathered(0, samples),
            mask: mask.gathered(0, samples), labels: labels.gathered(0, samples), names: samples.map { names[$0] },
            jetSum: jetSum, scaling: scaling, teacherLogits: teacherLogits?.gathered(0, samples))
    }

    /// Some of the jets.
    public struct Slice: Sendable {
        /// As in ``TaggingData``; transformed momenta are in double, whatever the data's type.
        public let constituents: Tensor, jets: Tensor
        /// As in ``TaggingData``.
        public let mask: Tensor, labels: Tensor
        /// The jets' names in random streams.
        public let names: [UInt32]
        /// As in ``TaggingData``.
        public let jetSum: JetSum
        /// As in ``TaggingData``.
        public let scaling: FeatureScaling?
        /// As in ``TaggingData``.
        public let teacherLogits: Tensor?

        /// What the network sees of them: features of the momenta rounded to the data's type, and the momenta as they are.
        public var batch: JetBatch {
            let rounded = self.rounded
            let features = Features.compute(constituents: rounded.constituents, jets: rounded.jets, mask: mask)
            return JetBatch(
                features: scaling?(features, mask: mask) ?? features, mask: mask,
                momenta: JetMomenta(constituents: constituents, jets: jets))
        }

        /// What each of the generators does to what the network sees, [K, B, N, 7].
        public func variations(under generators: LorentzGenerators) -> Tensor {
            let rounded = self.rounded
            let raw = Features.variations(
                constituents: rounded.constituents, jets: rounded.jets, mask: mask, under: generators)
            return scaling?.variations(raw) ?? raw
        }

        /// The momenta in the data's type.
        private var rounded: JetMomenta {
            JetMomenta(constituents: constituents.to(labels.scalarType), jets: jets.to(labels.scalarType))
        }

        /// The same jets after a Lorentz transformation each.
        public func transformed(by transformations: LorentzTransformations) -> Slice {
            replacing(
                constituents: transformations(constituents.to(.float64)), jets: transformations(jets.to(.float64)))
        }

        /// The same jets after a transformation each, drawn by `law` under the names `rows`.
        public func transformed(by law: some TransformationLaw, _ stream: RandomStream, _ rows: RowNames) -> Slice {
            let momenta = law.transform(
                constituents: constituents.to(.float64), jets: jets.to(.float64), stream, rows)
            return replacing(constituents: momenta.constituents, jets: momenta.jets)
        }

        /// Other momenta under the same labels and names.
        func replacing(constituents: Tensor, jets: Tensor, mask: Tensor? = nil) -> Slice {
            Slice(
                constituents: constituents, jets: jets, mask: mask ?? self.mask, labels: labels, names: names,
                jetSum: jetSum, scaling: scaling, teacherLogits: teacherLogits)
        }
    }
}
