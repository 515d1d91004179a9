import CPythia
import Foundation

extension Settings {
    /// The versions of Pythia and FastJet, by name; empty where the program was built without.
    static var versions: [String: String] {
        guard let pythia = goldstone_pythia_version(), let fastjet = goldstone_fastjet_version() else { return [:] }
        return ["pythia": String(cString: pythia), "fastjet": String(cString: fastjet)]
    }

    /// All settings by name, with the commands' text for its path: what the file records, and what two runs must share
    /// for one to go on where the other stopped.
    func record(commands: String) -> [String: String] {
        var record: [String: String] = [
            "seed": "\(seed)",
            "collisionEnergy": "\(collisions.collisionEnergy)",
            "partonMinimum": "\(collisions.partonMinimum)",
            "partonMaximum": "\(collisions.partonMaximum)",
            "isotropicDecays": "\(collisions.isotropicDecays)",
            "underlyingEvent": "\(collisions.underlyingEvent)",
            "commands": commands,
            "match": collisions.match.map(String.init).joined(separator: " "),
            "radius": "\(jets.radius)",
            "jetMinimum": "\(jets.jetMinimum)",
            "jetMaximum": "\(jets.jetMaximum)",
            "jetPseudorapidity": "\(jets.jetPseudorapidity)",
            "matchRadius": "\(jets.matchRadius)",
            "contained": "\(jets.contained)",
            "detector": "\(detector.detector)",
            "hadronicCell": "\(detector.hadronicCell)",
            "electromagneticCell": "\(detector.electromagneticCell)",
            "calorimeterPseudorapidity": "\(detector.calorimeterPseudorapidity)",
            "trackMaximum": "\(detector.trackMaximum)",
            "smearing": "\(detector.smearing)",
            "threshold": "\(detector.threshold)",
            "constituents": "\(storage.constituents)",
            "columns": storage.columns.rawValue,
            "mantissaBits": "\(storage.mantissaBits)",
            "deflate": "\(storage.deflate)",
        ]
        record.merge(Settings.versions) { setting, _ in setting }
        for (jetClass, count) in counts.byClass { record[jetClass.rawValue] = "\(count)" }
        return record
    }

    /// The text of the commands file; empty where none is given.
    func commandsText() throws -> String {
        guard let path = collisions.commands else { return "" }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw GenerateError.cannotReadCommands(path: path)
        }
        return text
    }

    /// - Throws: ``GenerateError/badSetting(flag:value:wanted:)`` for the first setting that makes no sense.
    func check() throws {
        func require(_ condition: Bool, _ flag: String, _ value: some CustomStringConvertible, _ wanted: String) throws
        {
            guard condition else { throw GenerateError.badSetting(flag: flag, value: "\(value)", wanted: wanted) }
        }
        func positive(_ value: Double, _ flag: String) throws {
            try require(value > 0 && value.isFinite, flag, value, "must be a number above 0")
        }
        func notNegative(_ value: Double, _ flag: String) throws {
            try require(value >= 0 && value.isFinite, flag, value, "must be 0 or a number above it")
        }
        let numbers: [(String, Int)] = [
            ("--jets", counts.jets), ("--gluon", counts.gluon), ("--quark", counts.quark), ("--w", counts.w),
            ("--z", counts.z), ("--top", counts.top), ("--other", counts.other),
        ]
        for (flag, value) in numbers { try require(value >= 0, flag, value, "must be 0 or a number above it") }
        try require(
            !counts.byClass.isEmpty, "--jets", 0, "there is nothing to generate; say how many jets, of which class")
        try require(
            counts.other == 0 || collisions.commands != nil, "--other", counts.other,
            "needs the processes in a file: --commands FILE")
        try require(
            collisions.match.count <= 16 && collisions.match.allSatisfy { $0 > 0 && $0 < Int(Int32.max) }, "--match",
            collisions.match, "must be at most 16 positive identities")
        try require(seed >= 0, "--seed", seed, "must be 0 or a number above it")

        try positive(collisions.collisionEnergy, "--collision-energy")
        try notNegative(collisions.partonMinimum, "--parton-minimum")
        try require(
            collisions.partonMaximum > collisions.partonMinimum && collisions.partonMaximum.isFinite,
            "--parton-maximum",
            collisions.partonMaximum, "must be above --parton-minimum \(collisions.partonMinimum)")
        try require(
            2 * collisions.partonMinimum < collisions.collisionEnergy, "--parton-minimum", collisions.partonMinimum,
            "must be below half of --collision-energy \(collisions.collisionEnergy)")

        try positive(jets.radius, "--radius")
        try positive(jets.jetMinimum, "--jet-minimum")
        try require(
            jets.jetMaximum > jets.jetMinimum, "--jet-maximum", jets.jetMaximum,
            "must be above --jet-minimum \(jets.jetMinimum)")
        try positive(jets.jetPseudorapidity, "--jet-pseudorapidity")
        try positive(jets.matchRadius, "--match-radius")

        for (flag, edge) in [
            ("--hadronic-cell", detector.hadronicCell), ("--electromagnetic-cell", detector.electromagneticCell),
        ] {
            try require(edge >= 0.001 && edge <= 1, flag, edge, "must be from 0.001 to 1")
        }
        try positive(detector.calorimeterPseudorapidity, "--calorimeter-pseudorapidity")
        try require(
            detector.trackMaximum >= 0, "--track-maximum", detector.trackMaximum, "must be 0 or a number above it")
        try notNegative(detector.smearing, "--smearing")
        try notNegative(detector.threshold, "--threshold")

        try require(
            (1...10000).contains(storage.constituents), "--constituents", storage.constituents,
            "must be from 1 to 10000")
        try require(
            (8...23).contains(storage.mantissaBits), "--mantissa-bits", storage.mantissaBits, "must be from 8 to 23")
        try require((0...9).contains(storage.deflate), "--deflate", storage.deflate, "must be from 0 to 9")
    }
}

/// The first setting, by name, in which two records differ, in words; nil where they are equal.
func difference(of old: [String: String], from new: [String: String]) -> String? {
    for name in Set(old.keys).union(new.keys).sorted() where old[name] != new[name] {
        return "\(name) is \(old[name] ?? "not set"), not \(new[name] ?? "unset")"
    }
    return nil
}
