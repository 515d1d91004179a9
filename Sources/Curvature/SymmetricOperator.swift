import Torch

/// A symmetric linear operator A on ℝⁿ that is known by its products alone: a Hessian, a Gauss–Newton matrix, or in a
/// test a matrix that is written down.
public protocol SymmetricOperator: Sendable {
    /// n.
    var dimension: Int { get }

    /// The type in which vectors are multiplied. They are given in double and rounded to it.
    var scalarType: ScalarType { get }

    /// The products A vⱼ, each double [n]; the same bits for the same vectors, however many are given at once.
    ///
    /// - Parameter vectors: double [n] each
    func products(_ vectors: [Tensor]) -> [Tensor]
}

extension SymmetricOperator {
    /// A v, double [n].
    public func product(_ vector: Tensor) -> Tensor { products([vector])[0] }

    /// The rounding error of a product, relative to ‖A‖, as far as it can be known beforehand: what is smaller can't be
    /// told from 0.
    var rounding: Double { scalarType == .float64 ? 1e-13 : 2e-6 }

    /// Checks that A is one symmetric operator: that a product made twice has the same bits, and that uᵀAv = vᵀAu to
    /// rounding. Cost: three products.
    ///
    /// - Throws: ``CurvatureError``.
    public func check() throws(CurvatureError) {
        let stream = RandomStream(seed: 1, purpose: "check of an operator")
        let u = Tensor(stream.signs(dimension)), v = Tensor(stream.signs(dimension, epoch: 1))
        let first = products([u, v]), second = product(u)
        guard first.allSatisfy(\.isFinite) else { throw .notFinite(what: "a product of the operator") }
        guard first[0].elements(Double.self) == second.elements(Double.self) else { throw .notDeterministic }
        let there = v.dot(first[0]), back = u.dot(first[1])
        // A sum of n terms of either sign; its own size says nothing of its error.
        let scale = (first[0].norm + first[1].norm) * Double(dimension).squareRoot()
        guard abs(there - back) <= 10 * rounding * scale else {
            throw .notSymmetric(difference: abs(there - back) / scale)
        }
    }
}

/// An operator that is a mean over samples, A = Σₛ wₛ Aₛ over slices of them, and so has an error from their choice.
public protocol SampledOperator: SymmetricOperator {
    /// wₛ, the fraction of the samples that each slice holds.
    var sliceWeights: [Double] { get }

    /// The parts of 0..<n that belong together, in order: for a matrix of second derivatives the tensors of parameters.
    var blocks: [Range<Int>] { get }

    /// The products A vⱼ and, for each vector, each slice's vⱼᵀ Aₛ vⱼ. No dearer than the products alone.
    func productsAndForms(_ vectors: [Tensor]) -> (products: [Tensor], forms: [[Double]])

    /// Each slice's zₛᵀ Aₛ zₛ with a vector of its own, split by ranges of 0..<n, and Σₛ wₛ zₛ ⊙ Aₛ zₛ, double [n]. As dear
    /// as one product.
    ///
    /// - Parameter vectors: the vectors of some slices, contiguous [n] each, in ``SymmetricOperator/scalarType``; called
    ///   from any thread, for each slice once
    func sliceForms(_ ranges: [Range<Int>], _ vectors: @Sendable (Range<Int>) -> [Tensor]) -> (
        diagonal: Tensor, forms: [[Double]]
    )
}

extension SampledOperator {
    /// A vⱼ, without the slices' forms. Cost: that of ``productsAndForms(_:)``.
    public func products(_ vectors: [Tensor]) -> [Tensor] { productsAndForms(vectors).products }
}

/// What can be wrong with a curvature that is asked for.
public enum CurvatureError: Error, CustomStringConvertible, Equatable {
    case notDeterministic
    case notSymmetric(difference: Double)
    case notFinite(what: String)
    case noGaussNewton(term: String)
    case noSuchParameter(name: String, nearest: String?)
    case tooManyEigenpairs(wanted: Int, dimension: Int)
    case tooFewProducts(method: String, maximum: Int, fewest: Int)
    case otherState(path: String, reason: String)

    public var description: String {
        switch self {
        case .notDeterministic:
            "two products of the operator with the same vector differ: the objective draws random numbers anew at each "
                + "evaluation, and no iteration with it can converge"
        case .notSymmetric(let difference):
            "the operator is not symmetric (uᵀAv and vᵀAu differ by \(difference) of their scale): a part of the objective "
                + "has a wrong second derivative"
        case .notFinite(let what):
            "\(what) is infinite or not a number: check that the loss is finite at these weights on these jets"
        case .noGaussNewton(let term):
            "the term \(term) is no function of the network's outputs alone, so the objective has no Gauss–Newton matrix; "
                + "ask for the Hessian, or leave the term out"
        case .noSuchParameter(let name, let nearest):
            "no parameter is called \(name)" + (nearest.map { "; the nearest is \($0)" } ?? "")
        case .tooManyEigenpairs(let wanted, let dimension):
            "\(wanted) eigenpairs were asked for, but the operator has \(dimension)"
        case .tooFewProducts(let method, let maximum, let fewest):
            "a trace by \(method) and its error take \(fewest) products at the least, but only \(maximum) are allowed: allow more"
        case .otherState(let path, let reason):
            "\(path) belongs to another computation (\(reason)): remove it, or choose another folder"
        }
    }
}
