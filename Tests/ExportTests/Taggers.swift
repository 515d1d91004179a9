import Export
import Fixtures
import Foundation
import Jets
import Networks
import ONNX
import Objectives
import Studies
import Testing
import Torch

/// Taggers with weights as they are before training, and jets for them.
enum Taggers {
    /// nil where no Python has it.
    static let runtime = try? ONNXRuntime.find()

    static let constituents = 12

    /// About that of the sample's jets.
    static let scaling = try! JSONDecoder().decode(
        FeatureScaling.self,
        from: Data(
            #"{"means": [0, 0.01, -4, 2, -4, 2.5, 0.2], "deviations": [0.1, 0.11, 1.5, 1.4, 1.5, 1.3, 0.15]}"#.utf8))

    /// Every kind of network, with every setting that changes its graph.
    static let networks: [(name: String, settings: TaggerNetwork.Settings)] = {
        func transformer(_ change: (inout JetTransformer.Settings) -> Void) -> TaggerNetwork.Settings {
            var settings = Example.network().settings
            change(&settings)
            return .transformer(settings)
        }
        func deepSets(_ change: (inout DeepSets.Settings) -> Void) -> TaggerNetwork.Settings {
            var settings = DeepSets.Settings()
            change(&settings)
            return .deepSets(settings)
        }
        func mlp(_ constituents: Int, hidden: [Int]) -> TaggerNetwork.Settings {
            var settings = ConstituentMLP.Settings()
            settings.constituents = constituents
            settings.hidden = hidden
            return .mlp(settings)
        }
        var small = LorentzInvariantNetwork.Settings()
        (small.width, small.messageWidth, small.blocks, small.head) = (12, 6, 3, [])
        return [
            ("transformer", transformer { _ in }),
            ("as the paper's", transformer { ($0.attentionMask, $0.pooling) = (false, .allSlots) }),
            ("without skips", transformer { ($0.skipConnections, $0.head, $0.layers) = (false, [], 1) }),
            ("one head", transformer { ($0.heads, $0.layerNormEpsilon, $0.dropout) = (1, 1e-3, 0.2) }),
            ("deep sets", deepSets { _ in }),
            ("sums", deepSets { ($0.pooling, $0.rho) = (.sum, []) }),
            ("all slots", deepSets { ($0.pooling, $0.phi) = (.allSlots, [16, 8, 4]) }),
            ("few slots", deepSets { ($0.pooling, $0.constituents) = (.allSlots, 4) }),
            ("many slots", deepSets { ($0.pooling, $0.constituents) = (.mean, 16) }),
            ("MLP", mlp(8, hidden: [16, 8])), ("long MLP", mlp(20, hidden: [])),
            ("invariant", .invariant(.init())), ("small invariant", .invariant(small)),
        ]
    }()

    static func tagger(
        _ settings: TaggerNetwork.Settings, jetSum: TaggingData.JetSum = .all, scaling: FeatureScaling? = scaling
    ) -> TrainedTagger {
        TrainedTagger(
            theta: TaggerNetwork(settings).initialParameters(seed: 3),
            description: .init(
                network: settings,
                input: .init(
                    signal: .w, background: .gluon, constituents: constituents, jetSum: jetSum, scaling: scaling),
                variant: "test", seed: 7))
    }

    static func jets(_ count: Int, for tagger: TrainedTagger) -> TaggingData {
        let input = tagger.description.input
        let jets = InventedJets.make(
            count, constituents: input.constituents, classes: (input.signal, input.background), seed: 1)
        var data = TaggingData(jets, signal: input.signal, jetSum: input.jetSum)
        data.scaling = input.scaling
        return data
    }

    /// The forms that a network has.
    static func forms(of settings: TaggerNetwork.Settings) -> [ExportedTagger.Form] {
        switch settings {
        case .program: []
        case .invariant: [.momenta]
        case .transformer: [.features, .momenta]
        case .deepSets(let settings) where settings.pooling != .allSlots: [.features, .momenta]
        case .deepSets, .mlp: ExportedTagger.Form.allCases
        }
    }

    /// Every network in every form that it has.
    static let cases = networks.flatMap { network in
        forms(of: network.settings).map { Case(name: network.name, settings: network.settings, form: $0) }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let settings: TaggerNetwork.Settings
        let form: ExportedTagger.Form
        var testDescription: String { "\(name), \(form.rawValue)" }
    }
}
