import Crypto
import Foundation

/// SHA-256 of texts or bytes, in hexadecimal digits, to tell equal settings from changed ones.
public enum Digest {
    /// The digest of the texts one after another, each with its length, so that no two lists share one.
    public static func of(_ texts: [String]) -> String { of(texts.map { Data($0.utf8) }) }

    /// As for texts. Cost: one pass over the bytes.
    public static func of(_ blocks: [Data]) -> String {
        var hash = SHA256()
        for block in blocks {
            hash.update(data: Data("\(block.count) ".utf8))
            hash.update(data: block)
        }
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}
