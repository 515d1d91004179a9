import Networks
import Torch

/// What a slice's products with a matrix of second derivatives are computed from: recorded once, used for any number of
/// vectors. As large as all intermediate results of a gradient and of the gradient's own derivative.
package protocol SliceGraph: Sendable {
    /// The products with one vector, parameter tensor by parameter tensor.
    ///
    /// - Parameter direction: in the shapes of the selected parameters
    func product(_ direction: [Tensor]) -> [Tensor]
}

/// The gradient's graph: H v = ∂⟨∂L/∂θ, v⟩/∂θ. Cost: a gradient with its graph (three forward passes), then about two
/// gradients a product.
package struct HessianGraph: SliceGraph {
    private let variables: [Tensor]
    private let slopes: [Tensor]
    /// Which of the parameters the slopes belong to.
    private let places: [Int]

    /// - Parameter selected: the parameters that are varied: some of the objective's
    package init(
        _ objective: some Objective, _ theta: Tensor, samples: [Int], selected: ParameterTable, _ reducer: Reducer
    ) {
        let (all, variables) = selectedVariables(objective.parameters, theta, selected)
        self.variables = variables
        (places, slopes) = recording {
            let total = Reducer.weightedSum(objective, objective.means(all, samples: samples, .evaluation))
            let slopes = gradients(of: total, with: variables, recording: true)
            // A parameter that the loss is linear in has a slope without a graph, and a zero row of the Hessian.
            let places = slopes.indices.filter { slopes[$0].isRecorded }
            return (places, places.map { slopes[$0] })
        }
    }

    package func product(_ direction: [Tensor]) -> [Tensor] {
        guard !slopes.isEmpty else { return withoutRecording { direction.map { $0 * 0 } } }
        return gradients(of: slopes, seeds: places.map { direction[$0] }, with: variables, keepingGraph: true)
    }
}

/// The outputs' graph and the loss's: G v = Jᵀ H_L J v. J v is the derivative of Jᵀu with respect to u, in which it is
/// linear. Cost: as ``HessianGraph``'s, about.
package struct GaussNewtonGraph: SliceGraph {
    private let variables: [Tensor]
    private let outputs: Tensor
    private let seed: Tensor
    /// Jᵀu, where it depends on u, and which parameters that is.
    private let pulled: [Tensor]
    private let places: [Int]
    private let lossInput: Tensor
    private let lossSlope: Tensor

    package init(
        _ objective: some OutputObjective, _ theta: Tensor, samples: [Int], selected: ParameterTable,
        _ reducer: Reducer
    ) {
        let (all, variables) = selectedVariables(objective.parameters, theta, selected)
        self.variables = variables
        let outputs = recording { objective.networkOutputs(all, samples: samples, .evaluation) }
        let seed = Tensor.zeros(outputs.shape, outputs.scalarType, device: outputs.device).asVariable()
        (places, pulled) = recording {
            let slopes = gradients(of: outputs, seed: seed, with: variables, recording: true)
            let places = slopes.indices.filter { slopes[$0].isRecorded }
            return (places, places.map { slopes[$0] })
        }
        let input = outputs.asVariable()
        lossSlope = recording {
            let total = Reducer.weightedSum(objective, objective.means(ofOutputs: input, samples: samples, .evaluation))
            return gradients(of: total, with: [input], recording: true)[0]
        }
        lossInput = input
        self.outputs = outputs
        self.seed = seed
    }

    package func product(_ direction: [Tensor]) -> [Tensor] {
        guard !pulled.isEmpty, lossSlope.isRecorded else { return withoutRecording { direction.map { $0 * 0 } } }
        let change = gradients(of: pulled, seeds: places.map { direction[$0] }, with: [seed], keepingGraph: true)[0]
        let curved = gradients(of: lossSlope, seed: change, with: [lossInput], keepingGraph: true)[0]
        return gradients(of: outputs, seed: curved, with: variables, keepingGraph: true)
    }
}

/// All parameters as tensors, those selected as variables, and the variables alone.
private func selectedVariables(_ parameters: ParameterTable, _ theta: Tensor, _ selected: ParameterTable) -> (
    all: [Tensor], selected: [Tensor]
) {
    let names = Set(selected.entries.map(\.name))
    var variables: [Tensor] = []
    let all = zip(parameters.variables(of: theta), parameters.entries).map { variable, entry in
        guard names.contains(entry.name) else { return variable.detached() }
        variables.append(variable)
        return variable
    }
    return (all, variables)
}
