import Foundation
import HDF5
import Testing

/// Every kind of bad file is an error that names the file, and HDF5 itself stays silent.
@Suite struct DamageTests {
    /// Two datasets, large enough for their storage to fill most of the file.
    func write(_ path: String) throws {
        let writer = try HDF5Writer(path: path)
        var state: UInt64 = 1
        let noise = (0..<20_000).map { _ -> Double in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return Double(state >> 11)
        }
        try writer.addDataset("x", of: Double.self, chunkRows: 1000).append(noise)
        try writer.addStrings("names", ["a"])
        try writer.close()
    }

    func file(of error: HDF5Error?) -> String? {
        switch error {
        case .missingFile(let file), .notHDF5(let file), .damaged(let file, _), .unreadable(let file, _, _): file
        default: nil
        }
    }

    @Test func missing() {
        #expect(throws: HDF5Error.missingFile(file: "/nowhere/x.h5")) { try HDF5File(path: "/nowhere/x.h5") }
    }

    @Test func notHDF5() throws {
        try withScratchFolder { folder in
            let path = folder + "/text.h5"
            try Data("px,py,pz,E\n1,2,3,4\n".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: HDF5Error.notHDF5(file: path)) { try HDF5File(path: path) }
            #expect(throws: HDF5Error.notHDF5(file: "text")) { try HDF5File(bytes: Data("text".utf8), name: "text") }
            #expect(throws: HDF5Error.notHDF5(file: "empty")) { try HDF5File(bytes: Data(), name: "empty") }
        }
    }

    @Test(arguments: [0.02, 0.5, 0.999])
    func truncated(fraction: Double) throws {
        try withScratchFolder { folder in
            let whole = folder + "/whole.h5"
            let part = folder + "/part.h5"
            try write(whole)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
            let cut = bytes.prefix(Int(Double(bytes.count) * fraction))
            try cut.write(to: URL(fileURLWithPath: part))
            let onDisk = #expect(throws: HDF5Error.self) { try HDF5File(path: part) }
            #expect(file(of: onDisk) == part)
            #expect(onDisk?.description.contains("truncated") == true)
            let inMemory = #expect(throws: HDF5Error.self) { try HDF5File(bytes: cut, name: "member.h5") }
            #expect(file(of: inMemory) == "member.h5")
        }
    }

    @Test func damagedStorage() throws {
        try withScratchFolder { folder in
            let path = folder + "/damaged.h5"
            try write(path)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            // The middle of the file is compressed numbers: damage leaves the header intact.
            for index in bytes.count / 2..<bytes.count / 2 + 4096 { bytes[index] = 0xFF }
            try bytes.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: HDF5Error.self) { try HDF5File(path: path).dataset("x").read(Double.self) }
            #expect(file(of: error) == path)
            #expect(error?.description.contains("dataset x") == true)
        }
    }

    @Test func missingDatasetNamesThoseThatThereAre() throws {
        try withScratchFolder { folder in
            let path = folder + "/x.h5"
            try write(path)
            let file = try HDF5File(path: path)
            #expect(file.has("x") && !file.has("jets"))
            #expect(throws: HDF5Error.missingDataset(file: path, dataset: "jets", datasets: ["names", "x"])) {
                try file.dataset("jets")
            }
            #expect(throws: HDF5Error.missingAttribute(file: path, object: "x", attribute: "unit")) {
                try file.dataset("x").attribute("unit")
            }
        }
    }

    /// On a thread of its own, as HDF5 may keep its printing switch for each thread.
    @Test func errorsAreNotPrinted() throws {
        try withScratchFolder { folder in
            let path = folder + "/x.h5"
            let log = folder + "/stderr.txt"
            try write(path)
            try Data(Data(contentsOf: URL(fileURLWithPath: path)).prefix(1000)).write(to: URL(fileURLWithPath: path))
            let done = DispatchSemaphore(value: 0)
            let saved = dup(2)
            let redirected = open(log, O_WRONLY | O_CREAT, 0o600)
            dup2(redirected, 2)
            Thread {
                _ = try? HDF5File(path: path)
                done.signal()
            }.start()
            done.wait()
            dup2(saved, 2)
            close(saved)
            close(redirected)
            #expect(try String(contentsOfFile: log, encoding: .utf8).contains("HDF5-DIAG") == false)
        }
    }

    @Test func wrongType() throws {
        try withScratchFolder { folder in
            let path = folder + "/x.h5"
            try write(path)
            let file = try HDF5File(path: path)
            #expect(
                throws: HDF5Error.wrongType(
                    file: path, dataset: "names", found: "strings of 1 bytes", wanted: "numbers")
            ) {
                try file.dataset("names").read(Float.self)
            }
            #expect(throws: HDF5Error.wrongType(file: path, dataset: "x", found: "float64", wanted: "strings")) {
                try file.dataset("x").readStrings()
            }
        }
    }

    @Test func abandonedWriterLeavesNothing() throws {
        try withScratchFolder { folder in
            do {
                let writer = try HDF5Writer(path: folder + "/x.h5")
                try writer.addDataset("x", of: Double.self).append([1, 2, 3])
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }

    @Test func placesThatCannotBeWritten() throws {
        try withScratchFolder { folder in
            try Data("a file".utf8).write(to: URL(fileURLWithPath: folder + "/taken"))
            let error = #expect(throws: HDF5Error.self) { try HDF5Writer(path: folder + "/taken/x.h5") }
            #expect(error?.description.contains("taken/x.h5") == true)
        }
    }

    @Test func twoDatasetsOfOneName() throws {
        try withScratchFolder { folder in
            let writer = try HDF5Writer(path: folder + "/x.h5")
            _ = try writer.addDataset("x", of: Double.self)
            let error = #expect(throws: HDF5Error.self) { try writer.addDataset("x", of: Float.self) }
            #expect(error?.description.contains("can't write x") == true)
        }
    }
}
