/// One thing wrong with one jet of a file, and where.
public struct JetFault: Sendable, Equatable, Codable, CustomStringConvertible {
    /// What can be wrong with a jet.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A component is NaN or infinite.
        case notFinite
        /// A constituent has no energy or a negative one.
        case energyNotPositive
        /// A constituent moves along the beam: log pT is infinite.
        case noTransverseMomentum
        /// A constituent has more pT than the one before it.
        case unsorted
        /// A constituent after an empty slot.
        case gap
        /// Not a single constituent.
        case empty
        /// No class column is 1.
        case noClass
        /// More than one class column is set.
        case severalClasses
        /// The column of the class is neither 0 nor 1.
        case unknownLabel
    }

    public let kind: Kind
    public let file: String
    public let dataset: String
    /// The row of the dataset, from 0.
    public let row: Int
    /// The constituent, from 0, where the fault is one of a constituent.
    public let constituent: Int?
    /// The column, or the columns, at fault.
    public let column: String
    /// The value at fault, as text: NaN has no place in JSON.
    public let value: String

    /// The relative excess of pT over the constituent before that counts as rounding and not as disorder. Files that
    /// keep 13 bits of each component (see the shipped sample) reach 1.2e-4.
    public static let orderTolerance = 1e-3

    public var description: String {
        let place = "\(file): dataset \(dataset), row \(row)" + (constituent.map { ", constituent \($0)" } ?? "")
        let what =
            switch kind {
            case .notFinite: "\(column) is \(value)"
            case .energyNotPositive: "the energy \(column) is \(value) GeV, and it must be above 0"
            case .noTransverseMomentum: "\(column) are both 0 beside a momentum along the beam of \(value) GeV"
            case .unsorted: "pT is \(value) GeV: constituents must come by descending pT"
            case .gap: "a constituent of pT \(value) GeV follows an empty slot: padding must come last"
            case .empty: "the jet has no constituents"
            case .noClass: "no class is set: \(column) are \(value), and one must be 1"
            case .unknownLabel: "\(column) is \(value), and it must be 1 for top or 0 for QCD"
            case .severalClasses: "more than one class is set: \(column) are \(value)"
            }
        return "\(place): \(what); mend or leave out this jet (`goldstone inspect` counts all such)"
    }
}
