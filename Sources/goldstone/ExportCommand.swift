import ArgumentParser
import Export
import Foundation
import Jets
import Objectives
import Report
import Studies
import Support

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write taggers and students as ONNX, to run without Goldstone: in Python, C++ or a trigger's tools.",
        discussion: """
            Each file is compared with the tagger itself by ONNX Runtime before it is written, on a study's test jets, on \
            jets of --data, or on invented ones of every number of constituents. Where they differ by more than 1e-4, \
            nothing is written. Where no Python has ONNX Runtime, the file says that it is unverified.

            The weights themselves need no export: weights.safetensors is what PyTorch's load_state_dict takes.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case onnx, trigger }
    enum Inputs: String, ExpressibleByArgument, CaseIterable { case features, momenta, both }

    @Argument(help: "weights.safetensors of one or more trainings or students.")
    var weights: [String]

    @Option(help: "onnx; or trigger, the form of ONNX that hls4ml converts (deep sets with `pooling: allSlots`, MLPs).")
    var format = Format.onnx

    @Option(
        help:
            "What the graph is given: features (and a mask), momenta, or both, a file each. Default: those that it has."
    )
    var inputs: Inputs?

    @Option(help: "Folder for the files. Default: beside each weights file.")
    var output: String?

    @Option(
        parsing: .upToNextOption,
        help: "Jets for the comparison: files, folders, patterns or archives; `sample`. Default: invented ones.")
    var data: [String] = []

    @Option(help: "Instead: a study file, whose test jets are taken.")
    var study: String?

    @Option(help: "The first so many of the jets are compared.")
    var jets = 1000

    @Option(help: "Of the invented jets.")
    var seed: UInt64 = 1

    @Option(help: "A Python that has onnxruntime. Default: .deps/peers, then python3.")
    var python: String?

    @Flag(help: "Also take a jet's time, in ONNX Runtime and in Goldstone, on one thread.")
    var time = false

    @OptionGroup var threads: Threads

    func validate() throws {
        if !data.isEmpty, study != nil { throw ValidationError("Give --data FILES or --study FILE, not both.") }
        if format == .trigger, inputs != nil { throw ValidationError("--inputs is of --format onnx alone.") }
        if jets < 1 { throw ValidationError("--jets must be at least 1, not \(jets)") }
    }

    func run() throws {
        let exports = try weights.map { try TaggerExport(weights: $0, forms: forms, folder: output) }
        try TaggerExport.requireDistinct(exports)
        let runtime = try ONNXRuntime.find(python)
        if runtime == nil {
            log(
                "warning: no Python here has onnxruntime, so the files are not compared with their taggers and say that "
                    + "they are unverified; install it (pip install onnxruntime), or name a Python that has it: --python"
            )
        }
        let reducer = Reducer(threads: threads.threads)
        var written: [TaggerExport.Written] = []
        for export in exports {
            let (jets, source) = try checkJets(for: export)
            for target in export.targets {
                written.append(
                    try export.write(
                        target, jets: jets, source: source, runtime: runtime, measuresSpeed: time, reducer))
            }
        }
        print(Table.exports(written).plain)
        if let speeds = Table.speeds(written) { print(speeds.plain) }
    }

    private var forms: [ExportedTagger.Form]? {
        switch (format, inputs) {
        case (.trigger, _): [.trigger]
        case (.onnx, .features): [.features]
        case (.onnx, .momenta): [.momenta]
        case (.onnx, .both): [.features, .momenta]
        case (.onnx, nil): nil
        }
    }

    private func checkJets(for export: TaggerExport) throws -> (TaggingData, String) {
        let input = export.tagger.description.input
        if let study {
            let all = try StudyData(try StudySettings(contentsOf: study).data, for: input)
            return (export.jets(jets, of: all.testJets), "test jets of \(study)")
        }
        if !data.isEmpty {
            let (all, _) = try export.tagger.readJets(data)
            return (export.jets(jets, of: all), "jets of \(data.joined(separator: ", "))")
        }
        let invented = InventedJets.make(
            jets, constituents: input.constituents, classes: (input.signal, input.background), seed: seed)
        return (export.jets(jets, of: invented), "invented jets (seed \(seed))")
    }
}
