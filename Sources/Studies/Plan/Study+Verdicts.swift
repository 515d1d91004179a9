import Foundation
import Support

/// The steps that draw conclusions from the others' results.
extension Study {
    /// The accuracy-against-simplicity frontier, where there is more than the paper's two variants to it.
    func frontierSteps(_ trainings: [TrainingName], among steps: [StudyStep]) throws -> [StudyStep] {
        var own = settings
        own.variants = settings.variants.filter { variant in trainings.contains { $0.variant == variant.name } }
        let evaluation = StudyStep.name(.evaluation), settings = own
        guard Frontier.points(of: settings).points.count > 2, steps.contains(where: { $0.name == evaluation }) else {
            return []
        }
        let sources: [StudyStep.Kind] = [.evaluation, .curvature, .invariance, .distillation]
        let joined = steps.filter { sources.contains($0.kind) && $0.part == nil }.map(\.name)
        return [
            try StudyStep(
                .frontier, needs: [evaluation], joins: joined, settings: [settings.variants, [settings.claims]],
                outputs: ["frontier/frontier.json"]
            ) { work in
                try Frontier(
                    run: work.folder, settings: settings, student: settings.claims.student, files: work.resultFiles
                ).write(to: "\(work.folder)/frontier").inFolder("frontier")
            }
        ]
    }

    /// The verdicts on the paper's claims, from what is measured.
    func claimsStep(after steps: [StudyStep]) throws -> StudyStep {
        let own = settings.claims
        let sources: [StudyStep.Kind] = [.evaluation, .curvature, .robustness, .transfer, .distillation]
        let joined = steps.filter {
            sources.contains($0.kind) && $0.part == nil || $0.name == StudyStep.name(.landscape, "goldstone")
        }
        return try StudyStep(
            .claims, needs: [StudyStep.name(.evaluation)], joins: joined.map(\.name), settings: [own],
            outputs: ["results/claims.json"]
        ) { work in
            try Evidence(run: work.folder, student: own.student, files: work.resultFiles).write(to: work.folder)
        }
    }

    /// The page, of everything that is there.
    func reportStep(after steps: [StudyStep]) throws -> StudyStep {
        try StudyStep(
            .report, joins: steps.map(\.name), settings: [try settings.yaml()],
            outputs: ["report.html", "tables.md", "tables.tex"]
        ) { work in
            try StudyReport(work.settings, folder: work.folder, steps: steps).write()
        }
    }
}
