import Dispatch
import Foundation

/// Calls `body` for each of 0..<`count`, on at most `threads` threads at once. Which thread takes which index is not
/// fixed, so `body` must not let that matter.
package func parallel(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    guard threads > 1, count > 1 else {
        for index in 0..<count { body(index) }
        return
    }
    let next = Counter()
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
        while true {
            let index = next.take()
            guard index < count else { return }
            body(index)
        }
    }
}

/// Numbers from 0 on, each given out once.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0

    func take() -> Int {
        lock.withLock {
            defer { value += 1 }
            return value
        }
    }
}

/// Memory of its own for `count` values, which several threads fill at different places.
package final class Slots<Value>: @unchecked Sendable {
    private let values: UnsafeMutableBufferPointer<Value?>

    /// No values yet.
    package init(_ count: Int) {
        values = .allocate(capacity: count)
        values.initialize(repeating: nil)
    }

    deinit {
        values.deinitialize()
        values.deallocate()
    }

    /// The value at a place; nil before it is set. Each place is written by one thread only.
    package subscript(index: Int) -> Value? {
        get { values[index] }
        set { values[index] = newValue }
    }

    /// The values in order, all of which must have been set.
    package var all: [Value] { values.map { $0! } }

    /// Forgets all values.
    package func clear() { values.update(repeating: nil) }
}
