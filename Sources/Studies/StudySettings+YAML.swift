import Foundation
import Jets
import Networks
import Objectives
import Support
import Torch
import Training
import Yams

extension StudySettings {
    /// Reads a study file. `preset: NAME` in it says what the settings start from.
    ///
    /// - Throws: ``SettingsError`` naming the file, the line, the key and the value: an unknown key (with the nearest
    ///   valid one), a value of the wrong kind or out of range, settings that contradict each other.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.cannotRead(path: path) }
        try self.init(yaml: String(decoding: data, as: UTF8.self), file: path)
    }

    /// As ``init(contentsOf:)``, from text; `file` is what errors call it.
    public init(yaml: String, file: String) throws {
        let reader = try SettingsReader(file: file, text: yaml)
        var preset: Preset?
        try reader.read("preset", into: &preset, Preset.allCases.map(\.rawValue)) {
            Preset(rawValue: $0).map { .some($0) }
        }
        self = preset?.settings ?? StudySettings()
        try reader.read("name", into: &name)
        try reader.read("device", into: &device, ["auto", "cpu", "cuda", "cuda:N"]) {
            DeviceChoice($0).map { .some($0) }
        }
        try reader.read("sideBySide", into: &sideBySide, 1...64)
        try reader.section("data") { try data.read($0) }
        try reader.section("network") { try network.read($0) }
        try reader.section("training") { try training.read($0) }
        try reader.section("symmetry") { try symmetry.read($0) }
        try reader.section("distillation") { try distillation.read($0) }
        try reader.section("robustness") { try robustness.read($0) }
        try reader.section("transfer") { try transfer.read($0) }
        curvature.symmetry = symmetry
        landscape.symmetry = symmetry
        try reader.section("curvature") { try curvature.read($0) }
        try reader.section("landscape") { try landscape.read($0) }
        try reader.section("invariance") { try invariance.read($0) }
        try reader.section("statistics") { try statistics.read($0) }
        try reader.section("claims") { try claims.read($0) }
        measures = try reader.measures() ?? measures
        if let given = try reader.numbers("budgets") {
            let kinds = StudyStep.Kind.allCases.map(\.rawValue)
            guard given.allSatisfy({ kinds.contains($0.name) && $0.value > 0 }) else {
                throw reader.invalid("budgets", "seconds by kinds of steps: \(kinds.joined(separator: ", "))")
            }
            budgets = Dictionary(given.map { ($0.name, $0.value) }) { $1 }
        }
        let own = try reader.list("variants") { try VariantSettings($0, network: network) }
        variants = own ?? variants
        try reader.section("sweep") { try sweep($0, own?.map(\.name) ?? []) }
        var numbers = seeds.map(Int.init)
        try reader.read("seeds", into: &numbers, 0...Int(Int32.max))
        seeds = numbers.map(UInt64.init)
        try reader.finish()
        try check(file: file)
    }

    /// Settings that can't go together.
    package func check(file: String) throws {
        func contradiction(_ reason: String) -> SettingsError { .contradiction(file: file, reason: reason) }
        if seeds.isEmpty { throw contradiction("`seeds` is empty: give at least one") }
        if variants.isEmpty { throw contradiction("`variants` is empty: give at least one") }
        if Set(seeds).count < seeds.count { throw contradiction("`seeds` names a seed twice") }
        if Set(variants.map(\.name)).count < variants.count { throw contradiction("two `variants` share a name") }
        if data.signal == data.background {
            throw contradiction("`data.signal` and `data.background` are both \(data.signal)")
        }
        if network.width % network.heads != 0 {
            throw contradiction(
                "`network.width` (\(network.width)) is no multiple of `network.heads` (\(network.heads))")
        }
        for variant in variants {
            if let reason = variant.contradiction { throw contradiction("`variants`, \(variant.name): \(reason)") }
        }
        let fractions = [data.trainingJets, data.validationJets, data.testFiles.isEmpty ? data.testJets : nil]
        if fractions.compactMap({ $0 }).filter({ $0 <= 1 }).reduce(0, +) > 1 + 1e-9 {
            throw contradiction(
                "the fractions `data.trainingJets`, `validationJets` and `testJets` add up to more than 1")
        }
    }

    /// The settings as a study file.
    public func yaml() throws -> String {
        let encoder = YAMLEncoder()
        encoder.options.sortKeys = true
        // The encoder writes 0.6 as 6e-1; people write and read the other.
        return try encoder.encode(self).split(separator: "\n").map { line in
            guard let mark = line.range(of: ": ") ?? line.range(of: "- "),
                let number = Double(line[mark.upperBound...]),
                line[mark.upperBound...].contains("e")
            else { return String(line) }
            let isWhole = number == number.rounded() && abs(number) < 1e15
            return line[..<mark.upperBound] + (isWhole ? "\(Int(number))" : "\(number)")
        }.joined(separator: "\n") + "\n"
    }
}

