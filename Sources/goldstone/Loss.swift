import ArgumentParser
import Objectives
import Studies

extension TermDescription {
    /// A loss as `--loss` has it, `bce=1,group=0.1`; a term without a weight has 1.
    ///
    /// - Throws: `ValidationError` where a term is unknown or no weight a number, or all weights are 0.
    static func list(_ loss: String) throws -> [TermDescription] {
        let terms = try loss.split(separator: ",").map { part in
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = pair.first, let weight = pair.count == 2 ? Double(pair[1]) : 1, weight.isFinite else {
                throw ValidationError("--loss \(loss): `\(part)` is no term with a weight, such as group=0.1")
            }
            guard TermDescription.names.contains(name) else {
                throw ValidationError("--loss \(loss): \(UnknownTerm(name: name))")
            }
            return TermDescription(name: name, weight: weight)
        }
        guard terms.contains(where: { $0.weight != 0 }) else {
            throw ValidationError("--loss \(loss): it has no term of a weight other than 0")
        }
        return terms
    }
}
