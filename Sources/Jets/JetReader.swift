import HDF5

/// Reads jets, checks every one of them, and keeps the leading constituents of the classes wanted. Two layouts are known.
///
/// hls4ml, datasets: `jetConstituentList` [N, slots, columns] with j1_px, j1_py, j1_pz, j1_e; `jets` [N, columns] with one column
/// a class; `particleFeatureNames` and `jetFeatureNames` name the columns; `eventIndex` [N], where it is there. Others
/// are not touched. Source: the hls4ml LHC jet data set (150 particles), Zenodo, doi:10.5281/zenodo.3602260.
///
/// Top tagging: a pandas table with the columns E_0, PX_0, PY_0, PZ_0, E_1, … and is_signal_new, whose classes are top and
/// QCD. It has no event numbers, so each jet is an event of its own. Source: the top-tagging reference data set, Zenodo,
/// doi:10.5281/zenodo.2603256.
public struct JetReader: Sendable {
    /// n: how many constituents of each jet are kept, by descending pT. At most what the files store.
    public var constituents: Int
    /// The classes that are kept; nil keeps all.
    public var classes: [JetClass]?
    /// Rounding leaves massless constituents with E² < p². This raises such an energy to |p|, the least change that
    /// makes mass² ≥ 0, so that E² ≥ p² holds for each stored constituent in double arithmetic.
    public var constituentMassSquaredClamp: Bool
    /// Where the jets are kept.
    public var storage: JetStorage

    /// The settings above.
    public init(
        constituents: Int = 32, classes: [JetClass]? = nil, constituentMassSquaredClamp: Bool = true,
        storage: JetStorage = .memory
    ) {
        self.storage = storage
        self.constituents = constituents
        self.classes = classes
        self.constituentMassSquaredClamp = constituentMassSquaredClamp
    }

    /// Reads all jets of the paths (see ``JetSources/init(_:)``).
    ///
    /// Order: the sources as given, the files of each in natural order of their names, the rows of each. Event numbers
    /// start anew in every file, so they are shifted: no two files share one. Without `eventIndex` each jet is an event
    /// of its own.
    ///
    /// - Parameter progress: is told after each file its name and the jets kept so far
    /// - Complexity: each file is read once, block by block. 16n + 53 bytes for each jet kept, in memory or in scratch files
    ///   as ``storage`` has it (twice that at the end where an archive has its files out of order), and memory for one block
    ///   of a file (for an archive, one file).
    /// - Throws: ``JetsError`` or `HDF5Error` at the first thing that is wrong.
    public func read(
        _ paths: [String], progress: ((_ file: String, _ jets: Int) throws -> Void)? = nil
    ) throws -> JetData {
        guard constituents > 0 else {
            throw JetsError.invalidSetting(name: "constituents", value: "\(constituents)", allowed: "at least 1")
        }
        let sources = try JetSources(paths)
        var jets = JetData(constituents: constituents, storage: storage)
        var pieces: [Piece] = []
        for source in sources.sources.indices {
            let first = pieces.count
            try sources.forEachFile(of: source) { candidate in
                pieces.append(try add(candidate, to: &jets))
                try progress?(candidate.name, jets.count)
            }
            // An archive keeps its members in any order; read from it or from its folder, the jets come out alike.
            let sorted = pieces[first...].sorted { naturallyBefore($0.name, $1.name) }
            guard sorted.map(\.name) != pieces[first...].map(\.name) else { continue }
            pieces.replaceSubrange(first..., with: sorted)
            jets = try jets.copied(
                pieces.flatMap { UInt32($0.jets.lowerBound)..<UInt32($0.jets.upperBound) }, to: storage)
            for place in pieces.indices {
                pieces[place].moved(behind: place == 0 ? 0 : pieces[place - 1].jets.upperBound)
            }
        }
        jets.files = pieces.map(\.record)
        try keepApart(pieces, in: &jets)
        jets.trim()
        try jets.requireJets(
            of: classes ?? [], place: paths.count > 3 ? "the \(paths.count) sources" : paths.joined(separator: ", "))
        return jets
    }

    /// The jets of one file.
    private struct Piece {
        let name: String
        let record: JetFileRecord
        /// All rows, other classes included, and the event numbers that they span.
        let rows: Int
        let events: ClosedRange<Int64>
        /// Where the jets kept are among all.
        var jets: Range<Int>

