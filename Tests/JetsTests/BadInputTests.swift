import Foundation
import HDF5
import Jets
import Testing

/// Everything that can be wrong with a file is an error that names the file, the dataset and the row.
@Suite struct BadInputTests {
    /// What reading the file says, after `change` has spoilt it.
    func error(
        classes: [JetClass]? = nil, constituents: Int = 32, _ change: (inout SyntheticFile) -> Void
    ) throws -> (path: String, error: (any Error)?) {
        try withScratchFolder { folder in
            let path = folder + "/jets.h5"
            var file = SyntheticFile(everyClass(40))
            change(&file)
            try file.write(path)
            do {
                _ = try JetReader(constituents: constituents, classes: classes).read([path])
                return (path, nil)
            } catch {
                return (path, error)
            }
        }
    }

    @Test func soundFile() throws {
        #expect(try error { _ in }.error == nil)
    }

    @Test func missingFileFolderPatternAndNothingInThem() throws {
        try withScratchFolder { folder in
            #expect(throws: JetsError.missingFile(path: folder + "/no.h5")) {
                try JetReader().read([folder + "/no.h5"])
            }
            #expect(throws: JetsError.missingFile(path: folder + "/no.tar.gz")) {
                try JetReader().read([folder + "/no.tar.gz"])
            }
            #expect(throws: JetsError.noFiles(path: folder)) { try JetReader().read([folder]) }
            #expect(throws: JetsError.noFiles(path: folder + "/*.h5")) { try JetReader().read([folder + "/*.h5"]) }
        }
    }

    @Test func notHDF5AndTruncated() throws {
        try withScratchFolder { folder in
            let text = folder + "/text.h5"
            let cut = folder + "/cut.h5"
            try Data("jets".utf8).write(to: URL(fileURLWithPath: text))
            #expect(throws: HDF5Error.notHDF5(file: text)) { try JetReader().read([text]) }
            try SyntheticFile(everyClass(40)).write(cut)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: cut))
            try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: cut))
            let error = #expect(throws: HDF5Error.self) { try JetReader().read([cut]) }
            #expect(error?.description.hasPrefix(cut) == true && error?.description.contains("truncated") == true)
        }
    }

    @Test(arguments: ["jetConstituentList", "jets", "particleFeatureNames", "jetFeatureNames"])
    func missingDataset(dataset: String) throws {
        try withScratchFolder { folder in
            let path = folder + "/jets.h5"
            let writer = try HDF5Writer(path: path)
            if dataset != "jetConstituentList" {
                try writer.addDataset("jetConstituentList", of: Float.self, rowShape: [40, 4]).append(
                    [Float](repeating: 0, count: 160))
            }
            if dataset != "jets" {
                try writer.addDataset("jets", of: Float.self, rowShape: [5]).append([1, 0, 0, 0, 0])
            }
            if dataset != "particleFeatureNames" {
                try writer.addStrings("particleFeatureNames", ["j1_px", "j1_py", "j1_pz", "j1_e"])
            }
            if dataset != "jetFeatureNames" {
                try writer.addStrings("jetFeatureNames", JetClass.published.map(\.column))
            }
            try writer.close()
            let error = #expect(throws: HDF5Error.self) { try JetReader().read([path]) }
            guard case .missingDataset(let file, let missing, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(file == path && missing == dataset)
        }
    }

    @Test func missingColumns() throws {
        let (path, missing) = try error { $0.particleNames[3] = "j1_energy" }
        #expect(
            missing as? JetsError
                == .missingColumn(
                    file: path, dataset: "jetConstituentList", column: "j1_e",
                    columns: ["j1_px", "j1_py", "j1_pz", "j1_energy"] + SyntheticFile.particleNames[4..<16]))
        // A name beyond the stored columns names nothing.
        let (_, beyond) = try error {
            $0.particleNames.swapAt(0, 16)
        }
        #expect("\(beyond!)".contains("no column j1_px"))
        let (_, noClass) = try error { $0.jetNames[54] = "j_quark" }
        #expect("\(noClass!)".contains("dataset jets has no column j_q"))
        #expect("\(noClass!)".contains("nearest"))
        let (_, noClasses) = try error(classes: []) {
            $0.jetNames.replaceSubrange(53..<58, with: ["a", "b", "c", "d", "e"])
        }
        #expect("\(noClasses!)".contains("dataset jets has no column j_g"))
    }

    @Test func wrongRanksAndRows() throws {
        try withScratchFolder { folder in
            let path = folder + "/jets.h5"
            let writer = try HDF5Writer(path: path)
            try writer.addDataset("jetConstituentList", of: Float.self, rowShape: [4]).append([1, 2, 3, 4])
            try writer.addDataset("jets", of: Float.self, rowShape: [5]).append([1, 0, 0, 0, 0])
            try writer.close()
            #expect(throws: JetsError.wrongRank(file: path, dataset: "jetConstituentList", shape: [1, 4], rank: 3)) {
                try JetReader().read([path])
            }
        }
        let (path, rows) = try error { $0.jetRows = 39 }
        #expect(
            rows as? JetsError
                == .rowsDiffer(file: path, dataset: "jetConstituentList", rows: 40, other: "jets", otherRows: 39))
        let (_, events) = try error { $0.events = [1, 2, 3] }
        #expect("\(events!)".contains("eventIndex has 3 rows and jets 40"))
    }

    /// Each fault in jet 33, beyond the first stored piece of the file.
    @Test(
        arguments: [
            (JetFault.Kind.notFinite, "jetConstituentList", 1, "j1_pz"),
            (.energyNotPositive, "jetConstituentList", 1, "j1_e"),
            (.noTransverseMomentum, "jetConstituentList", 2, "j1_px, j1_py"),
            (.unsorted, "jetConstituentList", 1, "j1_px, j1_py"), (.gap, "jetConstituentList", 2, "j1_px, j1_py"),
            (.empty, "jetConstituentList", nil, "j1_px, j1_py, j1_pz, j1_e"),
            (.noClass, "jets", nil, "j_g, j_q, j_w, j_z, j_t"),
            (.severalClasses, "jets", nil, "j_g, j_q, j_w, j_z, j_t"),
        ] as [(JetFault.Kind, String, Int?, String)])
    func faultyJets(kind: JetFault.Kind, dataset: String, constituent: Int?, column: String) throws {
        let (path, error) = try error { file in
            let jet = 33
            file.constituents[jet] = [[30, 0, 4, 31], [20, 0, 5, 22], [10, 0, 6, 13]]
            switch kind {
            case .notFinite: file.constituents[jet][1][2] = .nan
            case .energyNotPositive: file.constituents[jet][1][3] = -22
            case .noTransverseMomentum: file.constituents[jet][2] = [0, 0, 6, 7]
            case .unsorted: file.constituents[jet][1] = [30.1, 0, 4, 32]
            case .gap: file.constituents[jet][1] = [0, 0, 0, 0]
            case .empty: file.constituents[jet] = []
            case .noClass: file.classValues[jet] = [0, 0, 0, 0, 0]
            case .severalClasses: file.classValues[jet] = [1, 0, 0, 1, 0]
            // This layout has one column a class: see TopTaggingTests.
            case .unknownLabel: break
            }
        }
        guard case .faultyJet(let fault)? = error as? JetsError else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.kind == kind && fault.file == path && fault.row == 33)
        #expect(fault.dataset == dataset && fault.constituent == constituent && fault.column == column)
        #expect("\(error!)".contains("\(path): dataset \(dataset), row 33"))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func everyComponentMustBeFinite(value: Double) throws {
        for (column, name) in ["j1_px", "j1_py", "j1_pz", "j1_e"].enumerated() {
            let (_, error) = try error { $0.constituents[7][0][column] = value }
            #expect("\(error!)".contains("row 7, constituent 0: \(name) is \(value)"))
        }
    }

    @Test(arguments: [0.5, .nan, 2])
    func classColumnsAreOneOrZero(value: Double) throws {
        let (_, error) = try error { $0.classValues[4] = [0, 0, value, 0, 0] }
        #expect("\(error!)".contains("row 4: no class is set"))
    }

    /// Any number may stand in a file: none makes counting go wrong.
    @Test func eventNumbersAndMultiplicitiesOfAnySize() throws {
        try withScratchFolder { folder in
            for name in 1...3 {
                var file = SyntheticFile(everyClass(10), slots: 4)
                file.events = (0..<10).map { $0 % 2 == 0 ? .max - Int64($0) : .min + Int64($0) }
                try file.write("\(folder)/\(name).h5")
            }
            let jets = try JetReader(constituents: 4).read([folder])
            #expect(jets.count == 30)
        }
    }

    @Test func roundingOfTransverseMomentumIsNoDisorder() throws {
        #expect(try error { $0.constituents[0] = [[30, 0, 4, 31], [30.01, 0, 5, 32]] }.error == nil)
        #expect(try error { $0.constituents[0] = [[30, 0, 4, 31], [30.04, 0, 5, 32]] }.error != nil)
    }

    @Test func classWithoutJetsAndUnknownClass() throws {
        let (path, error) = try error(classes: [.gluon, .top]) { file in
            for jet in stride(from: 4, to: 40, by: 5) { file.classValues[jet] = [1, 0, 0, 0, 0] }
        }
        #expect(error as? JetsError == .emptyClass(.top, place: path, counts: [JetCount(.gluon, 16)]))
        #expect(throws: JetsError.unknownClass("higgs")) { try JetClass(named: "higgs") }
        #expect(try JetClass(named: "W") == .w)
    }

    @Test func moreConstituentsThanTheFileStores() throws {
        let (path, error) = try error(constituents: 41) { _ in }
        #expect(error as? JetsError == .tooFewSlots(file: path, slots: 40, wanted: 41))
        #expect(throws: JetsError.invalidSetting(name: "constituents", value: "0", allowed: "at least 1")) {
            try JetReader(constituents: 0).read([path])
        }
    }
}
