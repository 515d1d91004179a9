import Foundation
import Support

/// A value written to a file as results are, and read back.
func readBack<Value: Codable>(_ value: Value) throws -> Value {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try writeJSON(value, to: path)
    return try readJSON(from: path)
}
