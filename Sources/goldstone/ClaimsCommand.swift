import ArgumentParser
import Foundation
import Report
import Statistics
import Studies
import Support

struct ClaimsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "The verdicts on the paper's six claims, from what was measured in a run's folder.",
        discussion: """
            Reads results/training.json (goldstone study) and, as far as they are there, curvature/curvature.json, \
            landscape/goldstone.json, robustness/robustness.json, transfer/transfer.json and \
            distillation/distillation.json, which the commands of those names write with --output into the run's folder. \
            Variants are compared by the names unconstrained and constrained, seed by seed. What is missing leaves its \
            claim undecided.
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(help: "The student by which distillation is judged. Default: the largest.")
    var student: String?

    func run() throws {
        let evidence = try Evidence(run: folder, student: student), verdicts = ClaimVerdicts(evidence.quantities)
        for reading in verdicts.readings { print("\(reading)\n") }
        print(verdicts.table(showing: evidence.shown).plain)
        print(verdicts.quantityTable(showing: evidence.shown).plain)
        for file in evidence.missing { log("not measured: \(file)") }
        for warning in try verdicts.write(to: folder, showing: evidence.shown) { log("warning: \(warning)") }
        var written = "results/claims.json, claims.md, claims.tex, figures/claims.svg"
        if let (near, far) = evidence.transferScores {
            let table = PaperTables.transfer(near: near, far: far, showing: evidence.shown)
            print(table.plain)
            try writeAtomically(Data(table.markdown.utf8), to: "\(folder)/transfer.md")
            try writeAtomically(Data(table.latex.utf8), to: "\(folder)/transfer.tex")
            written += ", transfer.md, transfer.tex"
        }
        print("written to \(folder): \(written)")
    }
}
