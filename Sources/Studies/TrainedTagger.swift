import Foundation
import Jets
import Networks
import Objectives
import Statistics
import Support
import Torch

/// A tagger as it lies in `weights.safetensors`: parameters under PyTorch's names, and in the metadata what network they
/// belong to and what jets it was trained on, so that the file alone is enough to use it.
public struct TrainedTagger: Sendable {
    /// [P], float.
    public let theta: Tensor
    public let description: Description
    public let network: TaggerNetwork

    /// What the weights belong to.
    public struct Description: Sendable, Codable, Equatable {
        public let network: TaggerNetwork.Settings
        public let input: Input
        public let variant: String
        public let seed: UInt64

        public init(network: TaggerNetwork.Settings, input: Input, variant: String, seed: UInt64) {
            self.network = network
            self.input = input
            self.variant = variant
            self.seed = seed
        }

        /// What no tagger can be; nil where there is nothing.
        var fault: String? {
            if let features = network.features, features != Features.count {
                return "`features` is \(features), not \(Features.count)"
            }
            return network.fault ?? input.fault
        }
    }

    /// What the network expects of jets.
    public struct Input: Sendable, Codable, Equatable {
        /// The classes that it tells apart.
        public var signal: JetClass, background: JetClass
        /// Leading constituents that it sees.
        public var constituents: Int
        /// Which constituents the jet's four-momentum is the sum of.
        public var jetSum: TaggingData.JetSum
        /// Whether E² < p² by rounding is mended when reading.
        public var clampsMass: Bool
        /// How features are scaled, measured on the training jets; nil leaves them as they are.
        public var scaling: FeatureScaling?

        public init(
            signal: JetClass, background: JetClass, constituents: Int, jetSum: TaggingData.JetSum = .all,
            clampsMass: Bool = true, scaling: FeatureScaling? = nil
        ) {
            self.signal = signal
            self.background = background
            self.constituents = constituents
            self.jetSum = jetSum
            self.clampsMass = clampsMass
            self.scaling = scaling
        }

        /// What no jets can be; nil where there is nothing.
        var fault: String? {
            if !(1...1000).contains(constituents) { return "`constituents` is \(constituents), outside 1…1000" }
            if signal == background { return "`signal` and `background` are both \(signal)" }
            guard let scaling else { return nil }
            guard scaling.means.count == Features.count, scaling.deviations.count == Features.count else {
                return "`scaling` does not have \(Features.count) means and deviations"
            }
            guard (scaling.means + scaling.deviations).allSatisfy(\.isFinite), scaling.deviations.allSatisfy({ $0 > 0 })
            else { return "`scaling` has a number that is not finite, or a deviation that is not above 0" }
            return nil
        }
    }

    /// - Parameter network: nil makes it of its settings
    public init(theta: Tensor, description: Description, network: TaggerNetwork? = nil) {
        self.theta = theta
        self.description = description
        self.network = network ?? TaggerNetwork(description.network)
    }

    // MARK: Files

    private static let metadataKey = "goldstone"

    /// Reads weights that ``write(to:)`` wrote.
    ///
    /// - Throws: `SafetensorsError` where the file is damaged or a tensor is missing, unexpected or of another shape;
    ///   `FileError` where it doesn't say what network it belongs to.
    public init(contentsOf path: String) throws {
        let file = try Safetensors(contentsOf: path)
        guard let text = file.metadata[TrainedTagger.metadataKey] else {
            throw FileError.malformed(
                path: path, reason: "its metadata have no `\(TrainedTagger.metadataKey)`, which says what network it is"
            )
        }
        let description: Description
        do {
            description = try JSONDecoder().decode(Description.self, from: Data(text.utf8))
        } catch {
            throw FileError.malformed(path: path, reason: "its metadata `\(TrainedTagger.metadataKey)`: \(error)")
        }
        guard description.network.kind != .program else {
            throw FileError.malformed(
                path: path, reason: "a program's weights lie in its own file, never in this format")
        }
        if let fault = description.fault {
            throw FileError.malformed(path: path, reason: "its metadata `\(TrainedTagger.metadataKey)`: \(fault)")
        }
        let table = TaggerNetwork(description.network).parameters
        try file.check(table.entries.map { ($0.name, $0.shape) }, file: path)
        var values = [Float]()
        do throws(SafetensorsError) {
            for entry in table.entries { values += try file[entry.name]!.floats() }
        } catch {
            throw FileError.malformed(path: path, reason: "\(error)")
        }
        self.init(theta: Tensor(values), description: description)
    }

    /// Writes the weights as PyTorch's `load_state_dict` takes them.
    ///
    /// - Throws: `FileError`.
    public func write(to path: String) throws {
        let values = theta.elements(Float.self)
        let tensors = network.parameters.entries.map { entry in
            SafetensorsEntry(
                name: entry.name, shape: entry.shape, values: Array(values[entry.offset..<entry.offset + entry.count]))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(description), as: UTF8.self)
        try Safetensors(tensors: tensors, metadata: [TrainedTagger.metadataKey: text, "format": "pt"]).write(to: path)
    }

    // MARK: Jets

    /// Jets of the two classes from files, as this tagger expects them.
    ///
    /// - Throws: `JetsError`, `HDF5Error`.
    public func readJets(_ paths: [String], signal: JetClass? = nil, background: JetClass? = nil) throws -> (
        jets: JetData, data: TaggingData
    ) {
        let input = description.input, signal = signal ?? input.signal
        let reader = JetReader(
            constituents: input.constituents, classes: [signal, background ?? input.background],
            constituentMassSquaredClamp: input.clampsMass, storage: JetStorage())
        let jets = try reader.read(paths.map(Sample.resolve))
        var data = try TaggingData(jets, signal: signal, jetSum: input.jetSum, in: jets.storage)
        data.scaling = input.scaling
        return (jets, data)
    }

    /// How well it does on jets, and their logits in order. Cost: a forward pass.
    ///
    /// - Throws: `StatisticsError` where one class is missing or a logit is NaN.
    public func evaluate(_ data: TaggingData, _ reducer: Reducer) throws -> (Evaluation, logits: [Double]) {
        let logits = reducer.logits(network, at: theta, data)
        return (try Evaluation(try ScoredJets(scores: logits, isSignal: data.isSignal)), logits)
    }

    /// Writes per-jet scores: `logit`, `score` (the probability for signal), `label` (1 for signal) and `index` (the jet's
    /// place in the files that were read), one value a jet; with `events`, `event` (the number of the collision that the jet
    /// comes from) as well. HDF5 files also say what tagger it is, in attributes.
    ///
    /// - Throws: `HDF5Error`, `FileError` or `ColumnsError`, where the file can't be written.
    public func writeScores(
        _ logits: [Double], of data: TaggingData, index: [Int64], events: [Int64]? = nil, to path: String,
        as format: ScoreFormat = .hdf5
    ) throws {
        let attributes = [
            "variant": description.variant, "seed": "\(description.seed)", "network": network.settings.summary,
            "signal": description.input.signal.name, "background": description.input.background.name,
        ]
        try ScoreTable(
            [.init(logits: logits)], isSignal: data.isSignal, index: index, events: events, attributes: attributes
        ).write(to: path, as: format)
    }
}

extension TaggingData {
    /// The labels as booleans.
    public var isSignal: [Bool] { labels.elements(Float.self).map { $0 > 0.5 } }
}
