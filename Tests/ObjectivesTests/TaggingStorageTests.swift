import Fixtures
import Foundation
import Jets
import Objectives
import Testing
import Torch

/// Tensors are the same over scratch files and in memory.
struct TaggingStorageTests {
    @Test(arguments: TaggingData.JetSum.allCases)
    func `Tensors over files hold what tensors in memory hold`(jetSum: TaggingData.JetSum) throws {
        let folder = NSTemporaryDirectory() + "goldstone-tagging-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = JetStorage(limit: 0, folder: folder), plain = Example.jets(150, constituents: 9)
        let kept = try plain.copied((0..<150).map { $0 }, to: storage), before = storage.used.files
        var tensors: TaggingData? = try TaggingData(kept, signal: .w, jetSum: jetSum, in: storage)
        // Mask, sums and labels; the constituents are not copied.
        #expect(storage.used.files - before == 150 * (9 + 16 + 4) && storage.used.memory == 0)
        let expected = TaggingData(plain, signal: .w, jetSum: jetSum)
        let found = try #require(tensors)
        for (own, other) in [
            (found.constituents, expected.constituents), (found.jets, expected.jets), (found.labels, expected.labels),
            (found.mask, expected.mask),
        ] {
            #expect(own.shape == other.shape && own.scalarType == other.scalarType)
            #expect(own.elements(Float.self) == other.elements(Float.self))
        }
        #expect(found.names == expected.names && found.measuredScaling() == expected.measuredScaling())
        // A slice outlives the tensors that it was cut from, and a tensor the jets.
        let slice = found.slice([149, 3, 3]), tensor = found.constituents
        tensors = nil
        #expect(
            slice.constituents.elements(Float.self) == expected.slice([149, 3, 3]).constituents.elements(Float.self))
        #expect(tensor.elements(Float.self) == Array(plain.fourMomenta))
    }

    @Test func `What memory has room for is as before`() throws {
        let jets = Example.jets(40)
        for type in [ScalarType.float32, .float64] {
            for jetSum in TaggingData.JetSum.allCases {
                let data = TaggingData(jets, signal: .w, jetSum: jetSum, type)
                // Word by word: copies of the columns, converted whole.
                let constituents = Tensor(Array(jets.fourMomenta), shape: [40, 12, 4]).to(type)
                let sums =
                    jetSum == .all
                    ? Tensor(Array(jets.jetMomenta), shape: [40, 4]).to(type)
                    : constituents.to(.float64).sum(1).to(type)
                #expect(data.constituents.elements(Double.self) == constituents.elements(Double.self))
                #expect(data.jets.elements(Double.self) == sums.elements(Double.self))
                #expect(data.jets.scalarType == type && data.labels.scalarType == type && data.mask.scalarType == .bool)
                #expect(data.labels.elements(Double.self) == (0..<40).map { $0 % 2 == 0 ? 1 : 0 })
            }
        }
    }
}
