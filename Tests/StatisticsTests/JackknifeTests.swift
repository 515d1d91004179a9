import Statistics
import Testing

@Suite struct JackknifeTests {
    @Test func `Of a mean, with a jet a group, it is the standard error`() {
        var random = SplitMix(state: 5)
        let values = (0..<40).map { _ in random.normal() }
        let error = Jackknife.standardError(of: values.map { [$0, 1] }, events: (0..<40).map { Int64($0) }) {
            $0[0] / $0[1]
        }
        let mean = values.reduce(0, +) / 40
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(close(error, (squares / 39 / 40).squareRoot()))
    }

    @Test func `Jets of one event are left out together`() {
        // Two equal jets an event are no more than one.
        var random = SplitMix(state: 6)
        let values = (0..<200).map { _ in random.normal() }
        func error(_ jets: [Double], _ events: [Int64]) -> Double {
            Jackknife.standardError(of: jets.map { [$0, 1] }, events: events) { $0[0] / $0[1] }
        }
        let single = error(values, (0..<200).map { Int64($0) })
        let twins = error(values + values, (0..<400).map { Int64($0 % 200) })
        let strangers = error(values + values, (0..<400).map { Int64($0) })
        #expect(close(single, twins))
        #expect(strangers < 0.9 * single)
    }

    @Test func `Of a ratio it is the scatter over other jets`() {
        var random = SplitMix(state: 7), ratios: [Double] = [], errors: [Double] = []
        for _ in 0..<300 {
            let jets = (0..<320).map { _ -> [Double] in
                let x = random.normal(), y = x + random.normal()
                return [(x - y) * (x - y), x * x + y * y]
            }
            func ratio(_ sums: [Double]) -> Double { sums[0] / sums[1] }
            ratios.append(ratio((0..<2).map { term in jets.reduce(0) { $0 + $1[term] } }))
            errors.append(Jackknife.standardError(of: jets, events: (0..<320).map { Int64($0) }, ratio))
        }
        let mean = ratios.reduce(0, +) / 300
        let scatter = (ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 299).squareRoot()
        // ⟨(x − y)²⟩ = 1, ⟨x²⟩ + ⟨y²⟩ = 3.
        #expect(abs(mean - 1.0 / 3) < 0.01)
        #expect(abs(errors.reduce(0, +) / 300 / scatter - 1) < 0.15)
    }
}
