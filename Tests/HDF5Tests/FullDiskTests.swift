import Foundation
import HDF5
import Testing

/// A disk of 1 MB that fills up while writing. Mounting it needs root; runs with GOLDSTONE_HEAVY=1.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["GOLDSTONE_HEAVY"] == "1" && geteuid() == 0))
struct FullDiskTests {
    func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(arguments: [1000, 100_000])
    func fullDiskIsAnErrorAndOtherFilesStay(rows: Int) throws {
        try withScratchFolder { folder in
            try #require(try run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder]) == 0)
            defer { _ = try? run(["umount", "--lazy", folder]) }
            let first = try HDF5Writer(path: folder + "/first.h5")
            try first.addDataset("x", of: Double.self).append([1, 2, 3])
            try first.close()
            let error = #expect(throws: HDF5Error.self) {
                let writer = try HDF5Writer(path: folder + "/second.h5")
                let dataset = try writer.addDataset("x", of: Double.self, chunkRows: 1000, deflate: 0)
                for _ in 0..<400_000 / rows { try dataset.append((0..<rows).map { Double($0) }) }
                try writer.close()
            }
            #expect(error?.description.contains("second.h5: can't write") == true)
            #expect(error?.description.contains("No space left") == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["first.h5"])
            #expect(try HDF5File(path: folder + "/first.h5").dataset("x").read(Double.self) == [1, 2, 3])
        }
    }
}
