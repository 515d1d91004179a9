import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// Damaged and hostile `.pt2` archives: a clear error each, no crash, nothing allocated at the file's word.
@Suite(.enabled(if: PyTorch.isThere))
struct HostileProgramTests {
    private static let whole = Result { try StoredArchive(contentsOf: try Programs.path("deep-sets.pt2")) }
    private var whole: StoredArchive { get throws { try Self.whole.get() } }

    private func complaint(_ data: Data) -> String {
        do {
            let program = try ExportedProgram(data, file: "hostile.pt2")
            _ = try program.check(program.exampleInputs(count: 2) ?? [])
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    /// The archive with an entry's text changed.
    private func changed(_ ending: String, _ change: (inout String) -> Void) throws -> Data {
        var archive = try whole
        let place = archive.place(ending)
        var text = String(decoding: archive.entries[place].content, as: UTF8.self)
        let before = text
        change(&text)
        #expect(text != before)
        archive.entries[place].content = Array(text.utf8)
        return archive.data()
    }

    private func replaced(_ ending: String, _ old: String, _ new: String) throws -> Data {
        try changed(ending) { text in
            if let place = text.range(of: old) { text.replaceSubrange(place, with: new) }
        }
    }

    @Test func `The archive that is damaged below is whole`() throws {
        #expect(complaint(try whole.data()) == "nothing")
    }

    @Test func `A file that was cut off anywhere is refused`() throws {
        let data = try whole.data()
        for part in 0..<40 {
            let complaint = complaint(data.prefix(data.count * part / 40))
            #expect(complaint.hasPrefix("hostile.pt2"), "\(complaint)")
        }
    }

    @Test func `Packed entries and entries of impossible sizes are refused`() throws {
        #expect(complaint(try whole.data(method: 8)).contains("is packed"))
        let tooLong = try whole.data { place, size in place == 0 ? 0x7FFF_FFFF : size }
        #expect(complaint(tooLong).contains("cut off"))
        var twice = try whole
        twice.entries.append(twice.entries[0])
        #expect(complaint(twice.data()).contains("is there twice"))
    }

    @Test func `A flipped bit in a weight is found`() throws {
        let archive = try whole
        var data = archive.data()
        let weights = archive.entries[archive.place("weights/weight_2")].content
        let place = data.range(of: Data(weights))!.lowerBound
        data[place + 5] ^= 0x10
        #expect(complaint(data).contains("checksum"))
    }

    @Test func `Weights that are missing, short, elsewhere or pickled are refused`() throws {
        var missing = try whole
        missing.entries.remove(at: missing.place("weights/weight_2"))
        #expect(complaint(missing.data()).contains("missing"))
        var short = try whole
        let place = short.place("weights/weight_2")
        short.entries[place].content.removeLast(4)
        #expect(complaint(short.data()).contains("numbers"))
        let config = "model_weights_config.json"
        #expect(complaint(try replaced(config, "\"weight_2\"", "\"../../../etc/passwd\"")).contains("missing"))
        #expect(complaint(try replaced(config, "\"use_pickle\": false", "\"use_pickle\": true")).contains("pickled"))
    }

    @Test func `Shapes that claim more than is there allocate nothing`() throws {
        let config = "model_weights_config.json"
        for claim in ["1152921504606846976", "9223372036854775807", "-3", "100000000000"] {
            let complaint = complaint(try replaced(config, "{\"as_int\": 12}", "{\"as_int\": \(claim)}"))
            #expect(complaint.hasPrefix("hostile.pt2"), "\(complaint)")
        }
        // Strides of 0 would spread one number over a tensor of any size.
        let spread = try changed(config) { text in
            text = text.replacingOccurrences(
                of: "\"storage_offset\": {\"as_int\": 0}", with: "\"storage_offset\": {\"as_int\": 1000000}")
        }
        #expect(complaint(spread).contains("do not lie where"))
    }

    @Test func `Names that are undefined, cyclic or defined twice are refused`() throws {
        let model = "models/model.json"
        let undefined = try replaced(
            model, "{\"as_tensor\": {\"name\": \"gelu\"}}, \"kind\"",
            "{\"as_tensor\": {\"name\": \"nowhere\"}}, \"kind\"")
        #expect(complaint(undefined).contains("nothing before it defines"))
        // A node that uses what it gives itself.
        let cyclic = try changed(model) { text in
            let node = text.range(of: "torch.ops.aten.gelu.default")!
            let use = text.range(of: "\"name\": \"linear\"", range: node.upperBound..<text.endIndex)!
            text.replaceSubrange(use, with: "\"name\": \"gelu\"")
        }
        #expect(complaint(cyclic).contains("nothing before it defines"))
        let twice = try changed(model) { text in
            let node = text.range(of: "torch.ops.aten.gelu.default")!
            let output = text.range(
                of: "\"outputs\": [{\"as_tensor\": {\"name\": \"gelu\"}}]", range: node.upperBound..<text.endIndex)!
            text.replaceSubrange(output, with: "\"outputs\": [{\"as_tensor\": {\"name\": \"linear\"}}]")
        }
        #expect(complaint(twice).contains("defined twice"))
    }

    @Test(arguments: [
        ("aten.nonsense.default", "no such operator"), ("evil.system.default", "not PyTorch's own"),
        ("aten.from_file.default", "opens files"), ("higher_order.cond.default", "blocks of their own"),
    ])
    func `Operators that are unknown or reach out of the network are refused`(name: String, part: String) throws {
        let complaint = complaint(try replaced("models/model.json", "torch.ops.aten.gelu.default", "torch.ops.\(name)"))
        #expect(complaint.contains(part) && complaint.contains(name), "\(complaint)")
    }

    @Test func `A function of Python's is not called`() throws {
        let complaint = complaint(try replaced("models/model.json", "torch.ops.aten.gelu.default", "os.system"))
        #expect(complaint.contains("os.system") && complaint.contains("can't hold this function"))
    }

    @Test func `Arguments of the wrong kind are refused`() throws {
        for wrong in [
            "{\"as_string\": \"x\"}", "{\"as_ints\": [1, 2]}", "{\"as_none\": true}", "{\"as_floats\": [\"Infinity\"]}",
        ] {
            let data = try replaced(
                "models/model.json", "{\"name\": \"dim\", \"arg\": {\"as_int\": -1}",
                "{\"name\": \"dim\", \"arg\": \(wrong)")
            let complaint = complaint(data)
            #expect(complaint.contains("could not be run"), "\(complaint)")
        }
    }

    @Test func `JSON that is no JSON, too deep, or of another version is refused`() throws {
        var deep = try whole
        deep.entries[deep.place("models/model.json")].content = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(complaint(deep.data()).contains("model.json"))
        #expect(complaint(try replaced("models/model.json", "\"nodes\"", "\"knots\"")).contains("`nodes`"))
        #expect(complaint(try replaced("models/model.json", "\"major\": 8", "\"major\": 99")).contains("version"))
    }
}
