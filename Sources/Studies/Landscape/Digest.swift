import Support
import Torch

extension TrainedTagger {
    /// SHA-256 of the weights' bytes, as float.
    public var digest: String {
        theta.to(.float32).contiguous().withElements(Float.self) { Digest.of(UnsafeRawBufferPointer($0)) }
    }
}
