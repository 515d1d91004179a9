import Foundation

/// Shows how far a long piece of work is, how fast it goes and how long it will still take: one line that renews
/// itself on a terminal, a plain line every ten seconds in a log. Writes to standard error.
public final class ProgressLine: @unchecked Sendable {
    private let label: String
    private let unit: String
    private let total: Double?
    private let start = Date()
    private let offset: Double
    private let onTerminal = isatty(2) == 1
    private let lock = NSLock()
    private var done: Double
    // Not at once: short work needs one line only.
    private var lastShown = Date()
    private var note = ""

    /// - Parameters:
    ///   - label: what is being done, for example `unconstrained seed 1`
    ///   - total: how many units there are; nil where nobody knows, and then what is done is counted
    ///   - done: how many were done before this start (a resumed run); they do not count in the rate
    ///   - unit: the plural noun of what is counted, for example `jets`
    public init(_ label: String, total: Double?, done: Double = 0, unit: String) {
        self.label = label
        self.total = total
        self.done = done
        self.offset = done
        self.unit = unit
    }

    /// Counts `amount` more units as done; `note` is shown behind the rate until the next one replaces it.
    public func advance(by amount: Double, note: String? = nil) {
        if Writing.isLeftToAnother { return }
        lock.withLock {
            done += amount
            if let note { self.note = note }
            let interval = onTerminal ? 0.2 : 10
            if -lastShown.timeIntervalSinceNow >= interval { show() }
        }
    }

    /// Shows the last state and ends the line.
    public func finish() {
        if Writing.isLeftToAnother { return }
        lock.withLock {
            show()
            if onTerminal { FileHandle.standardError.write(Data("\n".utf8)) }
        }
    }

    private func show() {
        lastShown = Date()
        let seconds = max(lastShown.timeIntervalSince(start), 1e-9)
        let rate = (done - offset) / seconds
        let left = total.map { rate > 0 ? ($0 - done) / rate : .infinity } ?? 0
        let amount =
            total.map { String(format: "%3.0f %%", $0 > 0 ? 100 * done / $0 : 100) }
            ?? "\(ProgressLine.short(done)) \(unit)"
        var line = "\(label)  \(amount)  \(ProgressLine.short(rate)) \(unit)/s"
        line +=
            left > 0.5 && left.isFinite
            ? "  \(ProgressLine.duration(left)) left" : "  \(ProgressLine.duration(seconds))"
        if !note.isEmpty { line += "  \(note)" }
        FileHandle.standardError.write(Data((onTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n").utf8))
    }

    /// A number in three significant digits: 12.3, 456, 1.23 k.
    static func short(_ number: Double) -> String {
        switch number {
        case 1e6...: String(format: "%.3g M", number / 1e6)
        case 1e4...: String(format: "%.3g k", number / 1e3)
        case 100...: String(format: "%.0f", number)
        default: String(format: "%.3g", number)
        }
    }

    /// A length of time as a person says it: `45 s`, `3 min 20 s`, `2 h 05 min`.
    public static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        switch whole {
        case ..<60: return seconds < 10 ? String(format: "%.1f s", seconds) : "\(whole) s"
        case ..<3600: return String(format: "%d min %02d s", whole / 60, whole % 60)
        default: return String(format: "%d h %02d min", whole / 3600, whole % 3600 / 60)
        }
    }
}
