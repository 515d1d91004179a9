import Foundation

/// Ctrl-C and the end of a batch job, as something that long work can look at between two steps: it then saves its
/// state and stops, instead of dying in the middle.
public enum Interruption {
    /// From now on SIGINT and SIGTERM only set ``isRequested``; a second one ends the program at once.
    public static func listen() {
        let handler: @convention(c) (Int32) -> Void = { number in
            requestedInterruptions += 1
            lastSignal = number
            if requestedInterruptions > 1 { _exit(128 + number) }
        }
        signal(SIGINT, handler)
        signal(SIGTERM, handler)
    }

    /// Whether the user or the system has asked the program to stop, or one of those that it works with: all of them see it
    /// at the same place of their common work.
    public static var isRequested: Bool { agreement?() ?? isSignalled }

    /// Whether this very process was asked.
    package static var isSignalled: Bool { requestedInterruptions > 0 }

    /// What ``isRequested`` is where processes work together.
    package nonisolated(unsafe) static var agreement: (@Sendable () -> Bool)?

    /// The exit code that shells give a program which a signal has ended: 130 for Ctrl-C, 143 for SIGTERM.
    public static var exitCode: Int32 { 128 + lastSignal }
}

// A signal handler may touch nothing but such words.
nonisolated(unsafe) private var requestedInterruptions: sig_atomic_t = 0
nonisolated(unsafe) private var lastSignal: sig_atomic_t = SIGINT

/// Work that stopped because the user asked for it, after saving its state.
public struct Interrupted: Error, CustomStringConvertible {
    /// Where the state is; nil where there was nothing to keep yet.
    public let state: String?

    public init(state: String?) { self.state = state }

    public var description: String {
        state.map { "stopped on request; the state is in \($0), and the same command goes on from it" }
            ?? "stopped on request, before there was anything to keep"
    }
}
