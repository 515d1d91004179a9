import Foundation

/// What a run made, and where its time went.
struct Summary: CustomStringConvertible {
    let output: String
    let yields: [(jetClass: JetClass, count: Int, yield: ChunkYield)]
    /// Processor time of joining the chunks.
    let secondsJoining: Double

    var description: String {
        var lines = ["class       jets  jets/s a process  cross-section"]
        for (jetClass, count, yield) in yields {
            let rate = Double(count) / max(yield.seconds, 1e-9)
            lines.append(
                pad(jetClass.rawValue, 8) + String(format: "%8d %17.0f", count, rate)
                    + String(format: "  %.4g ± %.1g pb", yield.crossSection, yield.crossSectionError))
        }
        let all = yields.reduce(ChunkYield.zero) { $0 + $1.yield }
        let seconds = all.seconds + secondsJoining
        func share(_ part: Double) -> String { String(format: "%.1f %%", 100 * part / max(seconds, 1e-9)) }
        lines.append(
            "time: \(share(all.secondsPythia)) Pythia, \(share(all.secondsFastJet)) FastJet, "
                + "\(share(all.secondsDetector)) detector, "
                + "\(share(seconds - all.secondsPythia - all.secondsFastJet - all.secondsDetector)) columns and files, of "
                + String(format: "%.1f s of processor time", seconds))
        lines.append("wrote \(output)")
        lines.append("A paper that uses these jets cites:")
        lines += Citations.all.map { "  \($0)" }
        return lines.joined(separator: "\n")
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text.padding(toLength: width, withPad: " ", startingAt: 0)
    }
}
