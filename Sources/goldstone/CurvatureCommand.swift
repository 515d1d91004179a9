import ArgumentParser
import Curvature
import Foundation
import Objectives
import Studies
import Support
import Torch

extension CurvatureSettings.Matrix: ExpressibleByArgument {}
extension CurvatureSettings.LogitScale: ExpressibleByArgument {}
extension TraceMethod: ExpressibleByArgument {}

struct CurvatureCommand: ParsableCommand, SharedCommand {
    static let configuration = CommandConfiguration(
        commandName: "curvature",
        abstract: "Eigenpairs, trace and spectral density of the loss's Hessian at trained weights, with their errors.",
        discussion: """
            Every tagger's loss is taken on the same jets. With --output each tagger has a folder of its own there, in \
            which a run that was stopped goes on. Where taggers of two variants share seeds, a table of ratios follows: \
            each variant over the first tagger's.
            """)

    @Argument(help: "weights.safetensors of one or more trainings, or PyTorch networks (.pt2, TorchScript).")
    var weights: [String]

    @OptionGroup var source: JetSource

    @Option(help: "The first so many of the jets, or of the samples.")
    var jets = CurvatureSettings().jets

    @Option(
        help: """
            The loss: terms with their weights, for example bce=1,group=0.1; on samples of your own bce, cross-entropy or mse.
            """)
    var loss = "bce"

    @Option(help: "hessian, or gauss-newton.")
    var matrix = CurvatureSettings.Matrix.hessian

    @Option(parsing: .upToNextOption, help: "Parameters by name, or by the beginning of it: head.0, encoder.layers.1.")
    var parameters: [String] = []

    @Option(help: "Eigenvalues from the upper end.")
    var largest = CurvatureSettings().largest

    @Option(help: "Eigenvalues from the lower end.")
    var smallest = CurvatureSettings().smallest

    @Option(help: "Eigenvalues of largest magnitude, of either sign, in the place of both ends; 0 for the ends.")
    var largestMagnitude = 0

    @Option(help: "Residuals to reach, relative to the eigenvalue.")
    var tolerance = CurvatureSettings().tolerance

    @Option(help: "Products at the most for the eigenpairs.")
    var maxProducts = CurvatureSettings().maximumProducts

    @Option(help: "Vectors multiplied at once: an eigenvalue of multiplicity m needs m.")
    var block = CurvatureSettings().blockSize

    @Option(help: "How the trace is estimated: krylov, xtrace, hutch++ or hutchinson.")
    var traceMethod = TraceSettings().method

    @Option(help: "The trace's relative standard error to stop at.")
    var traceError = TraceSettings().relativeError

    @Option(help: "Products at the most for the trace.")
    var traceProducts = TraceSettings().maximumProducts

    @Option(help: "Random vectors of the spectral density; 0 for none.")
    var probes = CurvatureSettings().density.probes

    @Option(help: "Lanczos steps for each of them.")
    var steps = CurvatureSettings().density.steps

    @Option(
        help: """
            trained, or matched: λ₁ and the trace as well with each tagger's logits divided by the temperature that \
            minimises its own validation cross-entropy. Needs --study.
            """)
    var temperature = CurvatureSettings.LogitScale.trained

    @Option(help: "The seed of all random vectors.")
    var seed: UInt64 = 1

    @Option(help: "Gigabytes for kept graphs; never changes a result. Default: half of the memory that is free.")
    var memory: Double?

    @Option(help: "Folder for curvature.json, eigenvectors, tables and figures. Default: none is written.")
    var output: String?

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func validate() throws {
        for (flag, value) in [
            ("--jets", jets), ("--largest", largest), ("--block", block), ("--max-products", maxProducts),
            ("--steps", steps),
        ] where value < 1 { throw ValidationError("\(flag) must be at least 1, not \(value)") }
        guard traceProducts >= traceMethod.fewestProducts else {
            throw ValidationError(
                "--trace-products must be at least \(traceMethod.fewestProducts) with \(traceMethod.rawValue), not "
                    + "\(traceProducts)")
        }
        for (flag, value) in [
            ("--smallest", smallest), ("--largest-magnitude", largestMagnitude), ("--probes", probes),
        ] where value < 0 {
            throw ValidationError("\(flag) must be at least 0, not \(value)")
        }
        for (flag, value) in [("--tolerance", tolerance), ("--trace-error", traceError)] where !(value > 0 && value < 1)
        {
            throw ValidationError("\(flag) must be a number between 0 and 1, not \(value)")
        }
        if temperature == .matched, source.study == nil {
            throw ValidationError("--temperature: \(MatchingError.noValidationJets)")
        }
        if let memory, !(memory >= 0) { throw ValidationError("--memory must be at least 0, not \(memory)") }
        if SampleLoss(rawValue: loss) == nil { _ = try TermDescription.list(loss) }
    }

    /// - Parameter isOfSamples: whether the loss is one of ``SampleLoss``
    private func settings(isOfSamples: Bool) throws -> CurvatureSettings {
        var settings = CurvatureSettings()
        settings.matrix = matrix
        settings.temperature = temperature == .matched ? .matched : nil
        settings.terms = isOfSamples ? [.init(name: loss, weight: 1)] : try TermDescription.list(loss)
        settings.jets = jets
        settings.parameters = parameters
        (settings.largest, settings.smallest, settings.tolerance) = (largest, smallest, tolerance)
        settings.largestMagnitude = largestMagnitude > 0 ? largestMagnitude : nil
        (settings.maximumProducts, settings.blockSize, settings.seed) = (maxProducts, block, seed)
        (settings.trace.method, settings.trace.relativeError) = (traceMethod, traceError)
        (settings.trace.maximumProducts, settings.trace.seed) = (traceProducts, seed)
        (settings.density.probes, settings.density.steps, settings.density.seed) = (probes, steps, seed)
        if let study = source.study { settings.symmetry = try StudySettings(contentsOf: study).symmetry }
        return settings
    }

    func run() throws {
        try device.choose()
        Interruption.listen()
        let samples = try source.samples(), settings = try settings(isOfSamples: samples != nil)
        let memory = memory.map { Int($0 * 1e9) } ?? HessianOperator.defaultMemory
        var taggers: [TaggerCurvature] = [], shown = ""
        for path in weights {
            let step: CurvatureStep, details: String
            if let samples {
                let subject = try source.sampleLoss(of: path, on: samples, loss, first: jets)
                step = CurvatureStep(
                    of: subject, settings: settings, folder: folder(subject.variant, subject.seed),
                    threads: threads.threads, memory: memory)
                details = "; \(subject.summary)"
            } else {
                let tagger = try source.tagger(at: path), input = tagger.description.input
                let (_, data, validation) = try source.readParts(for: tagger)
                try tagger.check(on: data, needsSecondDerivative: true)
                step = CurvatureStep(
                    tagger: tagger, data: data, validation: validation, settings: settings,
                    folder: folder(tagger.description.variant, tagger.description.seed), threads: threads.threads,
                    memory: memory)
                details = ", \(input.signal) against \(input.background); \(tagger.network.settings.summary)"
            }
            taggers.append(try step.run(log: log))
            shown = taggers.last!.shown + details
        }
        if Processes.isFollowing { return }
        try TaggerCurvature.write(taggers, showing: shown, to: output).show("curvature", in: output)
    }

    private func folder(_ variant: String, _ seed: UInt64) -> String? {
        output.map { "\($0)/\(variant)-seed-\(seed)" }
    }
}
