/// What can be wrong with a network that someone else's program holds, and what to do about it.
public enum ProgramError: Error, CustomStringConvertible, Equatable, Sendable {
    case unreadable(file: String)
    /// It is no zip archive at all.
    case noArchive(file: String)
    /// It is an archive of PyTorch's, but holds no program.
    case noProgram(file: String, found: String)
    case damaged(file: String, reason: String)
    /// The graph is not what the format asks for.
    case graph(file: String, reason: String)
    /// Something in the program that can't be measured; `advice` says how to export it instead.
    case refused(file: String, place: Place, reason: String, advice: String)
    /// LibTorch could not run a node.
    case failed(file: String, place: Place, reason: String)
    /// An operator without a second derivative.
    case notTwiceDifferentiable(file: String, place: Place, reason: String)
    /// An input of the program is not known to be any of the quantities at hand.
    case input(file: String, name: String, reason: String)
    /// The output is no logit for each jet or sample.
    case output(file: String, reason: String)

    /// A node of the graph: its name, its operator, and the user's line where the file has it.
    public struct Place: Sendable, Equatable, CustomStringConvertible {
        public let node: String
        public let operation: String
        /// `File "model.py", line 12, in forward: x = self.attention(x)`; nil where the file does not say.
        public let source: String?

        /// A node of the graph, and the line of the model that it comes from.
        public init(node: String, operation: String, source: String? = nil) {
            self.node = node
            self.operation = operation
            self.source = source
        }

        /// A place that is known by what it is only.
        public static func whole(_ what: String) -> Place { Place(node: what, operation: "") }

        public var description: String {
            (operation.isEmpty ? node : "node `\(node)` (\(operation))") + (source.map { ", \($0)" } ?? "")
        }
    }

    public var description: String {
        switch self {
        case .unreadable(let file):
            return "cannot read \(file): there is no such file, or it may not be read"
        case .noArchive(let file):
            return "\(file) is no file of torch.export.save or torch.jit.save: it is no zip archive, or was cut off"
        case .noProgram(let file, let found):
            return "\(file) holds \(found), which says nothing about how the network computes: export the network with "
                + "torch.export.export and torch.export.save"
        case .damaged(let file, let reason):
            return "\(file) is damaged: \(reason)"
        case .graph(let file, let reason):
            return "\(file): its graph is damaged or of another version of PyTorch: \(reason)"
        case .refused(let file, let place, let reason, let advice):
            return "\(file): \(place): \(reason); \(advice)"
        case .failed(let file, let place, let reason):
            return "\(file): \(place) could not be run: \(reason)"
        case .notTwiceDifferentiable(let file, let place, let reason):
            return "\(file): \(place) has no second derivative, which curvature needs: \(reason); "
                + ProgramError.advice(for: place.operation)
        case .input(let file, let name, let reason):
            return "\(file): input `\(name)`: \(reason)"
        case .output(let file, let reason):
            return "\(file): \(reason)"
        }
    }

    /// How to export a network without an operator.
    static func advice(for operation: String) -> String {
        if operation.contains("attention") {
            return "export within `with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):`, and "
                + "without run_decompositions() or with the attention decomposed in it"
        }
        return
            "replace it in the model, or export with `torch.export.export(…).run_decompositions()`, which writes it in "
            + "simpler operators"
    }
}
