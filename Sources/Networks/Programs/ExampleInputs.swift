import Torch

extension NetworkProgram {
    /// Invented inputs in the shapes that the program states, to see whether it runs; nil where it states none.
    ///
    /// Real numbers are uniform in [0, 1), flags true, whole numbers 0; sizes that are free are 8.
    public func exampleInputs(count: Int) -> [Tensor?]? {
        let stream = RandomStream(seed: 1, purpose: "example inputs")
        var tensors: [Tensor?] = []
        for input in inputs {
            guard let shape = input.shape, let type = input.type else { return nil }
            let sizes = [count] + shape.dropFirst().map { $0 ?? 8 }, numbers = sizes.reduce(1, *)
            // No jet has a million numbers.
            guard sizes.dropFirst().allSatisfy({ $0 <= 1_000_000 }), numbers <= 10_000_000 else { return nil }
            switch type {
            case .bool: tensors.append(Tensor([Bool](repeating: true, count: numbers), shape: sizes))
            case _ where ScalarType.floating.contains(type):
                let values = stream.part(input.name).uniforms(numbers).map { Float($0) }
                tensors.append(Tensor(values, shape: sizes))
            default: tensors.append(Tensor.zeros(sizes, type))
            }
        }
        return tensors
    }
}

extension JetBatch {
    /// Invented jets of massless constituents, to see whether a program runs. They follow no law of nature.
    public static func example(count: Int, constituents: Int, features: Int) -> JetBatch {
        let stream = RandomStream(seed: 1, purpose: "example jets"), slots = count * constituents
        let p = Tensor(stream.uniforms(3 * slots).map { 1 + 99 * $0 }, shape: [count, constituents, 3])
        let energy = p.squared().sum(-1).sqrt().unsqueezed(-1)
        let momenta = Tensor.concatenated([energy, p], dimension: -1)
        return JetBatch(
            features: Tensor(
                stream.part("features").uniforms(features * slots).map { Float(2 * $0 - 1) },
                shape: [count, constituents, features]),
            mask: Tensor([Bool](repeating: true, count: slots), shape: [count, constituents]),
            momenta: JetMomenta(constituents: momenta, jets: momenta.sum(1)))
    }
}
