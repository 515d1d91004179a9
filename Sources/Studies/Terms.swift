import Objectives

/// The terms that a study file can name.
enum Terms {
    static let names = ["bce"]

    static func make(_ name: String) -> (any Term)? {
        switch name {
        case "bce": BinaryCrossEntropy()
        default: nil
        }
    }
}
