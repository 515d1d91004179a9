import Torch

/// A network: a function of a flat parameter vector and an input.
public protocol Network: Sendable {
    /// One batch of inputs.
    associatedtype Input

    /// The parameters, in order.
    var parameters: ParameterTable { get }

    /// The outputs of a batch.
    ///
    /// - Parameter theta: the parameters' tensors in the table's order (``ParameterTable/variables(of:)``)
    func callAsFunction(_ theta: [Tensor], _ input: Input, _ pass: Pass) -> Tensor

    /// Parameters before training, float [P].
    func initialParameters(seed: UInt64) -> Tensor
}

extension Network {
    /// Each tensor drawn as the table says.
    public func initialParameters(seed: UInt64) -> Tensor { parameters.initialised(seed: seed) }
}

/// What a forward pass is for.
public struct Pass: Sendable {
    /// Dropout's random stream and the names of the batch's rows; none when the network is evaluated.
    public var dropout: (stream: RandomStream, rows: RowNames)?

    /// Whether attention is made of LibTorch's operators on the CPU, too, as it is on other devices: to compare with.
    public var usesPlainAttention: Bool

    /// Matrix products in bfloat16; parameters and everything else stay in float.
    public var usesBFloat16: Bool

    /// Evaluation by default.
    public init(
        dropout: (stream: RandomStream, rows: RowNames)? = nil, usesPlainAttention: Bool = false,
        usesBFloat16: Bool = false
    ) {
        self.dropout = dropout
        self.usesPlainAttention = usesPlainAttention
        self.usesBFloat16 = usesBFloat16
    }

    /// `x` with dropout where this pass has it; `site` names the place in the network.
    func dropped(_ x: Tensor, _ probability: Double, _ site: String) -> Tensor {
        guard let dropout, probability > 0 else { return x }
        return x.dropout(probability, dropout.stream.part(site), dropout.rows)
    }

    /// x Wᵀ + b, the product in this pass's precision, the result in that of the parameters.
    func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        guard usesBFloat16 else { return x.linear(weight, bias) }
        return x.to(.bfloat16).linear(weight.to(.bfloat16), bias?.to(.bfloat16)).to(weight.scalarType)
    }
}

/// Takes parameter tensors one after another, in the table's order.
struct Cursor {
    private var rest: ArraySlice<Tensor>

    init(_ tensors: [Tensor]) { rest = tensors[...] }

    mutating func next() -> Tensor { rest.removeFirst() }

    /// Weight and bias.
    mutating func pair() -> (Tensor, Tensor) { (next(), next()) }

    /// `x` [..., in] through so many linear layers (``ParameterTable/appendLayers(_:_:)``), with a ReLU between two.
    ///
    /// - Parameter linear: x Wᵀ + b
    mutating func layers(_ count: Int, _ x: Tensor, _ linear: (Tensor, Tensor, Tensor) -> Tensor) -> Tensor {
        var x = x
        for layer in 0..<count {
            let (weight, bias) = pair()
            x = linear(layer == 0 ? x : x.relu(), weight, bias)
        }
        return x
    }
}
