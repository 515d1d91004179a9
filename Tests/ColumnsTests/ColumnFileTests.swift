import Foundation
import HDF5
import Support
import Testing

import Columns

@Suite struct ColumnFileTests {
    @Test func `Datasets, tables, records and booleans that h5py wrote`() throws {
        let file = try ColumnFile(fixture("scores.h5"))
        #expect(file.format == .hdf5)
        #expect(
            file.names == [
                "both:0", "both:1", "is_top", "net/p_top", "table:score", "table:run", "table:pair:0", "table:pair:1",
            ])
        let (numbers, integers) = try file.read(
            numbers: ["net/p_top", "both:1", "table:score", "is_top"], integers: ["table:run", "table:pair:1"])
        #expect(numbers[0] == [0, 0.2, 0.4, 0.6, 0.8, 1].map { Double(Float($0)) })
        #expect(numbers[1] == [1, 3, 5, 7, 9, 11] && numbers[2] == [0, 0.25, 0.5, 0.75, 1, 1.25])
        #expect(numbers[3] == [0, 1, 0, 1, 1, 0])
        #expect(integers == [[0, 1, 2, 3, 4, 5], [1, 3, 5, 7, 9, 11]])
    }

    @Test func `A DataFrame's columns have their own names`() throws {
        let file = try ColumnFile(fixture("pandas.h5"))
        #expect(file.names == ["score", "other", "label"])
        let (numbers, integers) = try file.read(numbers: ["other", "score"], integers: ["label"])
        #expect(numbers == [[0.5, 1.5, 2.5, -3.5], [0, 0.125, 0.25, 0.375]] && integers == [[0, 1, 1, 0]])
    }

    @Test func `NumPy's files, whatever their names`() throws {
        try withScratchFolder { folder in
            #expect(try ColumnFile(fixture("version1.npy")).names == ["version1"])
            let archive = try ColumnFile(fixture("types.npz"))
            #expect(archive.format == .npz && archive.has("rows:1") && archive.has("u8") && !archive.has("rows"))
            #expect(try archive.read(numbers: ["rows:1", "columns:0"]).numbers == [[1, 3, 5], [0, 2, 4]])
            try FileManager.default.copyItem(atPath: fixture("deflated.npz"), toPath: "\(folder)/scores.dat")
            #expect(try ColumnFile("\(folder)/scores.dat").names == ["logit", "label"])
        }
    }

    @Test func `Unequal lengths, NaN and numbers that are not whole name column and row`() throws {
        let types = try ColumnFile(fixture("types.npz"))
        func expect(_ words: String, _ body: () throws -> Void) {
            let error = #expect(throws: ColumnsError.self, performing: body)
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
        expect("rows:0 has 3 rows and f8 4") { _ = try types.read(numbers: ["f8", "rows:0"]) }
        expect("row 0: beyond is “1.8446744073709552e+19”") { _ = try types.read(numbers: [], integers: ["beyond"]) }
        expect("row 0: halves is “0.5”") { _ = try types.read(numbers: [], integers: ["halves"]) }
        expect("no column logits") { _ = try types.read(numbers: ["logits"]) }
        try withScratchFolder { folder in
            let writer = try HDF5Writer(path: "\(folder)/x.h5")
            try writer.addDataset("score", of: Double.self).append([0, 1, .nan])
            try writer.close()
            expect("x.h5, row 2: score is “nan”") { _ = try ColumnFile("\(folder)/x.h5").read(numbers: ["score"]) }
        }
        expect("its shape is []") { _ = try ColumnFile(fixture("single.npy")) }
    }

    @Test func `Missing files, folders and files that are nothing of these`() throws {
        #expect(throws: FileError.self) { try ColumnFile(fixture("none.csv")) }
        #expect(throws: FileError.self) { try ColumnFile(NSTemporaryDirectory()) }
        try withScratchFolder { folder in
            try Data([1, 0, 2, 3]).write(to: URL(fileURLWithPath: "\(folder)/x.bin"))
            let error = #expect(throws: ColumnsError.self) { try ColumnFile("\(folder)/x.bin") }
            #expect(error?.description.contains("neither CSV nor HDF5") == true)
            try Data("no HDF5".utf8).write(to: URL(fileURLWithPath: "\(folder)/x.h5"))
            #expect(throws: HDF5Error.self) { try ColumnFile("\(folder)/x.h5") }
        }
    }
}
