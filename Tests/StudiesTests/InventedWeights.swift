import Networks
import Studies

/// Weights of any network before training, as a file would have them.
enum InventedWeights {
    static func tagger(_ settings: TaggerNetwork.Settings) -> TrainedTagger {
        TrainedTagger(
            theta: TaggerNetwork(settings).initialParameters(seed: 1),
            description: .init(
                network: settings, input: .init(signal: .w, background: .gluon, constituents: 12), variant: "test",
                seed: 7))
    }
}
