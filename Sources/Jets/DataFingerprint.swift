import Crypto
import Foundation

/// Tells whether two runs had the same jets: a hash of what was read, beside the files that it was read from.
public struct DataFingerprint: Sendable, Codable, Equatable {
    /// SHA-256, in hexadecimal, over the number of jets and of slots, the four-momenta and the classes, all
    /// little-endian and in order. The same jets from an archive and from its unpacked folder give the same hash.
    public let sha256: String
    public let jets: Int
    public let files: [JetFileRecord]
}

extension JetData {
    /// The fingerprint of these jets. Cost: one pass over ``fourMomenta``.
    public func fingerprint() -> DataFingerprint {
        var hash = SHA256()
        for number in [UInt64(count), UInt64(constituents)] {
            withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) }
        }
        // Every machine that LibTorch runs on is little-endian, so memory is hashed as it lies.
        fourMomenta.withUnsafeBufferPointer { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        classes.withUnsafeBufferPointer { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        let digest = hash.finalize().map { String(format: "%02x", $0) }.joined()
        return DataFingerprint(sha256: digest, jets: count, files: files)
    }
}
