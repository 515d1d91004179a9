import Foundation
import Report
import Statistics
import Studies
import Testing

struct ClaimTablesTests {
    @Test func `The claims table has a row a claim, with the paper's figure beside ours`() {
        let table = ClaimVerdicts(clearEvidence).table(showing: "invented jets")
        #expect(table.rows.count == 6 && table.caption.contains("invented jets"))
        let lines = table.markdown.split(separator: "\n")
        let transfer = lines.first { $0.contains("(e)") }.map(String.init) ?? ""
        #expect(transfer.contains("Reproduced") && (transfer.contains("0.0065") || transfer.contains("0.115")))
        #expect(lines.contains { $0.contains("(b)") && $0.contains("(×)") })
        // LaTeX takes it: no bare characters that it would choke on.
        #expect(table.latex.contains("$\\lambda$") || table.latex.contains("trace"))
        #expect(!table.latex.contains("×") && !table.latex.contains("₁"))
    }

    @Test func `Nothing measured is a table, too`() {
        let found = ClaimVerdicts([:])
        #expect(found.table(showing: "no jets").plain.contains("Undecided"))
        #expect(found.seedTable(showing: "no jets").rows.isEmpty)
        #expect(found.readings.count { $0.contains("nothing was measured") } == 6)
        #expect(found.quantityTable(showing: "no jets").rows.count == 9)
    }

    @Test func `Every seed is in the table behind it, with what is to be said of it`() {
        let eigenvalues = clearEvidence[.leadingEigenvalue]!
            .changing(seed: 2) { _ in .init(1e-9, isCollapsed: true) }
            .changing(seed: 4) { .init($0.value, isConverged: false) }
        let table = ClaimVerdicts([.leadingEigenvalue: eigenvalues]).seedTable(showing: "invented jets")
        #expect(table.rows.count == 6)
        let text = table.plain.split(separator: "\n").map(String.init)
        #expect(text.contains { $0.contains("1.0000×10⁻⁹") && $0.contains("left out") })
        #expect(text.count { $0.contains("not converged") } == 1)
    }

    @Test func `Writes its page, its LaTeX and its JSON`() throws {
        let folder = NSTemporaryDirectory() + "claims-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let warnings = try ClaimVerdicts(clearEvidence).write(to: folder, showing: "invented jets")
        #expect(warnings.isEmpty)
        let page = try String(contentsOfFile: "\(folder)/claims.md", encoding: .utf8)
        #expect(page.contains("(f) distilled faster and more closely. Reproduced") && page.contains("| seed |"))
        #expect(try String(contentsOfFile: "\(folder)/claims.tex", encoding: .utf8).contains("\\label{tab:claims}"))
        #expect(FileManager.default.fileExists(atPath: "\(folder)/results/claims.json"))
        #expect(FileManager.default.fileExists(atPath: "\(folder)/figures/claims.vl.json"))
    }

    @Test func `The figure has a panel for each quantity that was measured`() throws {
        let all = try #require(ClaimVerdicts(clearEvidence).figure(showing: "invented jets"))
        #expect(all.panels.count == 9)
        #expect(ClaimVerdicts([:]).figure(showing: "no jets") == nil)
        // One pair has a dot and no interval.
        let one = try #require(ClaimVerdicts([.modeBreaking: pairs([0.5], [0.2])]).figure(showing: "invented jets"))
        let text = String(decoding: try JSONEncoder().encode(one.specification), as: UTF8.self)
        #expect(one.panels.count == 1 && text.contains("Undecided, 1 pair") && !text.contains("\"lower\""))
    }
}
