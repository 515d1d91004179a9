import Foundation
import HDF5
import Testing

@Suite("inspect") struct InspectTests {
    @Test("The shipped jets are sound; tables, JSON and figures say so")
    func sample() throws {
        let scratch = try Scratch()
        let text = try RunningGoldstone.run(["inspect", "sample", "--output", scratch.path("out")])
        #expect(text.status == 0)
        #expect(text.output.contains("no problems"))
        let inspection = try object(try bytes(scratch.path("out/inspection.json")))
        #expect((inspection["problems"] as? [Any])?.isEmpty == true)
        let classes = try #require(inspection["classes"] as? [[String: Any]])
        #expect(classes.compactMap { $0["jetClass"] as? String } == ["gluon", "quark", "W", "Z", "top"])

        // The same counts from the file's own columns.
        let file = try HDF5File(path: RunningGoldstone.sample)
        let names = try file.dataset("jetFeatureNames").readStrings()
        let jets = try file.dataset("jets").read(Double.self)
        for (column, jetClass) in zip(["j_g", "j_q", "j_w", "j_z", "j_t"], classes) {
            let place = try #require(names.firstIndex(of: column))
            let count = stride(from: place, to: jets.count, by: names.count).count { jets[$0] == 1 }
            #expect(jetClass["jets"] as? Int == count)
            let name = try #require(jetClass["jetClass"] as? String)
            let row = try #require(text.output.split(separator: "\n").first { $0.hasPrefix(name) })
            #expect(row.replacing(",", with: "").split(separator: " ").contains("\(count)"))
        }
        for name in ["jet-mass", "jet-pt", "jet-multiplicity", "jet-images"] {
            #expect(exists(scratch.path("out/\(name).vl.json")))
        }
        let json = try RunningGoldstone.run(["inspect", RunningGoldstone.sample, "--json"])
        #expect(json.status == 0)
        #expect(Data(json.output.utf8) == (try bytes(scratch.path("out/inspection.json"))))
    }

    @Test("A truncated file is a problem, and the others are read all the same")
    func truncated() throws {
        let scratch = try Scratch()
        let (cut, sound) = (scratch.path("cut.h5"), scratch.path("sound.h5"))
        try bytes(RunningGoldstone.sample).prefix(100_000).write(to: URL(fileURLWithPath: cut))
        try write([[30, 0, 0, 31]], to: sound)
        let result = try RunningGoldstone.run(["inspect", cut, sound])
        #expect(result.status == 1)
        #expect(result.output.contains("unreadable file: 1; first: \(cut)"))
        #expect(result.output.contains("1 jets in 2 files, 1 of them sound"))
    }

    @Test("Faulty jets are counted, the first of each kind with its place, and a study refuses the file")
    func faulty() throws {
        let scratch = try Scratch()
        let path = scratch.path("jets.h5")
        try write(
            [[30, 0, 0, 31], [30, 0, .nan, 31], [.infinity, 0, 0, 31], [30, 0, 0, -1], [20, 5, 0, 25]], to: path)
        let result = try RunningGoldstone.run(["inspect", path])
        #expect(result.status == 1)
        #expect(result.output.contains("5 jets in 1 file, 2 of them sound"))
        #expect(
            result.output.contains(
                "notFinite: 2; first: \(path): dataset jetConstituentList, row 1, constituent 0: j1_pz is nan"))
        #expect(result.output.contains("energyNotPositive: 1; first: \(path): dataset jetConstituentList, row 3"))
        let json = try object(Data(try RunningGoldstone.run(["inspect", path, "--json"]).output.utf8))
        #expect((json["problems"] as? [[String: Any]])?.compactMap { $0["count"] as? Int } == [2, 1])

        let study = try scratch.write(
            "preset: smoke\ndata:\n  files: [\(path)]\n  constituents: 4\n", to: "study.yaml")
        let refused = try RunningGoldstone.run(["study", study, "--output", scratch.path("run")])
        #expect(refused.status != 0 && refused.errors.contains("row 1, constituent 0: j1_pz is nan"))
        #expect(!exists(scratch.path("run")))
    }

    @Test("A file without jets, and no file at all, can't be used")
    func nothing() throws {
        let scratch = try Scratch()
        try write([], to: scratch.path("empty.h5"))
        #expect(try RunningGoldstone.run(["inspect", scratch.path("empty.h5")]).status == 1)
        let missing = try RunningGoldstone.run(["inspect", scratch.path("none.h5")])
        #expect(missing.status == 1 && missing.errors.contains(scratch.path("none.h5")))
        #expect(try RunningGoldstone.run(["inspect"]).status == 64)
    }

    /// Jets of one constituent (px, py, pz, E) each, gluon and W in turn, in the layout of the data set.
    private func write(_ momenta: [[Double]], to path: String) throws {
        let file = try HDF5Writer(path: path)
        let slots = 4
        let constituents = try file.addDataset("jetConstituentList", of: Double.self, rowShape: [slots, 4])
        let jets = try file.addDataset("jets", of: Double.self, rowShape: [5])
        for (row, momentum) in momenta.enumerated() {
            try constituents.append(momentum + [Double](repeating: 0, count: 4 * (slots - 1)))
            try jets.append(row % 2 == 0 ? [1, 0, 0, 0, 0] : [0, 0, 1, 0, 0])
        }
        try file.addStrings("particleFeatureNames", ["j1_px", "j1_py", "j1_pz", "j1_e"])
        try file.addStrings("jetFeatureNames", ["j_g", "j_q", "j_w", "j_z", "j_t"])
        try file.close()
    }
}
