import HDF5

/// A table that pandas' `DataFrame.to_hdf` wrote: blocks of columns of one type, with the columns' names.
///
/// In the format `table` a block is the field `values_block_i` of the records of the dataset `KEY/table`, and its names are
/// a pickled list in the attribute `values_block_i_kind`; a column that can be searched is a field of its own name. In
/// the format `fixed` a block is the dataset `KEY/blocki_values` [rows, columns], its names are `KEY/blocki_items`.
package struct PandasFrame: Sendable {
    /// Some columns that are stored together.
    package struct Block: Sendable {
        package let dataset: HDF5Dataset
        /// The field of the records, in the format `table`.
        package let member: String?
        package let columns: [String]

        /// What errors call it.
        package var name: String { member.map { "\(dataset.name):\($0)" } ?? dataset.name }

        /// Whether it holds numbers with fractions.
        var isFloat: Bool {
            member.map { name in dataset.members.contains { $0.name == name && $0.type.isFloat } }
                ?? dataset.type.isFloat
        }

        /// Rows [rows, columns], row-major.
        package func read<Number: HDF5Number>(_ type: Number.Type, _ rows: Range<Int>) throws -> [Number] {
            guard let member else { return try dataset.read(type, [rows, 0..<columns.count]) }
            return try dataset.read(type, member: member, rows)
        }
    }

    package let file: String
    /// KEY above.
    package let group: String
    package let rows: Int
    package let blocks: [Block]

    /// The block with a column of that name.
    package func block(of column: String) -> Block? { blocks.first { $0.columns.contains(column) } }

    /// Names for an error: the first of each block, of which there may be 800.
    package var someColumns: [String] { blocks.flatMap { $0.columns.prefix(8) + ($0.columns.count > 8 ? ["…"] : []) } }

    /// The table of a file; nil where it has none.
    ///
    /// - Throws: ``ColumnsError/damagedTable(file:dataset:reason:)`` where names and columns don't fit together; `HDF5Error`.
    package init?(_ file: HDF5File) throws {
        let names = file.datasets
        for name in names where name.hasSuffix("/table") || name == "table" {
            let dataset = try file.dataset(name)
            guard dataset.shape.count == 1, dataset.members.contains(where: { $0.name == "values_block_0" }) else {
                continue
            }
            self.file = file.name
            group = String(name.dropLast(6))
            rows = dataset.shape[0]
            blocks = try dataset.members.compactMap { try PandasFrame.block($0, of: dataset) }
            return
        }
        guard let first = names.first(where: { $0.hasSuffix("/block0_values") }) else { return nil }
        self.file = file.name
        let group = String(first.dropLast("/block0_values".count))
        self.group = group
        var found: [Block] = []
        while file.has("\(group)/block\(found.count)_values") {
            let dataset = try file.dataset("\(group)/block\(found.count)_values")
            let columns = try file.dataset("\(group)/block\(found.count)_items").readStrings()
            guard dataset.shape.count == 2, dataset.shape[1] == columns.count else {
                throw ColumnsError.table(
                    file: file.name, dataset: dataset.name,
                    reason: "its shape is \(dataset.shape), and \(columns.count) columns are named")
            }
            if let other = found.first?.dataset, other.shape[0] != dataset.shape[0] {
                throw ColumnsError.lengthsDiffer(
                    file: file.name, column: dataset.name, rows: dataset.shape[0], other: other.name,
                    otherRows: other.shape[0])
            }
            found.append(Block(dataset: dataset, member: nil, columns: columns))
        }
        rows = found[0].dataset.shape[0]
        blocks = found
    }

    /// The block that a field of the records is; nil for the index and for what holds no numbers.
    private static func block(_ member: HDF5Dataset.Member, of dataset: HDF5Dataset) throws -> Block? {
        guard member.type.isNumber, member.name != "index" else { return nil }
        guard member.name.hasPrefix("values_block_") else {
            return member.shape.isEmpty ? Block(dataset: dataset, member: member.name, columns: [member.name]) : nil
        }
        func damaged(_ reason: String) -> ColumnsError {
            .table(file: dataset.file, dataset: "\(dataset.name):\(member.name)", reason: reason)
        }
        let attribute = "\(member.name)_kind"
        guard case .string(let text) = try dataset.attribute(attribute) else {
            throw damaged("its attribute \(attribute) is no text")
        }
        guard let columns = pickledStrings(text) else {
            throw damaged("its attribute \(attribute) is no pickled list of names")
        }
        guard member.shape == [columns.count] || (member.shape.isEmpty && columns.count == 1) else {
            throw damaged("its shape is \(member.shape), and \(columns.count) columns are named")
        }
        return Block(dataset: dataset, member: member.name, columns: columns)
    }
}

/// The strings of a list that Python pickled by protocol 0, the one that PyTables writes attributes with; nil for anything
/// else. A pickle is a program; of its instructions only those are followed that lists of strings need, and none that
/// calls anything.
///
/// Source: Python's `pickletools`, “protocol 0”.
package func pickledStrings(_ text: String) -> [String]? {
    var rest = text[...]
    var strings: [String] = [], memo: [String: String] = [:]
    /// A string that is to be appended, once the list has begun.
    var pending: String?
    var hasBegun = false, isMarked = false
    func line() -> String? {
        guard let end = rest.firstIndex(of: "\n") else { return nil }
        defer { rest = rest[rest.index(after: end)...] }
        return String(rest[..<end])
    }
    while let instruction = rest.popFirst() {
        switch instruction {
        case "(" where !isMarked: isMarked = true
        case "l" where isMarked && !hasBegun: hasBegun = true
        case "V" where hasBegun && pending == nil:
            guard let text = line() else { return nil }
            pending = text
        case "S" where hasBegun && pending == nil:
            guard let text = line(), text.count >= 2, let mark = text.first, mark == "'" || mark == "\"",
                text.last == mark
            else { return nil }
            pending = String(text.dropFirst().dropLast())
        case "p":
            guard let name = line() else { return nil }
            memo[name] = pending
        case "g" where hasBegun && pending == nil:
            guard let name = line(), let text = memo[name] else { return nil }
            pending = text
        case "a":
            guard let text = pending else { return nil }
            strings.append(text)
            pending = nil
        case ".": return hasBegun && pending == nil && rest.isEmpty ? strings : nil
        default: return nil
        }
    }
    return nil
}
