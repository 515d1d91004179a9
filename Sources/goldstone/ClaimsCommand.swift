import ArgumentParser
import Studies

struct ClaimsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "The verdicts on the paper's six claims, from what was measured in a run's folder.",
        discussion: """
            Reads results/training.json (goldstone study) and, as far as they are there, curvature/curvature.json, \
            landscape/goldstone.json, robustness/robustness.json, transfer/transfer.json and \
            distillation/distillation.json, which the commands of those names write with --output into the run's folder. \
            The claims compare the variants named unconstrained and constrained, seed by seed; other variants are set \
            beside both. What is missing leaves its claim undecided.
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(help: "The student by which distillation is judged. Default: the largest.")
    var student: String?

    func run() throws {
        let evidence = try Evidence(run: folder, student: student)
        for reading in ClaimVerdicts(evidence.quantities).readings { print("\(reading)\n") }
        let findings = try evidence.write(to: folder)
        for table in findings.tables where table.label != "claims-by-seed" { print(table.plain) }
        for warning in findings.warnings { log("warning: \(warning)") }
        let variants = findings.tables.contains { $0.label == "variants" } ? ", variants.md, variants.tex" : ""
        let transfer = evidence.transferScores == nil ? "" : ", transfer.md, transfer.tex"
        print(
            "written to \(folder): results/claims.json, claims.md, claims.tex, figures/claims.svg\(variants)\(transfer)"
        )
    }
}
