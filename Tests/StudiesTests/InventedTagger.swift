import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Studies
import Torch

/// A tagger whose logit is linear in its weights: Σᵢ θᵢ `functions`ᵢ(jet).
struct LinearTagger: Network {
    let parameters: ParameterTable
    let functions: [@Sendable (JetBatch) -> Tensor]

    init(_ functions: (@Sendable (JetBatch) -> Tensor)...) {
        var table = ParameterTable()
        table.append("weight", [functions.count], .constant(0))
        parameters = table
        self.functions = functions
    }

    func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass) -> Tensor {
        let values = Tensor.stacked(functions.map { $0(jets) }, dimension: -1)  // [B, P]
        return (values * theta[0]).sum(-1)
    }

    /// How many constituents a jet has: no boost changes it.
    static let multiplicity: @Sendable (JetBatch) -> Tensor = { $0.mask.to($0.features.scalarType).sum(-1) }

    /// The leading constituent's log E, counted from 300 GeV's: different in every frame.
    static let energy: @Sendable (JetBatch) -> Tensor = { $0.features.select(-1, 5).select(-1, 0) - log(300) }
}

/// A transformer as a training would have left it, with its jets.
struct InventedTagger {
    let jets: JetData
    let tagger: TrainedTagger
    let data: TaggingData

    init(jets count: Int = 60, seed: UInt64 = 1, variant: String = "unconstrained") throws {
        jets = Example.jets(count)
        var network = Example.network().settings
        network.layers = 1
        let description = TrainedTagger.Description(
            network: .transformer(network), input: .init(signal: .w, background: .gluon, constituents: 12),
            variant: variant, seed: seed)
        tagger = TrainedTagger(
            theta: JetTransformer(network).initialParameters(seed: seed), description: description)
        data = TaggingData(jets, signal: .w)
    }
}

/// A folder that goes when the test ends.
final class Scratch {
    let folder = NSTemporaryDirectory() + "goldstone-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }
}
