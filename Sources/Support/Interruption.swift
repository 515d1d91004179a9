import Foundation

/// Ctrl-C and the end of a batch job, as something that long work can look at between two steps: it then saves its
/// state and stops, instead of dying in the middle.
public enum Interruption {
    /// From now on SIGINT and SIGTERM only set ``isRequested``; a second one ends the program at once.
    public static func listen() {
        let handler: @convention(c) (Int32) -> Void = { number in
            requestedInterruptions += 1
            if requestedInterruptions > 1 { _exit(128 + number) }
        }
        signal(SIGINT, handler)
        signal(SIGTERM, handler)
    }

    /// Whether the user or the system has asked the program to stop.
    public static var isRequested: Bool { requestedInterruptions > 0 }
}

// A signal handler may touch nothing but such a word.
nonisolated(unsafe) private var requestedInterruptions: sig_atomic_t = 0

/// Work that stopped because the user asked for it, after saving its state.
public struct Interrupted: Error, CustomStringConvertible {
    /// Where the state is.
    public let state: String

    public init(state: String) { self.state = state }

    public var description: String {
        "stopped on request; the state is in \(state), and the same command goes on from it"
    }
}
