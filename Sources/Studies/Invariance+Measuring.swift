import Foundation
import Objectives
import Statistics
import Support

/// How invariance is measured.
public struct InvarianceSettings: Sendable, Codable, Hashable {
    /// β of the boosts.
    public var speeds = Invariance.speeds
    /// The seed of their directions, the same for all taggers.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}

    static let speedsDescription = "speeds from 0 to below 1, ascending"

    static func allows(speeds: [Double]) -> Bool {
        !speeds.isEmpty && speeds.allSatisfy { (0..<1).contains($0) } && zip(speeds, speeds.dropFirst()).allSatisfy(<)
    }

    mutating func read(_ reader: SettingsReader) throws {
        speeds =
            try reader.numbers(
                "speeds", standard: Invariance.speeds, InvarianceSettings.speedsDescription,
                where: InvarianceSettings.allows(speeds:)) ?? speeds
        var number = Int(seed)
        try reader.read("seed", into: &number, 0...Int(Int32.max))
        seed = UInt64(number)
    }
}

extension Invariance {
    /// What `invariance.json` holds.
    private struct Results: Encodable {
        let settings: InvarianceSettings
        let trainings: [MeasuredTagger<Invariance>]
    }

    /// Measures a tagger, or takes what `folder` has from before.
    ///
    /// - Throws: as ``init(of:at:_:speeds:seed:reducer:progress:)``; `FileError`; `Interrupted` with what was kept.
    public static func measure(
        _ subject: TaggerCase, _ settings: InvarianceSettings, keptIn folder: String?, threads: Int
    ) throws -> MeasuredTagger<Invariance> {
        try subject.kept("invariance", settings: settings, in: folder, isCollapsed: \.plain.hasCollapsed) {
            let passes = settings.speeds.count + 1
            let progress = ProgressLine(subject.name, total: Double(subject.data.count * passes), unit: "jets")
            defer { progress.finish() }
            return try Invariance(
                of: subject.tagger.network, at: subject.tagger.theta, subject.data, speeds: settings.speeds,
                seed: settings.seed, reducer: Reducer(threads: threads)
            ) { progress.advance(by: Double($0)) }
        }
    }

    /// Puts taggers together: `invariance.json`, tables and figures in `folder`, where one is given.
    ///
    /// - Parameter shown: jets and networks, for captions
    /// - Throws: `FileError`.
    public static func write(
        _ measured: [MeasuredTagger<Invariance>], _ settings: InvarianceSettings, showing shown: String,
        to folder: String?
    ) throws -> Findings {
        let trainings = measured.map(\.training), tables = [Invariance.summary(trainings, showing: shown)]
        guard let folder else {
            return Findings(tables: tables + trainings.map { $0.result.table(of: $0.name, showing: shown) })
        }
        try writeJSON(Results(settings: settings, trainings: measured), to: "\(folder)/invariance.json")
        return try .write(tables, Invariance.figures(trainings, subtitle: shown), name: "invariance", to: folder)
    }
}
