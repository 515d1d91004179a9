import ArgumentParser
import Curvature
import Foundation
import Objectives
import Studies
import Support

extension LandscapePart: ExpressibleByArgument {}
extension VectorParameters: ExpressibleByArgument {}
extension LayerJacobian.Extent: ExpressibleByArgument {}

struct LandscapeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "landscape",
        abstract: "The loss and the function of trained weights along and over directions, for several side by side.",
        discussion: """
            Parts (--what):
            \(LandscapePart.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            Every point is kept as soon as it is done: the same command goes on after Ctrl-C or a kill.
            """)

    @Argument(help: "weights.safetensors of one or more trainings, or PyTorch networks (.pt2, TorchScript).")
    var weights: [String]

    @OptionGroup var source: JetSource

    @Option(parsing: .upToNextOption, help: "Parts to measure. Default: all that these networks and data have.")
    var what: [LandscapePart] = []

    @Option(
        parsing: .upToNextOption,
        help: "eigenvectors.safetensors of `goldstone curvature`, for all weights. Default: they are computed.")
    var eigenvectors: [String] = []

    @Option(help: "Folder for results, tables, figures, and the points of unfinished parts.")
    var output: String

    @OptionGroup var options: LandscapeOptions

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func run() throws {
        try device.choose()
        Interruption.listen()
        let samples = try source.samples()
        let settings = try options.settings(study: source.study, isOfSamples: samples != nil)
        let reducer = Reducer(threads: threads.threads)
        let files = try eigenvectors.map { ($0, try Eigenvectors(contentsOf: $0)) }
        let needsEigenvectors = what.isEmpty || what.contains(where: \.needsEigenvectors)
        let hasCurves = what.isEmpty || what.contains(.curve)
        let subjects = try weights.map { path -> LandscapeSubject in
            var subject: LandscapeSubject
            if let samples {
                let loss = settings.terms[0].name
                subject = LandscapeSubject(
                    path: path, of: try source.sampleLoss(of: path, on: samples, loss, first: settings.jets))
            } else {
                let tagger = try source.tagger(at: path)
                let (jets, data, validation) = try source.readParts(for: tagger)
                try tagger.check(on: data, needsSecondDerivative: true)
                subject = try LandscapeSubject(
                    path: path, tagger: tagger, jets: jets, validation: validation, settings)
            }
            // Before anything is measured.
            if hasCurves { try subject.checkExpansion(settings) }
            if needsEigenvectors {
                subject.eigenvectors =
                    files.isEmpty
                    ? try subject.leadingEigenvectors(settings.eigenvectors, keptIn: output, reducer, log: log)
                    : try Eigenvectors.directions(in: files, for: subject.loss, at: path)
            }
            return subject
        }
        let what =
            what.isEmpty
            ? LandscapePart.allCases.filter { part in subjects.allSatisfy { $0.parts.contains(part) } } : what
        let landscape = Landscape(subjects, settings, folder: output, reducer: reducer)
        for part in what {
            let outcome = try landscape.measure(part)
            for table in outcome.tables { print(table.plain) }
            for warning in outcome.warnings { log("warning: \(warning)") }
        }
        print("results  \(output)/" + what.map { "\($0.rawValue).json" }.joined(separator: ", "))
        print("figures  \(output)/*.svg")
    }
}

/// How a landscape is looked at.
struct LandscapeOptions: ParsableArguments {
    @Option(help: "Jets measured on: the first so many of the test jets, or of the samples.")
    var jets = LandscapeSettings().jets

    @Option(help: "Of boosts and random directions.")
    var seed = LandscapeSettings().seed

    @Option(
        help: """
            The loss, the same for all: terms with their weights; each term is shown by itself, too. On samples of your own \
            bce, cross-entropy or mse. Default: bce=1,group=0.1; on samples bce.
            """)
    var loss: String?

    @Option(help: "How far along eigenvectors, in units of the weights' norm ‖θ‖.")
    var range = LandscapeSettings().range

    @Option(help: "How far along random directions; at 1 each filter moves by its own norm.")
    var randomRange = LandscapeSettings().randomRange

    @Option(help: "Points of curves and of R(ε); odd.")
    var curvePoints = LandscapeSettings().curvePoints

    @Option(help: "Points along each axis of planes; odd.")
    var planePoints = LandscapeSettings().planePoints

    @Option(help: "Eigenvectors that curves are drawn along.")
    var curves = LandscapeSettings().curves

    @Option(help: "Eigenvectors that are computed where no file has them.")
    var computedEigenvectors = LandscapeSettings().eigenvectors

    @Option(help: "What biases and layer norms do along random directions: still or scaled.")
    var vectors = LandscapeSettings().vectors

    @Option(help: "Boosts a jet in `ratio` and `goldstone`.")
    var boosts = LandscapeSettings().boosts

    @Option(help: "Random directions beside the eigenvectors in `goldstone`.")
    var randomDirections = LandscapeSettings().randomDirections

    @Option(help: "Steps to either side for which `margins` counts flipped decisions.")
    var flipSteps = LandscapeSettings().flipSteps

    @Option(help: "Jets whose layers' Jacobians are decomposed.")
    var jacobianJets = LandscapeSettings().jacobianJets

    @Option(help: "What of them: full or blocks. Default: full up to 2048 rows.")
    var jacobians: LayerJacobian.Extent?

    func validate() throws {
        func require(_ condition: Bool, _ flag: String, _ wanted: String, _ value: some Any) throws {
            guard condition else { throw ValidationError("\(flag) must be \(wanted), not \(value)") }
        }
        try require(jets >= 2, "--jets", "at least 2", jets)
        for (flag, value) in [("--range", range), ("--random-range", randomRange)] {
            try require(value > 0 && value.isFinite, flag, "a number above 0", value)
        }
        for (flag, value) in [("--curve-points", curvePoints), ("--plane-points", planePoints)] {
            try require(value >= 3 && value % 2 == 1, flag, "odd and at least 3, so that ε = 0 is among them", value)
        }
        for (flag, value) in [
            ("--curves", curves), ("--computed-eigenvectors", computedEigenvectors), ("--boosts", boosts),
            ("--flip-steps", flipSteps), ("--jacobian-jets", jacobianJets),
        ] {
            try require(value >= 1, flag, "at least 1", value)
        }
        try require(randomDirections >= 0, "--random-directions", "0 or more", randomDirections)
        if let loss, SampleLoss(rawValue: loss) == nil { _ = try TermDescription.list(loss) }
    }

    /// The settings; boosts and symmetry terms are those of the study, where one is given.
    ///
    /// - Parameter isOfSamples: whether the loss is one of ``SampleLoss``
    func settings(study: String?, isOfSamples: Bool) throws -> LandscapeSettings {
        var settings = LandscapeSettings()
        settings.jets = jets
        settings.seed = seed
        if isOfSamples {
            settings.terms = [.init(name: loss ?? SampleLoss.bce.rawValue, weight: 1)]
        } else if let loss {
            settings.terms = try TermDescription.list(loss)
        }
        if let study { settings.symmetry = try StudySettings(contentsOf: study).symmetry }
        settings.range = range
        settings.randomRange = randomRange
        settings.curvePoints = curvePoints
        settings.planePoints = planePoints
        settings.curves = curves
        settings.eigenvectors = max(computedEigenvectors, curves, 2)
        settings.vectors = vectors
        settings.boosts = boosts
        settings.randomDirections = randomDirections
        settings.flipSteps = flipSteps
        settings.jacobianJets = jacobianJets
        settings.jacobians = jacobians
        return settings
    }
}
