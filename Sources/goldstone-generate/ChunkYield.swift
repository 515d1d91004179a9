import CPythia
import HDF5

/// What a chunk took, and what it says of the cross-section; summed over the chunks of a class.
struct ChunkYield {
    /// Events that were tried.
    var events = 0.0
    /// Cross-section of the hard process in pb, within its window of transverse momentum, and its error.
    var crossSection = 0.0
    var crossSectionError = 0.0
    /// Processor time in seconds: inside Pythia, FastJet, the detector, and in all.
    var secondsPythia = 0.0
    var secondsFastJet = 0.0
    var secondsDetector = 0.0
    var seconds = 0.0

    static let zero = ChunkYield()

    private static let fields: [(String, WritableKeyPath<ChunkYield, Double> & Sendable)] = [
        ("events", \.events), ("crossSection", \.crossSection), ("crossSectionError", \.crossSectionError),
        ("secondsPythia", \.secondsPythia), ("secondsFastJet", \.secondsFastJet),
        ("secondsDetector", \.secondsDetector), ("seconds", \.seconds),
    ]

    init() {}

    init(_ statistics: GoldstoneStatistics, seconds: Double) {
        let picobarnPerMillibarn = 1e9
        events = Double(statistics.events)
        crossSection = statistics.crossSection * picobarnPerMillibarn
        crossSectionError = statistics.crossSectionError * picobarnPerMillibarn
        secondsPythia = statistics.secondsPythia
        secondsFastJet = statistics.secondsFastJet
        secondsDetector = statistics.secondsDetector
        self.seconds = seconds
    }

    init(from file: HDF5File) throws {
        for (name, path) in ChunkYield.fields {
            if case .number(let value) = try file.attribute(name) { self[keyPath: path] = value }
        }
    }

    func write(to file: JetFileWriter) throws {
        for (name, path) in ChunkYield.fields { try file.setAttribute(name, .number(self[keyPath: path])) }
    }

    /// Times and events add up; the chunks' cross-sections are averaged with their events as weights.
    static func + (first: ChunkYield, second: ChunkYield) -> ChunkYield {
        var sum = ChunkYield()
        for (_, path) in fields { sum[keyPath: path] = first[keyPath: path] + second[keyPath: path] }
        let (one, two) = (first.events / max(sum.events, 1), second.events / max(sum.events, 1))
        sum.crossSection = one * first.crossSection + two * second.crossSection
        let (error, otherError) = (one * first.crossSectionError, two * second.crossSectionError)
        sum.crossSectionError = (error * error + otherError * otherError).squareRoot()
        return sum
    }
}
