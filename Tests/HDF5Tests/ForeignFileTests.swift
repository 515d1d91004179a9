import Foundation
import HDF5
import Testing

/// A file that h5py wrote (`Fixtures/make.py`): variable-length and padded strings, other byte orders and widths, groups.
@Suite struct ForeignFileTests {
    let file: HDF5File

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        file = try HDF5File(path: folder.appendingPathComponent("Fixtures/h5py.h5").path)
    }

    @Test func stringsOfEveryKind() throws {
        #expect(try file.dataset("variable").type == .variableString)
        #expect(try file.dataset("variable").readStrings() == ["j1_px", "", "Δη and a longer name"])
        #expect(try file.dataset("fixed").readStrings() == ["ab", "abcde", ""])
        #expect(try file.dataset("spaces").readStrings() == ["ab", " abc"])
    }

    @Test func numbersOfOtherWidthsAndOrders() throws {
        #expect(try file.dataset("big_endian").read(Float.self) == [1.5, -2.25, 3, 1e30])
        #expect(try file.dataset("half").type == .float(bytes: 2))
        #expect(try file.dataset("half").read(Double.self) == [0.5, -2])
        #expect(try file.dataset("short").read(Int64.self) == [-3, 300])
        #expect(try file.dataset("single").shape == [])
        #expect(try file.dataset("single").read(Double.self) == [7])
    }

    @Test func groupsAndPiecesAcrossColumns() throws {
        #expect(
            file.datasets == [
                "big_endian", "compound", "fixed", "group/deep/packed", "half", "short", "single", "spaces", "variable",
            ])
        #expect(file.has("group/deep/packed"))
        #expect(!file.has("group/none") && !file.has("none/deep/packed"))
        let packed = try file.dataset("group/deep/packed")
        #expect(packed.chunkShape == [3, 4])
        #expect(try packed.read(Double.self, [2..<4], columns: [5, 1]) == [17, 13, 23, 19])
    }

    @Test func attributes() throws {
        #expect(try file.attribute("text") == .string("Monash 2013"))
        #expect(try file.attribute("texts") == .strings(["a", "Δφ"]))
        #expect(try file.attribute("flags") == .integers([1, -1]))
        #expect(try file.attribute("half") == .number(0.5))
    }

    @Test func compoundsAreNotRead() throws {
        let error = #expect(throws: HDF5Error.self) { try file.dataset("compound").read(Double.self) }
        #expect(error?.description.contains("compound holds") == true)
    }

    @Test func groupsAreNoDatasets() throws {
        #expect(throws: HDF5Error.self) { try file.dataset("group") }
    }
}
