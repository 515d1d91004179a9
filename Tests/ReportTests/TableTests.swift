import Report
import Statistics
import Testing

@Suite struct TableTests {
    private static let table = Table(
        caption: "Small jet transformer & 3 seeds; ± is the spread", label: "accuracy",
        columns: [.init("variant"), .init("ε_B | 1", latex: "$\\epsilon_B$"), .init("AUC"), .init("jets")],
        rows: [
            [.text("un_constrained"), .number(0.123456), .measured(0.98746, error: 0.00052), .count(104_704)],
            [.text("SEAL"), .missing, .measured(0.985, error: 0.0002), .count(999)],
        ])

    @Test func plainTextIsAligned() {
        #expect(
            Self.table.plain == """
                Small jet transformer & 3 seeds; ± is the spread

                variant         ε_B | 1                AUC     jets
                ──────────────  ───────  ─────────────────  ───────
                un_constrained   0.1235    0.9875 ± 0.0005  104,704
                SEAL                  –  0.98500 ± 0.00020      999

                """)
    }

    @Test func markdown() {
        #expect(
            Self.table.markdown == """
                Small jet transformer & 3 seeds; ± is the spread

                | variant | ε_B \\| 1 | AUC | jets |
                | --- | ---: | ---: | ---: |
                | un_constrained | 0.1235 | 0.9875 ± 0.0005 | 104,704 |
                | SEAL | – | 0.98500 ± 0.00020 | 999 |

                """)
    }

    @Test func latex() {
        #expect(
            Self.table.latex == """
                % needs \\usepackage{booktabs}
                \\begin{table}
                  \\centering
                  \\caption{Small jet transformer \\& 3 seeds; $\\pm$ is the spread}
                  \\label{tab:accuracy}
                  \\begin{tabular}{lrrr}
                    \\toprule
                    variant & $\\epsilon_B$ & AUC & jets \\\\
                    \\midrule
                    un\\_constrained & $0.1235$ & $0.9875 \\pm 0.0005$ & $104{,}704$ \\\\
                    SEAL & -- & $0.98500 \\pm 0.00020$ & $999$ \\\\
                    \\bottomrule
                  \\end{tabular}
                \\end{table}

                """)
    }

    @Test(arguments: [
        ("100 % & more #1", "100 \\% \\& more \\#1"), ("a_b^c~d", "a\\_b\\textasciicircum{}c\\textasciitilde{}d"),
        ("\\{$}", "\\textbackslash{}\\{\\$\\}"),
        ("λ₁ ≥ 1/ε² – größer", "$\\lambda$$_1$ $\\geq$ 1/$\\varepsilon$$^2$ -- größer"),
    ])
    func nothingInATextIsACommand(text: String, latex: String) {
        #expect(escapedForLaTeX(text) == latex)
    }
}
