import Foundation
import Networks
import Torch

/// Runs a script of `Tests/Parity` with the PyTorch of the wheel that LibTorch comes from.
public enum PyTorch {
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Whether Python can import the wheel: the default wheel without its CUDA libraries can't be.
    public static let isThere: Bool = (try? run(["-c", "import torch, safetensors"])) != nil

    struct Failure: Error, CustomStringConvertible { let description: String }

    @discardableResult
    public static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        var environment = ProcessInfo.processInfo.environment
        environment["PYTHONPATH"] = root.appendingPathComponent(".deps/python").path
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: text) }
        return text
    }

    /// Gives the script a safetensors file and settings, and returns the one that it writes.
    public static func run(_ script: String, _ tensors: [(String, Tensor)], settings: String) throws -> Safetensors {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let entries = tensors.map { name, tensor in
            tensor.scalarType == .float64
                ? SafetensorsEntry(name: name, shape: tensor.shape, values: tensor.elements(Double.self))
                : SafetensorsEntry(name: name, shape: tensor.shape, values: tensor.elements(Float.self))
        }
        try Safetensors(tensors: entries).write(to: "\(folder)/in.safetensors")
        try run([
            root.appendingPathComponent("Tests/Parity/\(script)").path, "\(folder)/in.safetensors",
            "\(folder)/out.safetensors", settings,
        ])
        return try Safetensors(contentsOf: "\(folder)/out.safetensors")
    }
}

/// ‖a − b‖ / ‖b‖.
public func relativeDistance(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "\(a.count) and \(b.count) numbers can't be compared")
    let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (difference / max(b.reduce(0) { $0 + $1 * $1 }, .leastNormalMagnitude)).squareRoot()
}
