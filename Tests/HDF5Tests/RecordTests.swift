import Foundation
import HDF5
import Testing

/// Records, booleans and shapes that no file can hold, as h5py writes them (`Fixtures/make.py`).
@Suite struct RecordTests {
    let file: HDF5File

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        file = try HDF5File(path: folder.appendingPathComponent("Fixtures/records.h5").path)
    }

    @Test func `Fields by name, in any numeric type, with their own axes last`() throws {
        let records = try file.dataset("records")
        #expect(records.members.map(\.name) == ["a", "list", "grid", "name", "flag"])
        #expect(records.members.map(\.shape) == [[], [3], [2, 2], [], []])
        #expect(records.members[0].type == .float(bytes: 4) && records.members[4].type == .enumeration(bytes: 1))
        #expect(try records.read(Double.self, member: "a", 0..<5) == [0.5, 1.5, 2.5, 3.5, 4.5])
        #expect(try records.read(Int64.self, member: "list", 1..<3) == [3, 4, 5, 6, 7, 8])
        #expect(try records.read(Float.self, member: "grid", 4..<5) == [16, 17, 18, 19])
        #expect(try records.read(Int64.self, member: "flag", 0..<5) == [1, 0, 1, 1, 0])
        #expect(try records.read(Double.self, member: "a", 2..<2) == [])
    }

    @Test func `Fields that are not there, are no numbers, or rows outside`() throws {
        let records = try file.dataset("records")
        let missing = #expect(throws: HDF5Error.self) { try records.read(Double.self, member: "b", 0..<5) }
        #expect(
            missing?.description.contains("records:b") == true && missing?.description.contains("records:a") == true)
        let text = #expect(throws: HDF5Error.self) { try records.read(Double.self, member: "name", 0..<5) }
        #expect(text?.description.contains("records:name holds strings") == true)
        #expect(throws: HDF5Error.self) { try records.read(Double.self, member: "a", 3..<6) }
    }

    @Test func `Booleans are numbers`() throws {
        let flags = try file.dataset("flags")
        #expect(flags.type == .enumeration(bytes: 1) && flags.type.isNumber && flags.members.isEmpty)
        #expect(try flags.read(Double.self) == [1, 0, 1])
        #expect(try flags.read(Int64.self, [1..<3]) == [0, 1])
    }

    @Test func `A shape that the file can't hold costs no memory`() throws {
        let huge = try file.dataset("huge")
        #expect(huge.shape == [1 << 44])
        let error = #expect(throws: HDF5Error.self) { try huge.read(Double.self) }
        #expect(error?.description.contains("huge claims the shape [17592186044416]") == true)
        let records = try file.dataset("huge_records")
        #expect(throws: HDF5Error.self) { try records.read(Double.self, member: "a", 0..<1 << 44) }
        // A part of it is as good as any.
        #expect(try huge.read(Double.self, [5..<8]) == [0, 0, 0])
        #expect(try file.dataset("zeros").read(Double.self).count == 9_000_000)
    }
}
