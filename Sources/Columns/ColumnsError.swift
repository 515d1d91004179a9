import Support

/// What can be wrong with a file of columns. Those of HDF5 itself come as `HDF5Error`, files that can't be opened as
/// `FileError`.
public enum ColumnsError: Error, Equatable, CustomStringConvertible, Sendable {
    /// No column of that name; `columns` are those that there are.
    case missingColumn(file: String, column: String, columns: [String])
    /// Two columns that should have one value a row each, but differ in their rows.
    case lengthsDiffer(file: String, column: String, rows: Int, other: String, otherRows: Int)
    /// A value that is no number, or no whole number where one is needed. `place` is a line of a text, or a row.
    case value(file: String, place: String, column: String, value: String, wanted: String)
    /// Bytes that no text has.
    case notText(file: String, line: Int, reason: String)
    /// A line with more or fewer fields than the first.
    case fieldCount(file: String, line: Int, found: Int, wanted: Int)
    /// A quotation mark in the wrong place, or one that nothing closes.
    case quotation(file: String, line: Int, reason: String)
    /// A text without lines, or without any but the line of names.
    case empty(file: String)
    /// Two columns of one name.
    case repeatedName(file: String, column: String)
    /// A `.npy` file or a member of a `.npz` file that isn't what NumPy's format says.
    case array(file: String, reason: String)
    /// A `.npz` file that is no zip archive as NumPy writes it.
    case archive(file: String, reason: String)
    /// A table of pandas whose parts don't fit together.
    case table(file: String, dataset: String, reason: String)
    /// What can't be written as asked.
    case cannotWrite(file: String, reason: String)

    public var description: String {
        switch self {
        case .missingColumn(let file, let column, let columns):
            "\(file): there is no column \(column)"
                + (nearestName(to: column, in: columns).map { " (the nearest name is \($0))" } ?? "")
                + "; the file has \(ColumnsError.list(columns))"
        case .lengthsDiffer(let file, let column, let rows, let other, let otherRows):
            "\(file): \(column) has \(rows) rows and \(other) \(otherRows); give columns with one value a jet"
        case .value(let file, let place, let column, let value, let wanted):
            "\(file), \(place): \(column) is \(value.isEmpty ? "empty" : "“\(value)”"), and must be \(wanted); mend the file, "
                + "or leave this column out"
        case .notText(let file, let line, let reason):
            "\(file), line \(line): \(reason), so it is neither CSV nor HDF5, .npy or .npz; give one of these"
        case .fieldCount(let file, let line, let found, let wanted):
            "\(file), line \(line): \(found) field\(found == 1 ? "" : "s"), where the first line has \(wanted); mend this line"
        case .quotation(let file, let line, let reason):
            "\(file), line \(line): \(reason); write a quotation mark inside a quoted field twice"
        case .empty(let file):
            "\(file): there are no rows in it; give a file with one row a jet"
        case .repeatedName(let file, let column):
            "\(file): two columns are called \(column); rename one of them"
        case .array(let file, let reason):
            "\(file): \(reason); write it again with numpy.save or numpy.savez"
        case .archive(let file, let reason):
            "\(file): the archive is damaged or no .npz file (\(reason)); write it again with numpy.savez"
        case .table(let file, let dataset, let reason):
            "\(file): \(dataset) is no table as pandas writes it (\(reason)); write it again with DataFrame.to_hdf"
        case .cannotWrite(let file, let reason):
            "\(file): \(reason)"
        }
    }

    static func list(_ columns: [String]) -> String {
        guard !columns.isEmpty else { return "none at all" }
        return columns.prefix(30).joined(separator: ", ")
            + (columns.count > 30 ? " and \(columns.count - 30) more" : "")
    }
}
