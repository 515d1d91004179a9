import Foundation

/// The file of the program that runs.
public enum Program {
    /// Its path, links resolved.
    public static var path: String {
        URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0]).resolvingSymlinksInPath().path
    }

    /// What others start it by: in a release archive the script `bin/NAME`, which finds LibTorch for `libexec/NAME`;
    /// elsewhere ``path``.
    public static var command: String { command(of: path) }

    /// As ``command``, of the program at `path`.
    package static func command(of path: String) -> String {
        let program = URL(fileURLWithPath: path), folder = program.deletingLastPathComponent()
        let script = folder.deletingLastPathComponent().appendingPathComponent("bin/\(program.lastPathComponent)").path
        return folder.lastPathComponent == "libexec" && FileManager.default.isExecutableFile(atPath: script)
            ? script : path
    }
}
