extension ROCCurve {
    /// Fewer points for a drawing: of n points at most about 2/`step` + ln(background jets)/`step` are kept.
    ///
    /// The curve rises in both efficiencies, so between two points it stays in the box that they span. Kept
    /// neighbours span a box no larger than `step` in ε_S, in ε_B, and in ε_B relative to itself (for logarithmic
    /// axes), unless they are neighbours in the full curve as well. The full curve's large steps, its corners, are
    /// thus all kept; so are both ends and the last point without background. Cost: O(points).
    ///
    /// - Precondition: `step` > 0.
    public func thinned(step: Double = 0.004) -> ROCCurve {
        precondition(step > 0, "a step is positive, not \(step)")
        let signalStep = step * Double(signalCount)
        let backgroundStep = step * Double(backgroundCount)
        var kept = [0]
        for i in 1..<count {
            let last = kept[kept.count - 1]
            guard i - 1 > last else { continue }
            let signal = Double(signalPassing[i] - signalPassing[last])
            let background = Double(backgroundPassing[i] - backgroundPassing[last])
            let relative = step * Double(backgroundPassing[last])
            // The box up to this point would be too large: the point before it ends the box.
            if signal > signalStep || background > min(backgroundStep, relative) { kept.append(i - 1) }
        }
        kept.append(count - 1)
        return ROCCurve(
            thresholds: kept.map { thresholds[$0] }, signalPassing: kept.map { signalPassing[$0] },
            backgroundPassing: kept.map { backgroundPassing[$0] })
    }
}
