import Crypto
import Foundation

/// SHA-256 of texts, in hexadecimal digits, to tell equal settings from changed ones.
public enum Digest {
    /// The digest of the texts one after another, each with its length, so that no two lists share one.
    public static func of(_ texts: some Sequence<String>) -> String {
        var hash = SHA256()
        for text in texts {
            hash.update(data: Data("\(text.utf8.count) ".utf8))
            hash.update(data: Data(text.utf8))
        }
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }

    /// The digest of bytes.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}
