import Foundation
import HDF5
import Jets
import Testing

/// Archives that can't be read to their end are errors that name them; a damaged member names itself.
@Suite struct DamagedArchiveTests {
    /// An archive of two files of jets, spoilt by `change`, and what reading it says.
    func error(_ change: (inout Data) -> Void) throws -> (path: String, error: (any Error)?) {
        try withScratchFolder { folder in
            for name in 1...2 { try SyntheticFile(everyClass(60), seed: UInt64(name)).write("\(folder)/\(name).h5") }
            try tar(["-czf", "jets.tar.gz", "1.h5", "2.h5"], in: folder)
            let path = folder + "/jets.tar.gz"
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            change(&bytes)
            try bytes.write(to: URL(fileURLWithPath: path))
            do {
                _ = try JetReader().read([path])
                return (path, nil)
            } catch {
                return (path, error)
            }
        }
    }

    func isDamaged(_ result: (path: String, error: (any Error)?)) -> Bool {
        guard case .damagedArchive(let archive, let reason)? = result.error as? JetsError else { return false }
        return archive == result.path && !reason.isEmpty
    }

    @Test func wholeArchive() throws {
        #expect(try error { _ in }.error == nil)
    }

    @Test(arguments: [0.001, 0.3, 0.7, 0.99])
    func truncated(fraction: Double) throws {
        #expect(isDamaged(try error { $0 = $0.prefix(Int(Double($0.count) * fraction)) }))
    }

    /// Without its last byte only the check sum at the end is incomplete.
    @Test func lastByteMissing() throws {
        #expect(isDamaged(try error { $0.removeLast() }))
    }

    @Test func wrongCheckSum() throws {
        #expect(isDamaged(try error { $0[$0.endIndex - 6] ^= 0xFF }))
    }

    @Test func corruptInTheMiddle() throws {
        #expect(isDamaged(try error { data in for at in data.count / 2..<data.count / 2 + 64 { data[at] = 0xFF } }))
    }

    @Test func noArchiveAtAll() throws {
        #expect(isDamaged(try error { $0 = Data(repeating: 65, count: 4096) }))
        #expect(isDamaged(try error { $0 = Data("short".utf8) }))
    }

    @Test func archiveWithoutJets() throws {
        try withScratchFolder { folder in
            try Data("notes".utf8).write(to: URL(fileURLWithPath: folder + "/notes.txt"))
            try tar(["-czf", "notes.tar.gz", "notes.txt"], in: folder)
            #expect(throws: JetsError.noMembers(archive: folder + "/notes.tar.gz")) {
                try JetReader().read([folder + "/notes.tar.gz"])
            }
        }
    }

    @Test func damagedMemberIsNamed() throws {
        try withScratchFolder { folder in
            try SyntheticFile(everyClass(20)).write(folder + "/1.h5")
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/1.h5"))
            try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: folder + "/2.h5"))
            try tar(["-czf", "jets.tar.gz", "1.h5", "2.h5"], in: folder)
            let error = #expect(throws: HDF5Error.self) { try JetReader().read([folder + "/jets.tar.gz"]) }
            #expect(error?.description.hasPrefix("\(folder)/jets.tar.gz: 2.h5: ") == true)
        }
    }

    /// Sizes that a header may claim: each costs no more memory than there are bytes.
    @Test(arguments: ["negative", "huge", "endless", "extended", "extended negative", "long name"])
    func sizesThatNoMemberHas(kind: String) throws {
        try withScratchFolder { folder in
            let path = folder + "/jets.tar"
            var header = Data(count: 512)
            func put(_ bytes: some Sequence<UInt8>, _ place: Int) {
                for (i, byte) in bytes.enumerated() { header[place + i] = byte }
            }
            put("1.h5".utf8, 0)
            put("ustar".utf8, 257)
            header[156] = UInt8(ascii: "0")
            var behind = Data(count: 512)
            switch kind {
            case "negative": put([0x80] + [UInt8](repeating: 0, count: 3) + [UInt8](repeating: 0xFF, count: 8), 124)
            case "huge": put([0x80, 0, 0, 0, 0x40] + [UInt8](repeating: 0, count: 7), 124)
            case "endless": put([UInt8](repeating: 0xFF, count: 12), 124)
            case "long name":
                put("77777777777".utf8, 124)
                header[156] = UInt8(ascii: "L")
            default:
                let record = kind == "extended" ? "30 size=9223372036854775807\n" : "11 size=-1\n"
                put(String(record.utf8.count, radix: 8).utf8, 124)
                header[156] = UInt8(ascii: "x")
                behind = Data(record.utf8) + Data(count: 512 - record.utf8.count)
            }
            func withChecksum(_ header: Data) -> Data {
                var header = header
                for place in 148..<156 { header[place] = 0x20 }
                let sum = header.reduce(0) { $0 + Int($1) }
                for (i, byte) in String(sum, radix: 8).utf8.enumerated() { header[148 + i] = byte }
                return header
            }
            var archive = withChecksum(header) + behind
            if kind.hasPrefix("extended") {
                put("00000000005".utf8, 124)
                header[156] = UInt8(ascii: "0")
                archive += withChecksum(header) + Data(count: 512)
            }
            try archive.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: JetsError.self) { try JetReader().read([path]) }
            guard case .damagedArchive(path, _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}
