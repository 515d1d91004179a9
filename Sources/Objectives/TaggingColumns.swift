import Jets
import Torch

/// What ``TaggingData`` is made of, column by column, in memory or in scratch files: the jets' momenta are shared, and the
/// rest is filled piece by piece.
struct TaggingColumns {
    /// [N, n, 4] in float: the jets' own memory.
    let constituents: Tensor
    /// [N, n]
    let mask: Tensor
    /// [N] in float
    let labels: Tensor
    private let data: JetData
    private let jetSum: TaggingData.JetSum
    private let storage: JetStorage

    /// Jets whose sums are made at once.
    private static let piece = 1 << 16

    init(_ data: JetData, signal: JetClass, jetSum: TaggingData.JetSum, in storage: JetStorage) throws {
        let count = data.count, slots = data.constituents
        constituents = data.fourMomenta.tensor([count, slots, 4])
        mask = try Column<Bool>(count: count * slots, in: storage) { mask in
            data.fourMomenta.withUnsafeBufferPointer { momenta in
                for slot in mask.indices { mask[slot] = momenta[4 * slot] > 0 }
            }
        }.tensor([count, slots])
        labels = try Column<Float>(count: count, in: storage) { labels in
            data.classes.withUnsafeBufferPointer { classes in
                for jet in labels.indices { labels[jet] = classes[jet] == signal.rawValue ? 1 : 0 }
            }
        }.tensor([count])
        self.data = data
        self.jetSum = jetSum
        self.storage = storage
    }

    /// [N, 4] the jets' four-momenta. In another type than float they are all in memory.
    func jets(_ type: ScalarType) throws -> Tensor {
        let count = data.count
        guard type == .float32 else {
            return jetSum == .all ? data.jetMomenta.tensor([count, 4]).to(type) : sums(0..<count, type)
        }
        return try Column<Float>(count: 4 * count, in: storage) { jets in
            switch jetSum {
            case .all:
                data.jetMomenta.withUnsafeBufferPointer { momenta in
                    for place in jets.indices { jets[place] = Float(momenta[place]) }
                }
            case .kept:
                for start in stride(from: 0, to: count, by: TaggingColumns.piece) {
                    sums(start..<min(start + TaggingColumns.piece, count), type).withElements(Float.self) { sums in
                        _ = jets[4 * start..<4 * start + sums.count].update(fromContentsOf: sums)
                    }
                }
            }
        }.tensor([count, 4])
    }

    /// The sums of the constituents, in double, rounded then.
    private func sums(_ jets: Range<Int>, _ type: ScalarType) -> Tensor {
        constituents.narrowed(0, from: jets.lowerBound, length: jets.count).to(.float64).sum(1).to(type)
    }
}
