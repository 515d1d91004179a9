import Support

/// What can be wrong with jet files and with what is asked of them. Errors of HDF5 itself come as `HDF5Error`.
public enum JetsError: Error, CustomStringConvertible, Equatable, Sendable {
    /// Nothing is there under this path.
    case missingFile(path: String)
    /// A folder or a pattern that stands for no HDF5 file.
    case noFiles(path: String)
    /// An archive that can't be unpacked to its end; `reason` is zlib's, or what is wrong with the tar format.
    case damagedArchive(archive: String, reason: String)
    /// An archive without any member whose name ends in `.h5` or `.hdf5`.
    case noMembers(archive: String)
    /// A dataset with another number of axes than the layout has.
    case wrongRank(file: String, dataset: String, shape: [Int], rank: Int)
    /// Two datasets that should have one row a jet, but differ in their rows.
    case rowsDiffer(file: String, dataset: String, rows: Int, other: String, otherRows: Int)
    /// A column that is needed isn't named in the dataset of names, or lies beyond the columns that are stored.
    case missingColumn(file: String, dataset: String, column: String, columns: [String])
    /// A class that no jet of the file's layout belongs to.
    case classNotInLayout(file: String, jetClass: JetClass, classes: [JetClass])
    /// More constituents a jet are wanted than the file stores.
    case tooFewSlots(file: String, slots: Int, wanted: Int)
    /// A jet that no physics can come from.
    case faultyJet(JetFault)
    /// A class was asked for, and none of the jets belongs to it; `place` is the files or the part of the split.
    case emptyClass(JetClass, place: String, counts: [JetCount])
    /// A part of the split asks for more jets than there are left; `counts` are those left by class.
    case tooFewJets(part: String, wanted: Int, counts: [JetCount])
    /// Jets that memory has no room for can't be written to the folder of scratch files either; `bytes` are those of one
    /// column.
    case noScratch(folder: String, bytes: Int, reason: String)
    /// No class has this name.
    case unknownClass(String)
    /// No perturbation has this name.
    case unknownPerturbation(String)
    /// A setting outside of what it may be.
    case invalidSetting(name: String, value: String, allowed: String)

    public var description: String {
        switch self {
        case .missingFile(let path):
            "\(path): there is no such file or folder; check the path"
        case .noFiles(let path):
            "\(path): no file there ends in .h5 or .hdf5; give files, a folder of them, a pattern, or the .tar.gz archives"
        case .damagedArchive(let archive, let reason):
            "\(archive): the archive is truncated or damaged (\(reason)); fetch it again and compare its size"
        case .noMembers(let archive):
            "\(archive): the archive holds no file that ends in .h5 or .hdf5; check that it is one of jets"
        case .wrongRank(let file, let dataset, let shape, let rank):
            "\(file): dataset \(dataset) has the shape \(shape), but \(rank) \(rank == 1 ? "axis is" : "axes are") expected"
        case .rowsDiffer(let file, let dataset, let rows, let other, let otherRows):
            "\(file): \(dataset) has \(rows) rows and \(other) \(otherRows), but both should have one a jet; make the file again"
        case .missingColumn(let file, let dataset, let column, let columns):
            "\(file): dataset \(dataset) has no column \(column)"
                + JetsError.nearest(to: column, in: columns)
                + "; its columns are \(columns.joined(separator: ", "))"
        case .classNotInLayout(let file, let jetClass, let classes):
            "\(file): jets of class \(jetClass) are asked for, and a file in this layout (a table of pandas, as in the "
                + "top-tagging reference data set) has \(classes.map(\.name).joined(separator: " and ")); choose these as signal "
                + "and background"
        case .tooFewSlots(let file, let slots, let wanted):
            "\(file): \(wanted) constituents a jet are asked for and the file stores \(slots); ask for at most \(slots)"
        case .faultyJet(let fault):
            "\(fault)"
        case .emptyClass(let jetClass, let place, let counts):
            "\(place): no jet is of class \(jetClass); there are \(JetCount.list(counts)); choose other classes or files"
        case .tooFewJets(let part, let wanted, let counts):
            "\(part) asks for \(wanted) jets, and there are \(counts.reduce(0) { $0 + $1.jets }) left: "
                + "\(JetCount.list(counts)); ask for fewer or give more files"
        case .noScratch(let folder, let bytes, let reason):
            "\(folder): the jets don't fit into memory, and there is no room for \(bytes / 1_000_000 + 1) MB of them here "
                + "(\(reason)); free some, name another folder with `data.scratch`, or let more jets lie in memory with "
                + "`data.memory` (GB)"
        case .unknownClass(let name):
            "\(name) is no class of jets" + JetsError.nearest(to: name, in: JetClass.allCases.map(\.name))
                + "; the classes are \(JetClass.allCases.map(\.name).joined(separator: ", "))"
        case .unknownPerturbation(let name):
            "\(name) is no perturbation" + JetsError.nearest(to: name, in: Perturbations.names)
                + "; there are \(Perturbations.names.joined(separator: ", "))"
        case .invalidSetting(let name, let value, let allowed):
            "\(name) is \(value); it must be \(allowed)"
        }
    }

    private static func nearest(to name: String, in names: [String]) -> String {
        nearestName(to: name, in: names).map { " (the nearest name is \($0))" } ?? ""
    }
}

/// How many jets of a class there are.
public struct JetCount: Sendable, Equatable, Codable {
    public let jetClass: JetClass
    public let jets: Int

    /// So many jets of a class.
    public init(_ jetClass: JetClass, _ jets: Int) {
        self.jetClass = jetClass
        self.jets = jets
    }

    /// Numbers by the classes' raw values, those of 0 left out.
    static func some(_ jets: [Int]) -> [JetCount] {
        JetClass.allCases.compactMap { jets[Int($0.rawValue)] > 0 ? JetCount($0, jets[Int($0.rawValue)]) : nil }
    }

    static func list(_ counts: [JetCount]) -> String {
        counts.isEmpty ? "none" : counts.map { "\($0.jetClass) \($0.jets)" }.joined(separator: ", ")
    }
}
