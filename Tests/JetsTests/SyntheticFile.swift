import Foundation
import HDF5
import Jets

/// A file in the hls4ml layout with made-up jets, whole or with something wrong on purpose.
struct SyntheticFile {
    /// A reproducible sequence of numbers between 0 and 1 (the minimal standard generator of Park and Miller).
    struct Numbers {
        var state: UInt64
        mutating func next() -> Double {
            state = state * 48271 % 2_147_483_647
            return Double(state) / 2_147_483_647
        }
    }

    static let particleNames = [
        "j1_px", "j1_py", "j1_pz", "j1_e", "j1_erel", "j1_pt", "j1_ptrel", "j1_eta", "j1_etarel", "j1_etarot", "j1_phi",
        "j1_phirel", "j1_phirot", "j1_deltaR", "j1_costheta", "j1_costhetarel", "j1_pdgid",
    ]
    static let jetNames =
        ["j_ptfrac", "j_pt", "j_eta", "j_mass"] + (4..<52).map { "j_observable\($0)" }
        + ["j_multiplicity", "j_g", "j_q", "j_w", "j_z", "j_t", "j_undef"]

    /// [jets][constituents][px, py, pz, E], by descending pT, of any length up to ``slots``.
    var constituents: [[[Double]]]
    /// [jets][g, q, w, z, t].
    var classValues: [[Double]]
    var slots: Int
    var events: [Int64]?
    var particleNames = SyntheticFile.particleNames
    var jetNames = SyntheticFile.jetNames
    /// The columns that are stored, one fewer than the names in the real files.
    var particleColumns = 16
    /// Rows of `jets`, where another number than that of the jets is wanted.
    var jetRows: Int?

    /// Jets of the classes given, in that order, with 1 to `slots` massive constituents near an axis.
    init(_ classes: [JetClass], slots: Int = 40, seed: UInt64 = 1) {
        var numbers = Numbers(state: seed * 7919 + 1)
        self.slots = slots
        constituents = classes.map { _ in
            let count = 1 + Int(numbers.next() * Double(slots - 1))
            let axis = (eta: 4 * numbers.next() - 2, phi: 2 * Double.pi * numbers.next())
            let pts = (0..<count).map { _ in 1 + 100 * numbers.next() }.sorted(by: >)
            return pts.map { pt in
                let eta = axis.eta + numbers.next() - 0.5
                let phi = axis.phi + numbers.next() - 0.5
                let p = [pt * cos(phi), pt * sin(phi), pt * sinh(eta)]
                return p + [(0.02 + p.reduce(0) { $0 + $1 * $1 }).squareRoot()]
            }
        }
        classValues = classes.map { jetClass in JetClass.allCases.map { $0 == jetClass ? 1 : 0 } }
    }

    /// Writes the file, with the same jets `repeats` times over. Columns that no test looks at hold −7.
    func write(_ path: String, images: Bool = false, repeats: Int = 1) throws {
        let writer = try HDF5Writer(path: path)
        if images {
            var numbers = Numbers(state: 5)
            let image = try writer.addDataset("jetImage", of: Double.self, rowShape: [100, 100], chunkRows: 1)
            try image.append((0..<100_000).map { _ in numbers.next() })
        }
        let places = ["j1_px", "j1_py", "j1_pz", "j1_e"].map { particleNames.firstIndex(of: $0) }
        var list: [Double] = []
        for jet in constituents {
            for slot in 0..<slots {
                var row = [Double](repeating: slot < jet.count ? -7 : 0, count: particleColumns)
                if slot < jet.count {
                    for (place, value) in zip(places, jet[slot]) where (place ?? .max) < particleColumns {
                        row[place!] = value
                    }
                }
                list += row
            }
        }
        let listWriter = try writer.addDataset(
            "jetConstituentList", of: Double.self, rowShape: [slots, particleColumns], chunkRows: 16)
        for _ in 0..<repeats { try listWriter.append(list) }
        let classPlaces = JetClass.allCases.map { jetNames.firstIndex(of: $0.column) }
        var table: [Double] = []
        for jet in 0..<(jetRows ?? classValues.count) {
            var row = [Double](repeating: -7, count: jetNames.count)
            for name in ["j_pt", "j_eta", "j_mass", "j_multiplicity"] {
                // As the generator does with columns that it does not fill.
                if let place = jetNames.firstIndex(of: name) { row[place] = .nan }
            }
            for (place, value) in zip(classPlaces, classValues[jet % classValues.count]) {
                if let place { row[place] = value }
            }
            table += row
        }
        let tableWriter = try writer.addDataset("jets", of: Double.self, rowShape: [jetNames.count], chunkRows: 16)
        for _ in 0..<repeats { try tableWriter.append(table) }
        if let events { try writer.addDataset("eventIndex", of: Int64.self).append(events) }
        try writer.addStrings("particleFeatureNames", particleNames)
        try writer.addStrings("jetFeatureNames", jetNames)
        try writer.close()
    }
}

/// Jets of every class in turn.
func everyClass(_ count: Int) -> [JetClass] { (0..<count).map { JetClass.published[$0 % 5] } }

/// A folder of its own for one test, removed afterwards.
func withScratchFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "goldstone-jets-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// Runs the system's tar in a folder: archives as the rest of the world makes them.
func tar(_ arguments: [String], in folder: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["tar"] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
}

/// The sample that ships with the package.
let samplePath = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Data/sample/jets.h5").path
