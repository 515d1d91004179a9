import Foundation
import Testing

import Columns

@Suite struct NumPyArrayTests {
    let types: NumPyArchive

    init() throws { types = try NumPyArchive(contentsOf: fixture("types.npz")) }

    @Test func `Every type in both byte orders`() throws {
        for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"] {
            for name in [kind, "big_\(kind)"] where types.names.contains(name) {
                let array = try types.array(name)
                #expect(array.numbers() == [0, 1, 2, 100], "\(name)")
                #expect(array.integers() == [0, 1, 2, 100], "\(name)")
            }
        }
        #expect(types.names.contains("big_f4") && types.names.contains("big_u2"))
        #expect(try types.array("b1").numbers() == [0, 1, 1, 1])
        #expect(try types.array("negative").integers() == [-1, -(1 << 62)])
        #expect(try types.array("beyond").integers() == [nil, 3])
        #expect(try types.array("halves").numbers() == [0.5, -2, .infinity])
        #expect(try types.array("halves").integers() == [nil, -2, nil])
    }

    @Test func `Columns of C and of Fortran order`() throws {
        let rows = try types.array("rows"), columns = try types.array("columns")
        #expect(rows.shape == [3, 2] && columns.shape == [3, 2])
        #expect(rows.numbers(column: 0) == [0, 2, 4] && rows.numbers(column: 1) == [1, 3, 5])
        #expect(columns.numbers(column: 0) == [0, 2, 4] && columns.integers(column: 1) == [1, 3, 5])
    }

    @Test(arguments: 1...3) func `Versions of the format`(version: Int) throws {
        #expect(try NumPyArray(contentsOf: fixture("version\(version).npy")).numbers() == [1.5, -2.5, 1e300])
    }

    @Test func `Half precision is that of the processor`() {
        for bits in UInt16.min...UInt16.max {
            let own = NumPyArray.half(bits), wanted = Double(Float16(bitPattern: bits))
            #expect(own == wanted || own.isNaN && wanted.isNaN)
        }
    }

    @Test func `What is written is read again`() throws {
        let numbers = [0.1, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        let array = try NumPyArray(NumPyArray.bytes(of: .numbers(numbers)), file: "a.npy")
        #expect(array.shape == [4] && array.numbers() == numbers)
        let whole: [Int64] = [.min, -1, 0, .max]
        #expect(try NumPyArray(NumPyArray.bytes(of: .integers(whole)), file: "a.npy").integers() == whole)
        // Numbers begin at a multiple of 64 bytes, as the format asks for.
        #expect(NumPyArray.bytes(of: .numbers(numbers)).count % 64 == 32)
    }

    @Test func `Pickled objects, records and other numbers are refused, with what to do`() {
        for (name, words) in [("objects.npy", "run code"), ("records.npy", "save each field")] {
            let error = #expect(throws: ColumnsError.self) { try NumPyArray(contentsOf: fixture(name)) }
            #expect(error?.description.contains(name) == true && error?.description.contains(words) == true)
        }
        for type in ["<c16", "<f16", "<U4", "<M8", "f8", "<i3", "|b2", "<f1", "<é8"] {
            expect(header("{'descr': '\(type)', 'fortran_order': False, 'shape': (1,), }"), "x.npy")
        }
    }

    @Test func `Headers that no array has`() {
        let good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }"
        #expect(throws: Never.self) { try NumPyArray(header(good), file: "x.npy") }
        for bad in [
            good.replacing("(1,)", with: "(-1,)"), good.replacing("(1,)", with: "(1"),
            good.replacing("(1,)", with: "(4611686018427387904, 4)"), good.replacing("(1,)", with: "(2,)"),
            good.replacing("(1,)", with: "(99999999999999999999,)"), good.replacing("(1,)", with: "1"),
            good.replacing("False", with: "Maybe"), good.replacing("'shape'", with: "'form'"),
            good.replacing("'descr'", with: "'shape'"), good + "x", "", "{", "{'a", "[1]",
            good.replacing("'<f8'", with: "__import__('os')"),
        ] {
            expect(header(bad), "x.npy")
        }
        var other = header(good)
        other[6] = 4
        expect(other, "version is 4.0")
        other = header(good)
        other[9] = 0xFF
        expect(other, "x.npy")
        for length in 0..<header(good).count { expect(header(good).prefix(length), "x.npy") }
        expect(header(good) + Data([0]), "more behind it")
    }

    /// A file of version 1 with that header and one double.
    private func header(_ text: String) -> Data {
        let length = text.utf8.count
        return Data(NumPyHeader.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8))
            + Data(count: 8)
    }

    private func expect(_ data: Data, _ words: String, _ location: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: ColumnsError.self, sourceLocation: location) {
            try NumPyArray(data, file: "x.npy")
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")", sourceLocation: location)
    }
}
