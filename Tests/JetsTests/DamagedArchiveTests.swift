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
}