        mutating func moved(behind place: Int) { jets = place..<place + jets.count }
    }

    /// Shifts event numbers and places, so that no two files share any.
    private func keepApart(_ pieces: [Piece], in jets: inout JetData) throws {
        var nextEvent: Int64?
        var places: Int64 = 0
        for piece in pieces {
            // Wrapping, like all that follows: any number may stand in a file.
            let events = nextEvent.map { $0 &- piece.events.lowerBound } ?? 0
            try jets.shift(piece.jets, events: events, places: places)
            nextEvent = piece.events.upperBound &+ events &+ 1
            places += Int64(piece.rows)
        }
    }

    private func add(_ candidate: JetSources.Candidate, to jets: inout JetData) throws -> Piece {
        let file = try JetLayout.open(candidate.open(), needed: classes)
        guard file.slots >= constituents else {
            throw JetsError.tooFewSlots(file: file.name, slots: file.slots, wanted: constituents)
        }
        let first = jets.count
        var faults: [JetFault] = []
        var events: ClosedRange<Int64>?
        var momenta = [Float](repeating: 0, count: 4 * constituents)
        try file.forEachBlock { block in
            try jets.makeRoom(for: jets.count + block.rows.count)
            for jet in 0..<block.rows.count {
                guard let seen = block.examine(jet, faults: &faults) else { throw JetsError.faultyJet(faults[0]) }
                let row = Int64(block.rows.lowerBound + jet)
                let event = block.events?[jet] ?? row
                events = events.map { min($0.lowerBound, event)...max($0.upperBound, event) } ?? event...event
                if let classes, !classes.contains(seen.jetClass) { continue }
                let sum = block.fill(&momenta, jet: jet, stored: seen.stored, clamp: constituentMassSquaredClamp)
                jets.append(
                    momenta: momenta, count: seen.count, jetClass: seen.jetClass, sum: sum,
                    eventIndex: event, index: row)
            }
        }
        return Piece(
            name: candidate.name, record: candidate.record, rows: file.rows, events: events ?? 0...0,
            jets: first..<jets.count)
    }
}

extension JetBlock {
    /// Writes the leading constituents of a jet as (E, px, py, pz) in `momenta` [n, 4], zeros behind them, and returns
    /// the sum (E, px, py, pz) over all.
    func fill(
        _ momenta: inout [Float], jet: Int, stored: Int, clamp: Bool
    ) -> (Double, Double, Double, Double) {
        var sum = (0.0, 0.0, 0.0, 0.0)
        let kept = min(stored, momenta.count / 4)
        momenta.withUnsafeMutableBufferPointer { momenta in
            self.momenta.withUnsafeBufferPointer { all in
                for slot in 0..<stored {
                    let at = 4 * (jet * slots + slot)
                    let px = all[at]
                    let py = all[at + 1]
                    let pz = all[at + 2]
                    let momentum = (px * px + py * py + pz * pz).squareRoot()
                    let energy = clamp ? max(all[at + 3], momentum) : all[at + 3]
                    sum = (sum.0 + energy, sum.1 + px, sum.2 + py, sum.3 + pz)
                    guard slot < kept else { continue }
                    let p = (Float(px), Float(py), Float(pz))
                    momenta[4 * slot] = clamp ? JetBlock.timelike(Float(energy), p) : Float(energy)
                    momenta[4 * slot + 1] = p.0
                    momenta[4 * slot + 2] = p.1
                    momenta[4 * slot + 3] = p.2
                }
                for place in 4 * kept..<momenta.count { momenta[place] = 0 }
            }
        }
        return sum
    }

    /// The least float at or above `energy` with E² ≥ p². Rounding to float undoes what held in double.
    static func timelike(_ energy: Float, _ p: (Float, Float, Float)) -> Float {
        let x = Double(p.0)
        let y = Double(p.1)
        let z = Double(p.2)
        let squared = x * x + y * y + z * z
        guard Double(energy) * Double(energy) < squared else { return energy }
        let raised = Float(squared.squareRoot())
        return Double(raised) * Double(raised) < squared ? raised.nextUp : raised
    }
}
