import Foundation
import Support

/// Results that are kept in files, one a training, so that work which was stopped goes on where it was.
public enum KeptResult {
    private struct Record<Result: Codable>: Codable {
        let identity: String
        let result: Result
    }

    /// The result that lies at `path`, if it is one of the same inputs; else it is computed and kept there.
    ///
    /// - Parameters:
    ///   - path: nil computes without keeping
    ///   - identity: what the result depends on: settings, digests of weights and jets
    /// - Throws: what `compute` throws; `FileError` where the file can't be written. A file that can't be read is replaced.
    public static func at<Result: Codable>(
        _ path: String?, identity: [String], compute: () throws -> Result
    ) throws -> Result {
        guard let path else { return try compute() }
        let identity = Digest.of(identity)
        let record: Record<Result>? = try? readJSON(from: path)
        if let record, record.identity == identity { return record.result }
        let result = try compute()
        try writeJSON(Record(identity: identity, result: result), to: path)
        return result
    }
}