extension StudySettings.DataSettings {
    mutating func read(_ reader: SettingsReader) throws {
        try reader.read("files", into: &files)
        try reader.read("testFiles", into: &testFiles)
        let classes = JetClass.allCases.map(\.name)
        try reader.read("signal", into: &signal, classes) { try? JetClass(named: $0) }
        try reader.read("background", into: &background, classes) { try? JetClass(named: $0) }
        try reader.read("constituents", into: &constituents, 1...1000)
        try reader.read("jetSum", into: &jetSum)
        try reader.read("clampsMass", into: &clampsMass)
        try reader.read("scalesFeatures", into: &scalesFeatures)
        let amount = "a number of jets, or a fraction up to 1"
        let isAmount = { (value: Double) in value > 0 && (value <= 1 || value == value.rounded() && value < 1e12) }
        try reader.read("trainingJets", into: &trainingJets, amount, where: isAmount)
        try reader.read("validationJets", into: &validationJets, amount, where: isAmount)
        try reader.read("testJets", into: &testJets, amount, where: isAmount)
        try reader.read("keepsFileOrder", into: &keepsFileOrder)
        var seed = Int(splitSeed)
        try reader.read("splitSeed", into: &seed, 0...Int(Int32.max))
        splitSeed = UInt64(seed)
        try reader.read("balanced", into: &balanced)
        try reader.read("memory", into: &memory, "gigabytes, 0 or more") { (0..<1e9).contains($0) }
        try reader.read("scratch", into: &scratch)
    }
}

extension JetTransformer.Settings {
    mutating func read(_ reader: SettingsReader) throws {
        try reader.read("features", into: &features, Features.count...Features.count)
        try reader.read("width", into: &width, 1...65536)
        try reader.read("heads", into: &heads, 1...1024)
        try reader.read("layers", into: &layers, 0...1000)
        try reader.read("feedForward", into: &feedForward, 1...65536)
        try reader.read("head", into: &head, 1...65536)
        try reader.read("dropout", into: &dropout, "a probability below 1") { (0..<1).contains($0) }
        try reader.read("attentionMask", into: &attentionMask)
        try reader.read("pooling", into: &pooling)
        try reader.read("skipConnections", into: &skipConnections)
        try reader.read("copiesFirstLayer", into: &copiesFirstLayer)
        try reader.read("layerNormEpsilon", into: &layerNormEpsilon, "a number above 0") { $0 > 0 }
    }
}

extension TrainingSettings {
    mutating func read(_ reader: SettingsReader) throws {
        try reader.read("epochs", into: &epochs, 1...1_000_000)
        try reader.read("batchSize", into: &batchSize, 1...10_000_000)
        try reader.read("learningRate", into: &learningRate, "a number above 0") { $0 > 0 }
        try reader.read("weightDecay", into: &weightDecay, "0 or a number above") { $0 >= 0 }
        try reader.read("beta1", into: &beta1, "from 0 to below 1") { (0..<1).contains($0) }
        try reader.read("beta2", into: &beta2, "from 0 to below 1") { (0..<1).contains($0) }
        try reader.read("epsilon", into: &epsilon, "a number above 0") { $0 > 0 }
        try reader.read("gradientClip", into: &gradientClip, "a number above 0") { $0 > 0 }
        try reader.read("schedule", into: &schedule)
        try reader.read("warmUpEpochs", into: &warmUpEpochs, "0 or a number above") { $0 >= 0 }
        try reader.read("patience", into: &patience, 1...1_000_000)
        try reader.read("selectBy", into: &selectBy)
        try reader.read("precision", into: &precision)
        try reader.read("sliceSize", into: &sliceSize, 1...65536)
    }
}
