import Curvature
import Foundation
import Report
import Support

/// The steps that measure trained taggers: one a tagger, whose result is kept, and one that puts them together.
extension Study {
    // MARK: Curvature

    func curvatureSteps(_ trainings: [TrainingName]) throws -> [StudyStep] {
        let own = settings.curvature, asked: [any Encodable] = [own] + Terms.derivativeVersion(of: own.terms)
        func measure(_ name: TrainingName, _ work: StudyWork) throws -> TaggerCurvature {
            let data = try work.data()
            return try CurvatureStep(
                tagger: try work.tagger(name), data: data.test, validation: data.validation, settings: own,
                folder: "\(work.folder)/\(Study.curvatureFolder(name))", threads: work.threads
            ).run(log: work.log)
        }
        let single = try trainings.map { name in
            try StudyStep(
                .curvature, name.path, needs: names(.training, [name]), settings: asked,
                outputs: ["curvature.json", "eigenvectors.safetensors"].map { "\(Study.curvatureFolder(name))/\($0)" }
            ) { work in
                let curvature = try measure(name, work)
                return Findings(digest: Digest.of([curvature.weights, try Study.text(curvature.eigenvalues)]))
            }
        }
        let all = try StudyStep(
            .curvature, joins: single.map(\.name), settings: asked, outputs: ["curvature/curvature.json"]
        ) { work in
            let taggers = try work.done(trainings, .curvature).map { try measure($0, work) }
            return try TaggerCurvature.write(
                taggers, showing: "\(taggers[0].shown); \(work.shown)", to: "\(work.folder)/curvature"
            ).inFolder("curvature")
        }
        return single + [all]
    }

    /// Where a training's curvature lies in the run's folder.
    static func curvatureFolder(_ name: TrainingName) -> String { "curvature/\(name.variant)-seed-\(name.seed)" }

    // MARK: Landscape

    /// A step a part. Those that go along eigenvectors take the curvature's.
    ///
    /// - Parameter hasCurvature: whether a training's eigenvectors are computed
    func landscapeSteps(_ trainings: [TrainingName], hasCurvature: (TrainingName) -> Bool) throws -> [StudyStep] {
        let own = settings.landscape
        return try own.parts.compactMap { part in
            var taking = part.isOfOneSeed ? firstSeeds(of: trainings) : trainings
            if part.needsEigenvectors { taking = taking.filter(hasCurvature) }
            if part == .jacobians { taking = taking.filter { settings.hasEncoderLayers($0.variant) } }
            if part == .margins { taking = taking.filter { settings.seesFeatures($0.variant) } }
            if taking.isEmpty { return nil }
            // A curve has second derivatives beside the loss.
            let version = part == .curve ? Terms.derivativeVersion(of: own.terms) : []
            return try StudyStep(
                .landscape, part.rawValue, joins: names(part.needsEigenvectors ? .curvature : .training, taking),
                settings: [own] + version, outputs: ["landscape/\(part.rawValue).json"]
            ) { work in
                let done = work.done(taking, part.needsEigenvectors ? .curvature : .training), data = try work.data()
                let subjects = try done.map { name -> LandscapeSubject in
                    let path = work.weightsPath(name)
                    var subject = try LandscapeSubject(
                        path: path, tagger: try work.tagger(name), jets: data.testJets, validation: data.validation,
                        own)
                    if part.needsEigenvectors {
                        let file = "\(work.folder)/\(Study.curvatureFolder(name))/eigenvectors.safetensors"
                        subject.eigenvectors = try Eigenvectors.directions(
                            in: [(file, try Eigenvectors(contentsOf: file))], for: subject.tagger, at: path)
                    }
                    return subject
                }
                let landscape = Landscape(subjects, own, folder: "\(work.folder)/landscape", reducer: work.reducer)
                return try landscape.measure(part).inFolder("landscape")
            }
        }
    }

    /// Of each variant the first seed only.
    private func firstSeeds(of trainings: [TrainingName]) -> [TrainingName] {
        trainings.filter { name in trainings.first { $0.variant == name.variant } == name }
    }

    // MARK: Function

    func invarianceSteps(_ trainings: [TrainingName]) throws -> [StudyStep] {
        let own = settings.invariance
        return try steps(
            .invariance, trainings, own, "invariance/invariance.json",
            measure: { name, work in
                try Invariance.measure(
                    work.tested(name), own, keptIn: "\(work.folder)/invariance", threads: work.threads)
            },
            write: { try Invariance.write($0, own, showing: $1.shown, to: "\($1.folder)/invariance") })
    }

