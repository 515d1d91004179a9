import Report
import Statistics
import Testing

@Suite struct RoundingTests {
    /// One cell as plain text and as LaTeX.
    private func written(_ cell: Table.Cell) -> [String] {
        let table = Table(caption: "", label: "", columns: [.init("x")], rows: [[cell]])
        let plain = table.plain.split(separator: "\n").last.map { $0.drop { $0 == " " } } ?? ""
        let latex = table.latex.split(separator: "\n").first { $0.hasSuffix("$ \\\\") } ?? ""
        return [String(plain), String(latex.dropFirst(4).dropLast(3))]
    }

    /// The first two are the Particle Data Group's own examples of its rule.
    @Test(arguments: [
        (0.827, 0.119, "0.83 ± 0.12"), (0.827, 0.367, "0.8 ± 0.4"), (0.827, 0.981, "0.8 ± 1.0"),
        (0.9424, 0.0024, "0.9424 ± 0.0024"), (0.9364, 0.000949, "0.9364 ± 0.0009"),
        (0.9364, 0.00095, "0.9364 ± 0.0010"),
        (0.5, 0.0354, "0.500 ± 0.035"), (0.5, 0.0355, "0.50 ± 0.04"), (1234.5, 56.7, "1230 ± 60"),
        (87_654.0, 1234.0, "87700 ± 1200"), (-0.0004, 0.01, "0.000 ± 0.010"), (2, 0, "2.000 ± 0"),
        (0.00001234, 0.0000011, "(1.23 ± 0.11)×10⁻⁵"), (12_345_678, 23_456, "(1.2346 ± 0.0023)×10⁷"),
        (0.00001, 0.5, "0.0 ± 0.5"),
    ])
    func theErrorRoundsTheValue(value: Double, error: Double, text: String) {
        #expect(written(.measured(value, error: error))[0] == text)
    }

    @Test(arguments: [
        (0.123456, 4, "0.1235"), (9.9996, 4, "10.00"), (1234.56, 3, "1230"), (0, 4, "0"), (-1.5, 2, "-1.5"),
        (0.00002, 2, "2.0×10⁻⁵"), (6.02214e23, 3, "6.02×10²³"), (999_999.6, 3, "1.00×10⁶"), (.nan, 3, "NaN"),
        (.infinity, 3, "∞"), (1e-12, 5, "1.0000×10⁻¹²"), (1e-7, 2, "1.0×10⁻⁷"),
    ])
    func significantDigits(value: Double, digits: Int, text: String) {
        #expect(written(.number(value, digits: digits))[0] == text)
    }

    @Test func intervals() {
        func estimate(_ value: Double, _ lower: Double, _ upper: Double) -> Table.Cell {
            .estimate(Estimate(value: value, lower: lower, upper: upper, confidence: 0.95))
        }
        #expect(
            written(estimate(0.9424, 0.9401, 0.9443)) == ["0.9424 +0.0019 −0.0023", "$0.9424^{+0.0019}_{-0.0023}$"])
        // The smaller error decides on the digits.
        #expect(written(estimate(512.3, 430.2, 640.9)) == ["510 +130 −80", "$510^{+130}_{-80}$"])
        // A lower bound is rounded down.
        #expect(written(estimate(.infinity, 26_038, .infinity)) == ["> 26000", "$> 26000$"])
        #expect(written(estimate(.infinity, 1999, .infinity))[0] == "> 1990")
    }

    @Test func latexHasPowersOfTenAndInfinity() {
        #expect(written(.measured(1.234e-5, error: 1.1e-6))[1] == "$(1.23 \\pm 0.11) \\times 10^{-5}$")
        #expect(written(.number(6.02214e23, digits: 3))[1] == "$6.02 \\times 10^{23}$")
        #expect(written(.number(.infinity))[1] == "$\\infty$")
        #expect(written(.count(-1_234_567)) == ["-1,234,567", "$-1{,}234{,}567$"])
    }
}
