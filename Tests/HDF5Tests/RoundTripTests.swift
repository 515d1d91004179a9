import Foundation
import HDF5
import Testing

/// What is written comes back, from disk and from memory, in every type.
@Suite struct RoundTripTests {
    @Test func numbersOfEveryType() throws {
        try withScratchFolder { folder in
            let path = folder + "/deep/numbers.h5"
            let floats: [Float] = [0, -1.5, .infinity, 3.25e-38, 7, 8]
            let doubles: [Double] = [1e300, -0.1, 2, 3, 4, 5]
            let writer = try HDF5Writer(path: path)
            let floatWriter = try writer.addDataset("floats", of: Float.self, rowShape: [3], deflate: 9)
            try floatWriter.append(floats)
            try writer.addDataset("doubles", of: Double.self, rowShape: [3, 2]).append(doubles)
            try writer.addDataset("narrow", of: Int32.self, deflate: 0).append([.min, -1, .max])
            try writer.addDataset("wide", of: Int64.self).append([.min, -1, .max])
            try writer.addDataset("bytes", of: UInt8.self).append([0, 127, 255])
            #expect(!FileManager.default.fileExists(atPath: path))
            try writer.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/deep") == ["numbers.h5"])

            let onDisk = try HDF5File(path: path)
            let inMemory = try HDF5File(bytes: Data(contentsOf: URL(fileURLWithPath: path)), name: "image")
            for file in [onDisk, inMemory] {
                #expect(file.datasets == ["bytes", "doubles", "floats", "narrow", "wide"])
                #expect(try file.dataset("floats").shape == [2, 3])
                #expect(try file.dataset("floats").type == .float(bytes: 4))
                #expect(try file.dataset("floats").read(Float.self) == floats)
                #expect(try file.dataset("doubles").shape == [1, 3, 2])
                #expect(try file.dataset("doubles").read(Double.self) == doubles)
                #expect(try file.dataset("narrow").read(Int32.self) == [.min, -1, .max])
                #expect(try file.dataset("wide").read(Int64.self) == [.min, -1, .max])
                #expect(try file.dataset("bytes").read(UInt8.self) == [0, 127, 255])
                #expect(try file.dataset("bytes").type == .integer(bytes: 1, signed: false))
                #expect(try file.dataset("floats").read(Double.self)[3] == Double(Float(3.25e-38)))
            }
        }
    }

    @Test func stringsAndAttributes() throws {
        try withScratchFolder { folder in
            let path = folder + "/strings.h5"
            let names = ["j1_px", "", "Δη", "a longer name"]
            let writer = try HDF5Writer(path: path)
            try writer.addStrings("names", names)
            try writer.addStrings("none", [])
            let numbers = try writer.addDataset("numbers", of: Double.self)
            try numbers.append([1])
            try numbers.setAttribute("unit", .string("GeV"))
            let attributes: [String: AttributeValue] = [
                "text": .string("Pythia 8.3, Δφ"), "empty": .string(""), "count": .integer(-7), "value": .number(0.1),
                "texts": .strings(["a", "bcd"]), "counts": .integers([1, .max]), "values": .numbers([1.5, -2]),
                "no texts": .strings([]), "no values": .numbers([]),
            ]
            for (name, value) in attributes { try writer.setAttribute(name, value) }
            try writer.close()

            let file = try HDF5File(path: path)
            #expect(try file.dataset("names").readStrings() == names)
            #expect(try file.dataset("names").type.isString)
            #expect(try file.dataset("none").readStrings() == [])
            #expect(try file.dataset("numbers").attribute("unit") == .string("GeV"))
            for (name, value) in attributes { #expect(try file.attribute(name) == value) }
        }
    }

    @Test func rowsAppendedInPiecesEqualRowsAppendedAtOnce() throws {
        try withScratchFolder { folder in
            let values = (0..<5000).map { Float($0) * 0.25 }
            let path = folder + "/appended.h5"
            let writer = try HDF5Writer(path: path)
            let dataset = try writer.addDataset("x", of: Float.self, rowShape: [5], chunkRows: 7)
            var from = 0
            for rows in [1, 6, 7, 8, 100, 878] {
                try dataset.append(Array(values[from..<from + 5 * rows]))
                from += 5 * rows
            }
            try dataset.append([])
            try writer.close()
            let read = try HDF5File(path: path).dataset("x")
            #expect(read.shape == [1000, 5])
            #expect(read.chunkShape == [7, 5])
            #expect(try read.read(Float.self) == values)
        }
    }

    @Test func equalContentGivesEqualBytes() throws {
        try withScratchFolder { folder in
            func write(_ path: String) throws -> Data {
                let writer = try HDF5Writer(path: path)
                try writer.addDataset("x", of: Double.self, rowShape: [2]).append([1, 2, 3, 4])
                try writer.addStrings("names", ["a", "b"])
                try writer.setAttribute("seed", .integer(1))
                try writer.close()
                return try Data(contentsOf: URL(fileURLWithPath: path))
            }
            let first = try write(folder + "/first.h5")
            // HDF5's time stamps count seconds: without this wait they would agree by chance.
            Thread.sleep(forTimeInterval: 1.1)
            #expect(try write(folder + "/second.h5") == first)
        }
    }

    @Test func twoImagesOfOneNameStayApart() throws {
        try withScratchFolder { folder in
            let files = try [1.0, 2.0].map { value in
                let path = folder + "/\(value).h5"
                let writer = try HDF5Writer(path: path)
                try writer.addDataset("x", of: Double.self).append([value])
                try writer.close()
                return try HDF5File(bytes: Data(contentsOf: URL(fileURLWithPath: path)), name: "same")
            }
            let read = try files.map { try $0.dataset("x").read(Double.self) }
            #expect(read == [[1], [2]])
        }
    }

    @Test func manyThreadsMayReadAtOnce() async throws {
        let folder = NSTemporaryDirectory() + "goldstone-hdf5-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/shared.h5"
        let values = (0..<20_000).map(Double.init)
        let writer = try HDF5Writer(path: path)
        try writer.addDataset("x", of: Double.self, chunkRows: 100).append(values)
        try writer.close()
        let file = try HDF5File(path: path)
        let sums = try await withThrowingTaskGroup(of: Double.self) { group in
            for part in 0..<20 {
                group.addTask {
                    try file.dataset("x").read(Double.self, [part * 1000..<(part + 1) * 1000]).reduce(0, +)
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sums == values.reduce(0, +))
    }
}
