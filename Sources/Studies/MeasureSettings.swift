import Objectives
import Support

/// How taggers' scores are compared.
public struct StatisticsSettings: Sendable, Codable, Hashable {
    /// Resamples of the bootstrap.
    public var resamples = 1000
    public var seed: UInt64 = 1
    /// Whether single jets are resampled even where events are known.
    public var byJet = false

    /// The defaults.
    public init() {}

    mutating func read(_ reader: SettingsReader) throws {
        try reader.read("resamples", into: &resamples, 100...1_000_000)
        try reader.read("seed", into: &seed)
        try reader.read("byJet", into: &byJet)
    }
}

/// How the paper's claims are judged.
public struct ClaimSettings: Sendable, Codable, Hashable {
    /// The student by which distillation is judged; nil for the largest.
    public var student: String?

    /// The defaults.
    public init() {}

    mutating func read(_ reader: SettingsReader) throws {
        var name = student ?? ""
        try reader.read("student", into: &name)
        student = name.isEmpty ? nil : name
    }
}

extension CurvatureSettings {
    mutating func read(_ reader: SettingsReader) throws {
        try reader.read("matrix", into: &matrix)
        try reader.read("terms", into: &terms)
        if reader.has("temperature") {
            var scale = LogitScale.trained
            try reader.read("temperature", into: &scale)
            temperature = scale == .matched ? .matched : nil
        }
        try reader.section("symmetry") { try symmetry.read($0) }
        try reader.read("jets", into: &jets, 1...1_000_000_000)
        try reader.read("parameters", into: &parameters)
        try reader.read("largest", into: &largest, 1...10_000)
        try reader.read("smallest", into: &smallest, 0...10_000)
        var magnitude = largestMagnitude ?? 0
        try reader.read("largestMagnitude", into: &magnitude, 0...10_000)
        largestMagnitude = magnitude > 0 ? magnitude : nil
        try reader.read("tolerance", into: &tolerance, "a number between 0 and 1") { $0 > 0 && $0 < 1 }
        try reader.read("maximumProducts", into: &maximumProducts, 1...10_000_000)
        try reader.read("blockSize", into: &blockSize, 1...1024)
        try reader.read("sliceSize", into: &sliceSize, 1...65536)
        try reader.read("seed", into: &seed)
        try reader.section("trace") { section in
            try section.read("method", into: &trace.method)
            try section.read("relativeError", into: &trace.relativeError, "a number between 0 and 1") {
                $0 > 0 && $0 < 1
            }
            try section.read("maximumProducts", into: &trace.maximumProducts, 1...10_000_000)
            try section.read("seed", into: &trace.seed)
            let fewest = trace.method.fewestProducts
            if trace.maximumProducts < fewest {
                throw section.invalid("maximumProducts", "at least \(fewest) with `method: \(trace.method.rawValue)`")
            }
        }
        try reader.section("density") { section in
            try section.read("probes", into: &density.probes, 0...10_000)
            try section.read("steps", into: &density.steps, 1...10_000)
            try section.read("seed", into: &density.seed)
        }
    }
}

extension LandscapeSettings {
    mutating func read(_ reader: SettingsReader) throws {
        var names = parts.map(\.rawValue)
        try reader.read("parts", into: &names)
        parts = try names.map { name in
            guard let part = LandscapePart(rawValue: name) else {
                throw reader.invalid(
                    "parts", "a list of \(LandscapePart.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return part
        }
        try reader.read("jets", into: &jets, 2...1_000_000_000)
        try reader.read("seed", into: &seed)
        try reader.read("terms", into: &terms)
        try reader.section("symmetry") { try symmetry.read($0) }
        try reader.read("range", into: &range, "a number above 0") { $0 > 0 }
        try reader.read("randomRange", into: &randomRange, "a number above 0") { $0 > 0 }
        for (name, path) in [("curvePoints", \LandscapeSettings.curvePoints), ("planePoints", \.planePoints)] {
            var points = self[keyPath: path]
            try reader.read(name, into: &points, 3...100_001)
            // So that ε = 0 is among them.
            if points % 2 == 0 { throw reader.invalid(name, "an odd number of points") }
            self[keyPath: path] = points
        }
        try reader.read("curves", into: &curves, 1...1000)
        try reader.read("eigenvectors", into: &eigenvectors, 1...1000)
        try reader.read("vectors", into: &vectors)
        try reader.read("boosts", into: &boosts, 1...1000)
        try reader.read("randomDirections", into: &randomDirections, 0...100_000)
        try reader.read("flipSteps", into: &flipSteps, 1...100_000)
        try reader.read("jacobianJets", into: &jacobianJets, 1...100_000)
        var extent = jacobians ?? .full
        let isGiven = reader.has("jacobians")
        try reader.read("jacobians", into: &extent)
        if isGiven { jacobians = extent }
    }
}

extension SettingsReader {
    /// A seed of random numbers.
    func read(_ key: String, into value: inout UInt64) throws {
        var number = Int(value)
        try read(key, into: &number, 0...Int(Int32.max))
        value = UInt64(number)
    }

    /// Terms and their weights: a mapping from names, as people write it, or a list of `name` and `weight`, as resolved
    /// settings have it.
    func read(_ key: String, into value: inout [TermDescription]) throws {
        if isList(key) {
            value = try list(key) { try TermDescription($0) } ?? value
        } else if let weights = try numbers(key) {
            value = weights.map { TermDescription(name: $0.name, weight: $0.value) }
        }
        for term in value where !Terms.names.contains(term.name) {
            throw invalid(key, "terms named \(Terms.names.joined(separator: ", "))")
        }
    }
}

extension TermDescription {
    fileprivate init(_ reader: SettingsReader) throws {
        var name = "", weight = 1.0
        try reader.read("name", into: &name)
        try reader.read("weight", into: &weight, "a number") { $0.isFinite }
        self.init(name: name, weight: weight)
    }
}
