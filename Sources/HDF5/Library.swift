import CHDF5
import Foundation

/// The one door to the C library, which keeps global state and, in many builds, is not safe to call from two threads:
/// every call happens inside ``Library/locked(_:)``.
enum Library {
    /// Recursive, because releasing a handle inside a locked block closes it there and then.
    private static let lock = NSRecursiveLock()

    static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        try lock.withLock {
            // HDF5 prints its errors by default; here they are thrown. Where the library was built for threads the
            // switch belongs to the thread, so it is set on every entry.
            goldstone_silence()
            // An error that stays on a thread's stack keeps the library from closing as the program ends.
            defer { goldstone_clear_errors() }
            return try body()
        }
    }

    /// Runs a call that returns a handle. A negative one becomes the error made from HDF5's own words.
    static func handle(_ call: () -> hid_t, orThrow error: (String) -> HDF5Error) throws -> Handle {
        goldstone_clear_errors()
        let id = call()
        guard id >= 0 else { throw error(lastError()) }
        return Handle(id)
    }

    /// Runs a call that returns a status. A negative one becomes the error made from HDF5's own words.
    static func check(_ call: () -> herr_t, orThrow error: (String) -> HDF5Error) throws {
        goldstone_clear_errors()
        guard call() >= 0 else { throw error(lastError()) }
    }

    /// The descriptions on HDF5's error stack, from the outermost call to the cause.
    private static func lastError() -> String {
        final class Messages { var texts: [String] = [] }
        let messages = Messages()
        let visit: H5E_walk2_t = { _, error, context in
            if let text = error?.pointee.desc, let context {
                Unmanaged<Messages>.fromOpaque(context).takeUnretainedValue().texts.append(String(cString: text))
            }
            return 0
        }
        _ = goldstone_walk_errors(visit, Unmanaged.passUnretained(messages).toOpaque())
        // The first is the cause, the last what was asked for; those between tell the library's own story.
        guard let cause = messages.texts.first, let outcome = messages.texts.last else { return "HDF5 gives no reason" }
        return cause == outcome ? cause : "\(outcome): \(cause)"
    }
}

/// An open HDF5 object, closed when the last reference goes.
final class Handle: @unchecked Sendable {
    let id: hid_t

    init(_ id: hid_t) { self.id = id }

    deinit { Library.locked { _ = H5Idec_ref(id) } }
}
