import Jets
import Networks
import Torch

/// Jets as tensors, ready to be cut into slices: what a tagging objective is a mean over.
public struct TaggingData: Sendable {
    /// [N, n, 4], (E, px, py, pz) in GeV, zero where there is no constituent.
    public private(set) var constituents: Tensor
    /// [N, 4], the jets' four-momenta.
    public private(set) var jets: Tensor
    /// [N, n], true where there is a constituent.
    public private(set) var mask: Tensor
    /// [N], 1 for signal, 0 for background.
    public private(set) var labels: Tensor
    /// The jets' names in random streams: their places in the files that they were read from.
    public private(set) var names: [UInt32]
    /// What ``jets`` are the sums of.
    public private(set) var jetSum: JetSum
    /// How features are scaled before the network sees them; nil leaves them as they are.
    public var scaling: FeatureScaling?
    /// [N], what a student of these jets is to learn: its teacher's logits.
    public var teacherLogits: Tensor? {
        didSet { teacherLogits = teacherLogits?.to(device) }
    }

    /// ``names`` as whole numbers [N] beside the jets, where a training is to need nothing of the host
    /// (``resident(on:)``).
    public private(set) var residentNames: Tensor?

    /// N.
    public var count: Int { names.count }

    /// Where the jets lie.
    public var device: Device { labels.device }

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
    /// - Throws: `JetsError.noScratch`.
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
        if ComputeDevice.current != .cpu { self = resident(on: ComputeDevice.current) }
    }

    /// These jets and all that a training needs of them on a device.
    public func resident(on device: Device) -> TaggingData {
        var moved = self
        moved.constituents = constituents.to(device)
        moved.jets = jets.to(device)
        moved.mask = mask.to(device)
        moved.labels = labels.to(device)
        moved.residentNames = Tensor(names.map(Int64.init)).to(device)
        moved.teacherLogits = teacherLogits?.to(device)
        return moved
    }

    /// The scaling that gives these jets' features mean 0 and standard deviation 1.
    public func measuredScaling() -> FeatureScaling {
        FeatureScaling(constituents: constituents, jets: jets, mask: mask)
    }

    /// The jets at the places given.
    public func slice(_ samples: [Int]) -> Slice {
        Slice(
            constituents: constituents.gathered(0, samples), jets: jets.gathered(0, samples),
            mask: mask.gathered(0, samples), labels: labels.gathered(0, samples),
            jetNames: .host(samples.map { names[$0] }), jetSum: jetSum, scaling: scaling,
            teacherLogits: teacherLogits?.gathered(0, samples))
    }

    /// The jets at the places given, whole numbers [B] on the jets' device.
    ///
    /// - Precondition: the jets are resident (``resident(on:)``).
    public func slice(at places: Tensor) -> Slice {
        guard let residentNames else { preconditionFailure("these jets' names don't lie on a device: resident(on:)") }
        return Slice(
            constituents: constituents.gathered(at: places), jets: jets.gathered(at: places),
            mask: mask.gathered(at: places), labels: labels.gathered(at: places),
            jetNames: .device(residentNames.gathered(at: places)), jetSum: jetSum, scaling: scaling,
            teacherLogits: teacherLogits?.gathered(at: places))
    }

    /// Some of the jets.
    public struct Slice: Sendable {
        /// As in ``TaggingData``; transformed momenta are in double, whatever the data's type.
        public let constituents: Tensor, jets: Tensor
        /// As in ``TaggingData``.
        public let mask: Tensor, labels: Tensor
        /// The jets' names in random streams.
        let jetNames: JetNames
        /// As in ``TaggingData``.
        public let jetSum: JetSum
        /// As in ``TaggingData``.
        public let scaling: FeatureScaling?
        /// As in ``TaggingData``.
        public let teacherLogits: Tensor?

        /// Names that the host knows, or whole numbers [B] on a device.
        enum JetNames: Sendable {
            case host([UInt32])
            case device(Tensor)
        }

        /// The jets' names in random streams.
        ///
        /// - Precondition: the host knows them: the slice was cut by ``TaggingData/slice(_:)``.
        public var names: [UInt32] {
            guard case .host(let names) = jetNames else {
                preconditionFailure("the names of these jets lie on a device, and the host does not know them")
            }
            return names
        }

        /// How rows for these jets draw random numbers in one view: anew in each training epoch, and always the same in an
        /// evaluation.
        func rows(_ mode: EvaluationMode, view: UInt32) -> RowNames {
            switch jetNames {
            case .host(let names): return RowNames(jets: names, epoch: mode.trainingEpoch ?? 0, view: view)
            case .device(let names):
                let epoch = mode.residentEpoch ?? .constant([0], .int64, device: names.device)
                return RowNames(resident: names, epoch: epoch, view: view)
            }
        }

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
                constituents: constituents, jets: jets, mask: mask ?? self.mask, labels: labels,
                jetNames: jetNames, jetSum: jetSum, scaling: scaling, teacherLogits: teacherLogits)
        }
    }
}
