import Report
import Statistics
import Studies
import Testing

struct PaperTablesTests {
    private func variant(_ name: String, _ areas: [Double], collapsed: Set<Int> = []) -> VariantScores {
        VariantScores(
            variant: name,
            scores: areas.enumerated().map { index, area in
                SeedScore(
                    seed: UInt64(index + 1), accuracy: area - 0.04, rocAUC: area, isCollapsed: collapsed.contains(index)
                )
            })
    }

    /// Recomputed from mean ± standard deviation of 3 seeds: the in-distribution loss is no zero, the near gain is not
    /// established, the far one hardly. p by scipy.stats.ttest_ind_from_stats(…, equal_var=False), SciPy 1.17.
    @Test func `The paper's own differences have these p-values`() {
        #expect(abs(PublishedFigures.rocAUC(.w).welch.pValue - 0.0064316) < 1e-6)
        #expect(abs(PublishedFigures.rocAUC(.z).welch.pValue - 0.2832640) < 1e-6)
        #expect(abs(PublishedFigures.rocAUC(.top).welch.pValue - 0.0496279) < 1e-6)
        #expect(abs(PublishedFigures.accuracy(.w).welch.pValue - 0.2189130) < 1e-6)
        #expect(abs(PublishedFigures.accuracy(.z).welch.pValue - 0.2320232) < 1e-6)
        #expect(abs(PublishedFigures.accuracy(.top).welch.pValue - 0.0108824) < 1e-6)
        let effect = PublishedFigures.effect(of: .rocAUC)
        #expect(effect.map { abs($0 + 0.0025) < 1e-12 } == true && PublishedFigures.effect(of: .modeBreaking) == nil)
        let table = PublishedFigures.welchTable
        #expect(table.rows.count == 6 && table.plain.contains("0.0064") && table.plain.contains("0.28"))
    }

    @Test func `Table 1 has ours and the paper's, each said to be what it is`() {
        let table = PaperTables.inDistribution(
            [variant("unconstrained", [0.94, 0.95, 0.96]), variant("constrained", [0.93, 0.95])], showing: "small jets")
        let lines = table.plain.split(separator: "\n").map(String.init)
        #expect(table.rows.count == 4)
        #expect(lines.contains { $0.contains("here") && $0.contains("0.950 ± 0.010") && $0.contains("0.910 ± 0.010") })
        #expect(lines.contains { $0.contains("the paper") && $0.contains("0.9875 ± 0.0005") })
        #expect(table.caption.contains("small jets") && table.latex.contains("\\pm"))
    }

    @Test func `Collapsed seeds are left out of a mean, and one seed has no deviation`() {
        let table = PaperTables.transfer(
            near: [variant("constrained", [0.94, 0.5, 0.96], collapsed: [1])], far: [variant("constrained", [0.7])],
            showing: "small jets")
        let lines = table.plain.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.contains("1 collapsed, left out") && $0.contains("0.950 ± 0.014") })
        #expect(lines.contains { $0.contains("top against gluon") && $0.contains("here") && $0.contains("0.7000") })
        #expect(table.rows.count == 6)
        let none = PaperTables.inDistribution([variant("constrained", [0.5], collapsed: [0])], showing: "small jets")
        #expect(none.rows[0].contains(.missing))
    }
}
