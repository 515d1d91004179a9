import Foundation
import Support

/// Where jets are kept: in memory as long as they take no more than a limit, and beyond that in scratch files, which are
/// mapped into memory: the system reads the parts that are used, and drops them again when memory is wanted for something
/// else. Where jets are kept never changes a result.
///
/// The limit holds for all jets together that share a storage. Scratch files have no names: they are gone with their last
/// use, whatever ends the program.
public final class JetStorage: Sendable {
    /// Bytes that jets may take in memory before scratch files are used.
    public let limit: Int
    /// The folder of the scratch files. It is made when it is needed. One that itself lies in memory (a `tmpfs`) saves
    /// nothing.
    public let folder: String
    /// What is taken of the limit.
    private let account = Account()

    /// - Parameters:
    ///   - limit: bytes; 0 keeps everything in files. Default: half of the memory that this process may use
    ///   - folder: nil takes the system's folder for temporary files (`TMPDIR`)
    public init(limit: Int = defaultLimit, folder: String? = nil) {
        self.limit = limit
        self.folder = folder ?? NSTemporaryDirectory()
    }

    /// Half of the memory that this process may use; all, where the system doesn't tell.
    public static let defaultLimit = Machine().memory.map { $0 / 2 } ?? .max

    /// Everything in memory.
    public static let memory = JetStorage(limit: .max)

    /// Bytes in memory and in files now.
    public var used: (memory: Int, files: Int) { account.lock.withLock { (account.memory, account.files) } }

    /// Takes so many bytes of the limit, if there are so many left.
    func takeMemory(_ bytes: Int) -> Bool {
        account.lock.withLock {
            guard limit - account.memory >= bytes else { return false }
            account.memory += bytes
            return true
        }
    }

    func giveMemory(_ bytes: Int) { account.lock.withLock { account.memory -= bytes } }

    func addFiles(_ bytes: Int) { account.lock.withLock { account.files += bytes } }

    private final class Account: @unchecked Sendable {
        let lock = NSLock()
        var memory = 0
        var files = 0
    }
}
