import Report
import Support

extension TaggerCurvature {
    /// What `curvature.json` holds.
    private struct Results: Encodable {
        let taggers: [TaggerCurvature]
        let ratios: [CurvatureRatios]
    }

    /// Puts taggers together: `curvature.json`, tables and figures in `folder`, where one is given. Where taggers of two
    /// variants share seeds, their ratios follow: each variant over the first tagger's.
    ///
    /// - Parameter shown: the matrix, jets and networks, for captions
    /// - Throws: `FileError`.
    public static func write(_ taggers: [TaggerCurvature], showing shown: String, to folder: String?) throws -> Findings
    {
        let variants = taggers.map(\.variant).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let ratios = variants.dropFirst().map { CurvatureRatios(of: $0, over: variants[0], taggers) }
            .filter { !$0.pairs.isEmpty }
        let tables =
            [table(taggers, showing: shown), matchedTable(taggers, showing: shown)].compactMap(\.self)
            + ratios.map { $0.table(showing: shown) }
        var findings = Findings(tables: tables)
        if let folder {
            try writeJSON(Results(taggers: taggers, ratios: ratios), to: "\(folder)/curvature.json")
            findings = try .write(tables, figures(taggers, subtitle: shown), name: "curvature", to: folder)
        }
        let short = taggers.filter { !$0.isConverged }.map(\.name)
        if !short.isEmpty {
            findings.warnings.append(
                "the leading eigenvalue or the trace has not reached the precision that was asked for: "
                    + short.joined(separator: "; "))
        }
        findings.warnings += taggers.filter { $0.leading == nil }.map(\.leadingIsUnknown)
        return findings
    }

    /// The matrix and its jets in a few words, for captions.
    public var shown: String {
        let loss = settings.terms.map { $0.weight == 1 ? $0.name : "\($0.weight) \($0.name)" }.joined(separator: " + ")
        return
            "\(settings.matrix == .hessian ? "Hessian" : "Gauss–Newton matrix") of \(loss) on \(jets) \(sampleName ?? "jets")"
    }
}
