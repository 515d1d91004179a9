import Foundation
import Support

/// The jets that ship with the project.
public enum Sample {
    /// What stands for their file wherever files of jets are asked for.
    public static let name = "sample"

    /// The path of the shipped file for ``name``, looked for in the current folder and the program's, and in all above
    /// either; any other path as it is.
    ///
    /// - Throws: ``SettingsError/missingSample(searched:)``.
    public static func resolve(_ path: String) throws -> String {
        guard path == name else { return path }
        let program = URL(fileURLWithPath: Program.path).deletingLastPathComponent()
        let starts = [URL(fileURLWithPath: FileManager.default.currentDirectoryPath), program]
        for start in starts {
            var folder = start
            while true {
                let candidate = folder.appendingPathComponent("Data/sample/jets.h5").path
                if FileManager.default.fileExists(atPath: candidate) { return candidate }
                if folder.path == "/" { break }
                folder.deleteLastPathComponent()
            }
        }
        throw SettingsError.missingSample(searched: starts.map(\.path))
    }
}
