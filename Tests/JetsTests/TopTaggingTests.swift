import Columns
import Foundation
import HDF5
import Jets
import Testing

/// Tables that pandas and PyTables wrote in the layout of the top-tagging reference data set: `Fixtures/make.py`.
@Suite struct TopTaggingTests {
    private func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/top-tagging-\(name).h5"
        )
        .path
    }

    @Test func `Jets, classes and sums`() throws {
        let jets = try JetReader(constituents: 3, classes: [.top, .qcd]).read([path("table")])
        #expect(jets.count == 12 && jets.classCounts == [JetCount(.top, 6), JetCount(.qcd, 6)])
        #expect((0..<12).allSatisfy { jets.jetClass($0) == ($0 % 2 == 1 ? .top : .qcd) })
        #expect(jets.counts == (0..<12).map { Int32(1 + $0 % 5) })
        #expect(jets.eventIndex == (0..<12).map { Int64($0) })
        // The fixture's truth columns are the sums over its constituents.
        let truth = try ColumnFile(path("table")).read(numbers: ["truthE", "truthPX", "truthPY", "truthPZ"]).numbers
        for jet in 0..<12 {
            for component in 0..<4 {
                let sum = jets.jetMomenta[4 * jet + component]
                #expect(abs(sum - truth[component][jet]) <= 1e-6 * truth[0][jet], "jet \(jet), component \(component)")
            }
        }
        // The leading constituents, as the columns of theirs have them.
        let columns = try ColumnFile(path("table")).read(numbers: ["E_2", "PX_2", "PY_2", "PZ_2"]).numbers
        #expect(
            (0..<12).allSatisfy { jet in
                (0..<4).allSatisfy { jets.fourMomenta[12 * jet + 8 + $0] == Float(columns[$0][jet]) }
            })
    }

    @Test(arguments: ["fixed", "label"])
    func `The format fixed and columns that can be searched`(name: String) throws {
        var reader = JetReader(constituents: 5)
        let table = try reader.read([path("table")])
        guard name == "label" else {
            #expect(try reader.read([path(name)]).fingerprint().sha256 == table.fingerprint().sha256)
            return
        }
        // The label has a field of its own there, and is wrong in row 7.
        reader.classes = [.top, .qcd]
        let error = #expect(throws: JetsError.self) { try reader.read([path(name)]) }
        #expect(
            error?.description.contains("row 7: is_signal_new is 2.0, and it must be 1 for top or 0 for QCD") == true)
        let inspection = try JetInspector().inspect([path(name)])
        #expect(inspection.jets == 12 && inspection.soundJets == 11)
        #expect(inspection.classes.map(\.jetClass) == [.top, .qcd])
    }

    @Test func `A filter that this HDF5 lacks is named, with the way out`() throws {
        let error = #expect(throws: HDF5Error.self) { try JetReader(constituents: 5).read([path("blosc")]) }
        #expect(error?.description.contains("blosc") == true && error?.description.contains("ptrepack") == true)
    }

    @Test func `Other classes and more constituents than there are`() throws {
        let other = #expect(throws: JetsError.self) {
            try JetReader(constituents: 5, classes: [.w]).read([path("table")])
        }
        #expect(other?.description.contains("top and QCD") == true)
        let many = #expect(throws: JetsError.self) { try JetReader(constituents: 6).read([path("table")]) }
        #expect(many?.description.contains("the file stores 5") == true)
    }

    @Test func `Files with a damaged list of names`() throws {
        try withScratchFolder { folder in
            var data = try Data(contentsOf: URL(fileURLWithPath: path("table")))
            // The first name of the pickled list becomes a call.
            while let place = data.firstRange(of: Data("(lp0\nVE_0\n".utf8))?.lowerBound {
                data[place + 1] = UInt8(ascii: "R")
            }
            try data.write(to: URL(fileURLWithPath: "\(folder)/x.h5"))
            let error = #expect(throws: ColumnsError.self) { try JetReader(constituents: 5).read(["\(folder)/x.h5"]) }
            #expect(error?.description.contains("no pickled list of names") == true)
        }
    }

    @Test func `Goldstone's own layout takes QCD jets too`() throws {
        try withScratchFolder { folder in
            var file = SyntheticFile([.top, .qcd, .qcd], slots: 6)
            file.jetNames = ["j_t", "j_qcd"]
            try file.write("\(folder)/jets.h5")
            let jets = try JetReader(constituents: 6).read(["\(folder)/jets.h5"])
            #expect(jets.classCounts == [JetCount(.top, 1), JetCount(.qcd, 2)])
        }
    }
}
