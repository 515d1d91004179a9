/// p-values of a family of m tests, adjusted so that the chance of even one false rejection among all of them stays
/// below the level that they are compared with: the kth smallest becomes the largest of (m − j + 1)·p₍ⱼ₎ over j ≤ k, at
/// most 1. In the given order.
///
/// Holds for any dependence of the tests. Source: S. Holm, Scand. J. Statist. 6 (1979) 65. Cost: O(m log m).
///
/// - Precondition: every p-value lies in [0, 1].
public func holmAdjusted(_ pValues: [Double]) -> [Double] {
    precondition(pValues.allSatisfy { (0...1).contains($0) }, "p-values lie in [0, 1]: \(pValues)")
    var adjusted = pValues
    var largest = 0.0
    for (rank, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
        largest = max(largest, min(1, Double(pValues.count - rank) * pValues[index]))
        adjusted[index] = largest
    }
    return adjusted
}
