import Foundation
import Networks
import Support
import Testing

@Suite struct DamagedSafetensorsTests {
    /// A file of this header and this many zero bytes of data.
    private func file(_ header: String, bytes: Int) -> Data {
        Data([UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8), 0, 0, 0, 0, 0, 0]) + Data(header.utf8)
            + Data(count: bytes)
    }

    private func read(_ data: Data) throws(SafetensorsError) { _ = try Safetensors(data, file: "f") }

    @Test func theHeaderLengthMustFit() {
        #expect(throws: SafetensorsError.tooShort(file: "f", bytes: 7)) { try read(Data(count: 7)) }
        #expect(throws: SafetensorsError.headerLength(file: "f", length: 9, allowed: 4)) {
            try read(Data([9, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]))
        }
        #expect(throws: SafetensorsError.headerLength(file: "f", length: .max, allowed: 0)) {
            try read(Data(repeating: 255, count: 8))
        }
    }

    /// A decoder of JSON takes other encodings too, in which a quotation mark is part of other characters.
    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf32LittleEndian])
    func theHeaderMustBeUTF8(encoding: String.Encoding) throws {
        let text = try #require("{\"__metadata__\":{\"a\":\"∢\"}}".data(using: encoding))
        var data = Data([UInt8(text.count), 0, 0, 0, 0, 0, 0, 0]) + text
        #expect(throws: SafetensorsError.header(file: "f", reason: "it is no text in UTF-8")) { try read(data) }
        data = file(#"{"__metadata__":{"a":"é"}}"#, bytes: 0)
        data[data.count - 5] = 0xFF
        #expect(throws: SafetensorsError.header(file: "f", reason: "it is no text in UTF-8")) { try read(data) }
    }

    /// A hostile file may have any number of names; the error stays readable, and quick to make.
    @Test func aMillionNamesAreNotListed() throws {
        let entries = (0..<50_000).map { SafetensorsEntry(name: "\($0)", shape: [0], values: [Float]()) }
        let error = #expect(throws: SafetensorsError.self) {
            try Safetensors(tensors: entries).check([("embed.weight", [2, 2])], file: "f")
        }
        #expect(error?.description.contains("and 49971 more") == true)
    }

    @Test(arguments: ["", "[]", " {}", "{", "{}}", #"{"a" 1}"#])
    func theHeaderMustBeAnObject(header: String) {
        let error = #expect(throws: SafetensorsError.self) { try read(file(header, bytes: 0)) }
        guard case .header("f", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        #"{"a":3}"#, #"{"a":{}}"#, #"{"a":{"dtype":"F32","shape":[1]}}"#,
        #"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
        #"{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#,
    ])
    func anEntryMustBeWhole(header: String) {
        let error = #expect(throws: SafetensorsError.self) { try read(file(header, bytes: 4)) }
        guard case .entry("f", "a", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func metadataMustBeStrings() {
        for value in ["3", #"{"a":1}"#, #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#] {
            let error = #expect(throws: SafetensorsError.self) {
                try read(file(#"{"__metadata__":\#(value)}"#, bytes: 4))
            }
            #expect(error?.description.contains("__metadata__") == true)
        }
    }

    @Test func theDataTypeMustBeKnown() {
        #expect(throws: SafetensorsError.dataType(file: "f", tensor: "a", value: "F8_E4M3")) {
            try read(file(#"{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#, bytes: 4))
        }
    }

    @Test func shapeAndBytesMustAgree() {
        #expect(throws: SafetensorsError.size(file: "f", tensor: "a", shape: [2], dataType: "F32", bytes: 4)) {
            try read(file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, bytes: 4))
        }
        // A product that overflows, and two negative sizes whose product would be right.
        for shape in [[4_294_967_296, 4_294_967_296], [-1, -1]] {
            #expect(throws: SafetensorsError.size(file: "f", tensor: "a", shape: shape, dataType: "F32", bytes: 4)) {
                try read(file(#"{"a":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,4]}}"#, bytes: 4))
            }
        }
    }

    @Test func offsetsMustCoverTheFileWithoutGapOrOverlap() {
        func two(_ first: String, _ second: String) -> String {
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":\#(first)},"#
                + #""b":{"dtype":"F32","shape":[1],"data_offsets":\#(second)}}"#
        }
        #expect(throws: Never.self) { try read(file(two("[0,4]", "[4,8]"), bytes: 8)) }
        #expect(throws: SafetensorsError.offset(file: "f", tensor: "b", begin: 8, expected: 4)) {
            try read(file(two("[0,4]", "[8,12]"), bytes: 12))
        }
        #expect(throws: SafetensorsError.offset(file: "f", tensor: "b", begin: 2, expected: 4)) {
            try read(file(two("[0,4]", "[2,6]"), bytes: 6))
        }
        #expect(throws: SafetensorsError.offset(file: "f", tensor: "a", begin: 4, expected: 0)) {
            try read(file(two("[4,8]", "[8,12]"), bytes: 12))
        }
        #expect(throws: SafetensorsError.outOfBounds(file: "f", tensor: "b", end: 8, available: 7)) {
            try read(file(two("[0,4]", "[4,8]"), bytes: 7))
        }
        #expect(throws: SafetensorsError.uncovered(file: "f", used: 8, available: 9)) {
            try read(file(two("[0,4]", "[4,8]"), bytes: 9))
        }
    }

    @Test func noNameTwice() {
        let entry = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
        #expect(throws: SafetensorsError.repeated(file: "f", name: "a")) {
            try read(file(#"{"a":\#(entry), "\u0061" :\#(entry)}"#, bytes: 4))
        }
        #expect(throws: SafetensorsError.repeated(file: "f", name: "shape")) {
            try read(file(#"{"a":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,4]}}"#, bytes: 4))
        }
        // The same word as a name and as a value, or in two objects, is no repetition.
        #expect(throws: Never.self) {
            try read(file(#"{"__metadata__":{"x":"x","dtype":"x"},"a":\#(entry)}"#, bytes: 4))
        }
    }

    /// Cut anywhere, or with any one bit of the header's length turned, a file is never read as whole.
    @Test func everyCutAndEveryWrongLengthIsNoticed() throws {
        let whole = try Safetensors(tensors: [
            SafetensorsEntry(name: "a", shape: [2], values: [1, 2] as [Float]),
            SafetensorsEntry(name: "b", shape: [1], values: [3 as Float]),
        ]).data(file: "f")
        for length in 0..<whole.count { #expect(throws: SafetensorsError.self) { try read(whole.prefix(length)) } }
        for bit in 0..<64 {
            var damaged = whole
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SafetensorsError.self) { try read(damaged) }
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: FileError.cannotRead(path: "/nowhere/w.safetensors")) {
            try Safetensors(contentsOf: "/nowhere/w.safetensors")
        }
    }

    @Test func messagesNameFileAndTensor() {
        let message = SafetensorsError.outOfBounds(file: "w.safetensors", tensor: "embed.weight", end: 8, available: 7)
            .description
        #expect(message.contains("w.safetensors") && message.contains("embed.weight") && message.contains("cut off"))
    }
}
