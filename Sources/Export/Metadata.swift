import Foundation
import Jets
import Studies

/// What a file says of itself: enough to give it the right jets without this project.
struct Metadata {
    let about: String
    /// The file's `metadata_props`.
    let texts: [String: String]

    /// - Parameter check: nil where the graph was not compared with the tagger
    init(_ tagger: TrainedTagger, _ form: ExportedTagger.Form, _ check: LogitCheck? = nil) {
        let description = tagger.description, input = description.input
        let signal = input.signal.name, background = input.background.name
        about =
            "A jet tagger of Goldstone, \(signal) against \(background): \(tagger.network.settings.summary). What its "
            + "inputs and its output are stands in the metadata."
        var texts = [
            "network": tagger.network.settings.summary,
            "variant": description.variant, "seed": "\(description.seed)",
            "weights_sha256": tagger.digest,
            "classes": "\(background), \(signal)",
            "logit":
                "above 0 the jet is taken for \(signal), else for \(background); 1/(1 + exp(-logit)) is the probability "
                + "of \(signal) among jets mixed as those that it was trained on",
            "units": "GeV; radians; natural logarithms",
            "constituent_order": "descending pT",
            "verified": check?.summary ?? "no: ONNX Runtime was not at hand when the file was written",
        ]
        for (name, text) in Metadata.inputs(of: tagger, form) { texts[name] = text }
        self.texts = texts
    }

    private static func inputs(of tagger: TrainedTagger, _ form: ExportedTagger.Form) -> [String: String] {
        let input = tagger.description.input
        let sum =
            input.jetSum == .all
            ? "all of its constituents" : "its leading \(input.constituents) constituents"
        var texts = ["constituents": "\(input.constituents)", "jet_momentum": "the sum over \(sum)"]
        switch form {
        case .momenta:
            texts["input_constituents"] =
                "(E, px, py, pz) of each constituent in GeV, float, [jets, slots, 4]; any number of slots: the leading "
                + "\(input.constituents) are seen"
                + (input.jetSum == .all ? ", the others count in the jet's momentum (one slot may hold their sum)" : "")
            texts["padding"] = "slots without a constituent come last and are 0"
            texts["energies"] =
                input.clampsMass
                ? "those of the constituents that are seen are raised to |p| where rounding left E < |p|"
                : "taken as they are"
        case .features:
            texts["input_features"] =
                "features of each constituent, float, [jets, \(input.constituents), \(Features.count)]; scaled in the graph"
            texts["input_mask"] = "true where there is a constituent, boolean, [jets, \(input.constituents)]"
            texts["padding"] = "slots without a constituent come last; their features are 0, their mask is false"
        case .trigger:
            let slots = (try? tagger.triggerSlots) ?? input.constituents
            texts["constituents"] = "\(slots)"
            texts["input_features"] =
                tagger.network.settings.kind == .mlp
                ? "scaled features, float, [1, \(slots * Features.count)], one constituent after the other"
                : "scaled features, float, [1, \(Features.count), \(slots)]"
            texts["padding"] =
                "slots without a constituent come last; their scaled features are 0: (0 - mean)/deviation is not taken of them"
        }
        if tagger.network.seesFeatures {
            texts["features"] = Features.names.joined(separator: ", ")
            texts["features_meaning"] =
                "Δη and Δφ to the jet's axis, Δφ in (-π, π]; pT and E of constituent and jet; ΔR = √(Δη² + Δφ²)"
        }
        if let scaling = input.scaling, tagger.network.seesFeatures {
            texts["feature_means"] = list(scaling.means)
            texts["feature_deviations"] = list(scaling.deviations)
            texts["feature_scaling"] =
                form == .trigger ? "(x - mean)/deviation, to be done before" : "(x - mean)/deviation, done in the graph"
        } else {
            texts["feature_scaling"] = "none"
        }
        return texts
    }

    /// Numbers as JSON.
    private static func list(_ values: [Double]) -> String {
        "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
    }
}
