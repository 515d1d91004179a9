import Foundation
import ONNX
import Support

/// ONNX Runtime, in a process of its own, through its Python package.
public struct ONNXRuntime: Sendable {
    private let python: Python
    /// Of ONNX Runtime.
    public let version: String

    /// Looks for a Python that has ONNX Runtime: the project's own environment of programs to compare with
    /// (`.deps/peers`, in the working folder, the executable's, or the nearest one above either), then `python3`.
    ///
    /// - Parameter interpreter: the only Python to look at; nil for those above
    /// - Returns: nil where none has it.
    /// - Throws: ``ExportError/noRuntime(python:reason:)`` where the one that is named doesn't.
    public static func find(_ interpreter: String? = nil) throws -> ONNXRuntime? {
        let known = interpreter.map { [$0] } ?? [Python.nearest(".deps/peers/bin/python"), "python3"].compactMap { $0 }
        for candidate in known {
            let python = Python(candidate)
            let outcome = python.run("import numpy, onnxruntime; print(onnxruntime.__version__)")
            if outcome.status == 0, let version = outcome.lines.last {
                return ONNXRuntime(python: python, version: version)
            }
            if let interpreter {
                throw ExportError.noRuntime(python: interpreter, reason: outcome.lines.last ?? "it said nothing")
            }
        }
        return nil
    }

    /// An input of a graph: rows of numbers, the first dimension running over jets.
    struct Input {
        let name: String
        /// NumPy's name for the numbers' type.
        let type: String
        let shape: [Int]
        let bytes: Data

        init(_ name: String, _ values: [Float], shape: [Int]) {
            (self.name, type, self.shape) = (name, "float32", shape)
            bytes = values.withUnsafeBytes { Data($0) }
        }

        init(_ name: String, _ values: [Bool], shape: [Int]) {
            (self.name, type, self.shape) = (name, "bool", shape)
            bytes = Data(values.map { $0 ? 1 : 0 })
        }
    }

    /// The logits of jets.
    ///
    /// - Parameters:
    ///   - batches: how many jets are given to the graph at once, one batch after the other
    /// - Throws: ``ExportError/runtimeFailed(reason:)``, `FileError`.
    func logits(_ model: ModelMessage, _ inputs: [Input], batches: [Int]) throws -> [Double] {
        try inFolder { folder in
            try run(model, inputs, folder, ["batches": batches])
            guard let data = FileManager.default.contents(atPath: "\(folder)/logits") else {
                throw FileError.cannotRead(path: "\(folder)/logits")
            }
            return data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }.map(Double.init)
        }
    }

    /// Seconds that a jet takes on one thread, in batches of so many: the median of the runs that fit into a second.
    ///
    /// - Precondition: the inputs have as many jets as the largest batch
    /// - Throws: as ``logits(_:_:batches:)``
    func secondsPerJet(_ model: ModelMessage, _ inputs: [Input], batches: [Int]) throws -> [Double] {
        try inFolder { folder in try run(model, inputs, folder, ["timed": batches]).compactMap(Double.init) }
    }

    private func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = NSTemporaryDirectory() + "goldstone-export-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    @discardableResult
    private func run(_ model: ModelMessage, _ inputs: [Input], _ folder: String, _ task: [String: [Int]]) throws
        -> [String]
    {
        struct Plan: Encodable {
            struct Input: Encodable {
                let name: String, type: String, shape: [Int]
            }
            let folder: String
            let inputs: [Input]
            let task: [String: [Int]]
        }
        try writeAtomically(try model.serializedData(), to: "\(folder)/model.onnx")
        for input in inputs { try writeAtomically(input.bytes, to: "\(folder)/\(input.name)") }
        let plan = Plan(
            folder: folder, inputs: inputs.map { .init(name: $0.name, type: $0.type, shape: $0.shape) }, task: task)
        let text = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        let outcome = python.run(ONNXRuntime.program, [text])
        guard outcome.status == 0 else {
            throw ExportError.runtimeFailed(reason: outcome.lines.suffix(3).joined(separator: " "))
        }
        return outcome.lines
    }

    /// On one thread, as Goldstone's networks run, so that the order of sums does not depend on the machine.
    private static let program = """
        import json, sys, time
        import numpy, onnxruntime
        plan = json.loads(sys.argv[1])
        folder, task = plan["folder"], plan["task"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(folder + "/model.onnx", options, providers=["CPUExecutionProvider"])
        inputs = {i["name"]: numpy.fromfile(folder + "/" + i["name"], i["type"]).reshape(i["shape"])
                  for i in plan["inputs"]}

        def logits(start, count):
            jets = {name: values[start:start + count] for name, values in inputs.items()}
            return session.run(["logit"], jets)[0].reshape(-1)

        if "batches" in task:
            ends = numpy.cumsum([0] + task["batches"])
            found = [logits(start, count) for start, count in zip(ends, task["batches"])]
            numpy.concatenate(found).astype("float32").tofile(folder + "/logits")
        for count in task.get("timed", []):
            logits(0, count)
            runs, begin = [], time.perf_counter()
            while len(runs) < 5 or time.perf_counter() - begin < 1:
                start = time.perf_counter()
                logits(0, count)
                runs.append(time.perf_counter() - start)
            print(numpy.median(runs) / count)
        """
}
