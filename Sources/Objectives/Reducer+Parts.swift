import Support
import Torch

extension Reducer {
    /// What `body` makes of each fixed slice of the samples, in the slices' order; a worker a core takes slice after
    /// slice.
    ///
    /// - Parameters:
    ///   - device: where `body` computes
    ///   - progress: hears how many samples are done, from any thread
    ///   - body: is called from any thread
    package func parts<Part>(
        of samples: [Int], on device: Device = .cpu, progress: (@Sendable (Int) -> Void)? = nil,
        _ body: @Sendable ([Int]) -> Part
    ) -> [Part] {
        let slices = cut(samples, on: device), parts = Slots<Part>(slices.count)
        parallel(slices.count, threads: workers(on: device)) { index in
            parts[index] = body(slices[index])
            progress?(slices[index].count)
        }
        return parts.all
    }
}