    func robustnessSteps(_ trainings: [TrainingName]) throws -> [StudyStep] {
        let own = settings.robustness
        return try steps(
            .robustness, trainings, own, "robustness/robustness.json",
            measure: { name, work in
                try Robustness.measure(
                    work.tested(name), own, keptIn: "\(work.folder)/robustness", threads: work.threads)
            },
            write: { try Robustness.write($0, own, showing: $1.shown, to: "\($1.folder)/robustness") })
    }

    func transferSteps(_ trainings: [TrainingName]) throws -> [StudyStep] {
        let own = settings.transfer
        return try steps(
            .transfer, trainings, own, "transfer/transfer.json",
            measure: { name, work in
                try Transfer.measure(
                    work.transferCase(name), own, keptIn: "\(work.folder)/transfer", threads: work.threads)
            },
            write: { measured, work in
                try Transfer.write(
                    measured, own, trainedOn: try work.tagger(work.done(trainings, .transfer)[0]).description.input,
                    network: work.settings.networkDescription, to: "\(work.folder)/transfer")
            })
    }

    /// A step a training whose result is kept, and one that writes them all.
    private func steps<Result: Codable & Sendable>(
        _ kind: StudyStep.Kind, _ trainings: [TrainingName], _ settings: some Encodable, _ output: String,
        measure: @escaping (TrainingName, StudyWork) throws -> MeasuredTagger<Result>,
        write: @escaping ([MeasuredTagger<Result>], StudyWork) throws -> Findings
    ) throws -> [StudyStep] {
        let single = try trainings.map { name in
            try StudyStep(
                kind, name.path, needs: names(.training, [name]), settings: [settings],
                outputs: ["\(kind.rawValue)/\(kind.rawValue)/\(name.variant)-seed-\(name.seed).json"]
            ) { work in
                _ = try measure(name, work)
                return Findings()
            }
        }
        let all = try StudyStep(kind, joins: single.map(\.name), settings: [settings], outputs: [output]) { work in
            let measured = try work.done(trainings, kind).map { try measure($0, work) }
            return try write(measured, work).inFolder(kind.rawValue)
        }
        return single + [all]
    }

    // MARK: Distillation

    func distillationSteps(_ trainings: [TrainingName]) throws -> [StudyStep] {
        let own = settings.distillation
        func distil(_ name: TrainingName, _ work: StudyWork) throws -> DistilledTeacher {
            let teacher = try work.tagger(name), data = try work.data()
            return try work.training {
                try DistilledTeacher.distil(
                    teacher, on: data, settings: own, folder: "\(work.folder)/distillation/\(name.path)",
                    threads: work.threads, log: work.log)
            }
        }
        let single = try trainings.map { name in
            try StudyStep(
                .distillation, name.path, needs: names(.training, [name]), settings: [own],
                outputs: ["distillation/\(name.path)/teacher-logits.safetensors"]
            ) { work in
                _ = try distil(name, work)
                return Findings()
            }
        }
        let all = try StudyStep(
            .distillation, joins: single.map(\.name), settings: [own], outputs: ["distillation/distillation.json"]
        ) { work in
            let teachers = try work.done(trainings, .distillation).map { try distil($0, work) }
            return try Distillation(
                jets: work.settings.dataDescription, data: try work.summary(), settings: own, teachers: teachers
            ).write(to: "\(work.folder)/distillation").inFolder("distillation")
        }
        return single + [all]
    }

    /// A value as text, for a digest.
    static func text(_ value: some Encodable) throws -> String { String(decoding: try json(value), as: UTF8.self) }
}

extension LandscapePart {
    /// Whether it is drawn for one seed of each variant: planes cost the square of what curves do.
    var isOfOneSeed: Bool { self == .plane || self == .randomPlane }
}

extension StudySettings {
    /// Whether a variant's network sees features, in which distances to its decision boundary have a meaning.
    func seesFeatures(_ variant: String) -> Bool {
        variants.first { $0.name == variant }.map { network(of: $0).kind != .invariant } ?? false
    }

    /// Whether a variant's network is made of encoder layers.
    func hasEncoderLayers(_ variant: String) -> Bool {
        guard let variant = variants.first(where: { $0.name == variant }) else { return false }
        if case .transformer(let network) = network(of: variant) { return network.layers > 0 }
        return false
    }
}
