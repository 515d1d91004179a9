import Foundation
import Support

/// How long the steps of a run that are still to be done will take: by the calibration, corrected by what the steps before
/// have taken.
package struct StudyForecast {
    /// The steps that are to be done, in order.
    private let missing: [StudyStep]
    private let calibrate: () throws -> StudyCost
    private var cost: StudyCost?
    private var hasCalibrated = false
    /// Seconds that the steps of this run were expected to take, and took.
    private var expected = 0.0, taken = 0.0

    /// - Parameter calibrate: called once, before the first step that takes long
    init(_ plan: StudyPlan, only: Set<String>?, calibrate: @escaping () throws -> StudyCost) {
        missing = plan.states().filter { $0.state != .done && only?.contains($0.step.name) ?? true }.map(\.step)
        self.calibrate = calibrate
    }

    private static let long: [StudyStep.Kind] = [
        .training, .curvature, .landscape, .invariance, .robustness, .transfer, .distillation,
    ]

    mutating func begin(_ step: StudyStep, log: (String) -> Void) {
        guard !hasCalibrated, StudyForecast.long.contains(step.kind) else { return }
        hasCalibrated = true
        do {
            cost = try calibrate()
        } catch {
            // A run needs no forecast; what is wrong stops the step that it concerns.
            log("no times are forecast: \(error)")
        }
    }

    mutating func end(_ step: StudyStep, _ record: StepRecord) {
        guard let cost else { return }
        let seconds = cost.seconds(step)
        // What was found done, by another command or a sitting that was killed, tells nothing of the speed.
        guard record.seconds > 0.1 * seconds else { return }
        expected += seconds
        taken += record.seconds
    }

    /// `  about 40 s, 12 min 00 s for all that is left`.
    func words(_ step: StudyStep) -> String {
        guard let cost else { return "" }
        let speed = expected > 0 ? taken / expected : 1
        let all = missing.drop { $0.name != step.name }.reduce(0) { $0 + cost.seconds($1) }
        return "  about \(ProgressLine.duration(speed * cost.seconds(step))), "
            + "\(ProgressLine.duration(speed * all)) for all that is left"
    }
}
