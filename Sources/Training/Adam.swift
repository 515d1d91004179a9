import CTorch
import Foundation
import Objectives
import Torch

/// Adam (Kingma and Ba, arXiv:1412.6980) on one flat vector, with weight decay of the L2 kind, as PyTorch's `Adam`:
///
/// g ← g + wθ; m ← m + (1−β₁)(g − m); v ← β₂v + (1−β₂)g²; θ ← θ − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε).
public struct Adam: Sendable {
    /// m, float [P].
    public var firstMoment: Tensor
    /// v, float [P].
    public var secondMoment: Tensor
    /// t, the number of steps done.
    public var step = 0

    /// The state before the first step.
    public init(count: Int) {
        firstMoment = .zeros([count])
        secondMoment = .zeros([count])
    }

    /// The state that a checkpoint holds.
    public init(firstMoment: Tensor, secondMoment: Tensor, step: Int) {
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
        self.step = step
    }

    /// One step of θ, in place.
    ///
    /// - Parameter norm: the gradient's (`Reducer.norm(of:)`), for clipping
    public mutating func update(
        _ theta: Tensor, gradient: Accumulator, norm: Double, learningRate: Double, _ settings: TrainingSettings,
        _ reducer: Reducer
    ) {
        let scale = settings.gradientClip.map { min(1, $0 / (norm + 1e-6)) } ?? 1
        step += 1
        let adam = ct_adam_settings(
            learning_rate: learningRate, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon,
            weight_decay: settings.weightDecay, step: Int64(step))
        let first = firstMoment, second = secondMoment
        reducer.forEachBlock(of: gradient) { gradient, range in
            theta.withMutableElements(Float.self) { theta in
                first.withMutableElements(Float.self) { m in
                    second.withMutableElements(Float.self) { v in
                        var settings = adam
                        ct_adam(
                            theta.baseAddress, gradient, scale, m.baseAddress, v.baseAddress, &settings,
                            Int64(range.lowerBound), Int64(range.upperBound))
                    }
                }
            }
        }
    }
}
