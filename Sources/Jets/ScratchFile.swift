import Foundation

/// A file without a name, mapped into memory. Its room on the disk is taken beforehand, so that a full disk is an error
/// here and not a signal at some later access.
final class ScratchFile {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var bytes: Int
    private let folder: String
    private let descriptor: Int32

    /// - Throws: ``JetsError/noScratch(folder:bytes:reason:)``.
    init(in folder: String, bytes: Int) throws {
        func failure(_ reason: String) -> JetsError { .noScratch(folder: folder, bytes: bytes, reason: reason) }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw failure("the folder can't be made: \(error.localizedDescription)")
        }
        var path = Array((folder as NSString).appendingPathComponent(".goldstone-jets-XXXXXX").utf8CString)
        descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.folder = folder
        self.bytes = bytes
        do {
            base = try ScratchFile.map(descriptor, bytes, failure)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        munmap(base, bytes)
        close(descriptor)
    }

    /// Makes it larger; what is in it stays, at another address.
    ///
    /// - Throws: as ``init(in:bytes:)``; it is then as before.
    func grow(to bytes: Int) throws {
        let larger = try ScratchFile.map(descriptor, bytes) { [folder] in
            JetsError.noScratch(folder: folder, bytes: bytes, reason: $0)
        }
        munmap(base, self.bytes)
        (base, self.bytes) = (larger, bytes)
    }

    /// Gives back what lies behind the first `bytes`, which are at least 1.
    func shrink(to bytes: Int) {
        guard bytes < self.bytes, ftruncate(descriptor, bytes) == 0,
            let smaller = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), smaller != MAP_FAILED
        else { return }
        munmap(base, self.bytes)
        (base, self.bytes) = (smaller, bytes)
    }

    private static func map(
        _ descriptor: Int32, _ bytes: Int, _ failure: (String) -> JetsError
    ) throws -> UnsafeMutableRawPointer {
        var code = EINTR
        while code == EINTR { code = posix_fallocate(descriptor, 0, bytes) }
        guard code == 0 else { throw failure(String(cString: strerror(code))) }
        let base = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let base, base != MAP_FAILED else { throw failure(String(cString: strerror(errno))) }
        return base
    }
}
