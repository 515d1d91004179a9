import Foundation
import Report
import Statistics
import Support
import Testing

@Suite struct TableCodingTests {
    private static let cells: [Table.Cell] = [
        .text("“a” | & <b>\n\\"), .text(""), .count(-1_234_567), .count(.max), .number(1.0 / 3, digits: 7),
        .number(-0.0), .number(.leastNonzeroMagnitude), .number(.greatestFiniteMagnitude), .number(3), .number(.nan),
        .number(.infinity), .number(-.infinity), .measured(0.98746, error: 0.00052), .measured(.nan, error: .infinity),
        .estimate(Estimate(value: 1e17 + 2, lower: 0.1, upper: .infinity, confidence: 0.95)),
        .estimate(Estimate(value: .nan, lower: -.infinity, upper: .nan, confidence: 0.68)), .verdict(.reproduced),
        .verdict(.notReproduced), .verdict(.undecided), .missing,
    ]
    private static let table = Table(
        caption: "a “caption” & more", label: "t-1",
        columns: [.init("ε_B | 1", latex: "$\\epsilon_B$"), .init("jets")],
        rows: stride(from: 0, to: cells.count, by: 2).map { [cells[$0], cells[$0 + 1]] })

    /// The numbers of a cell, bit for bit: NaN equals nothing, 0 equals −0.
    private static func bits(_ cell: Table.Cell) -> [UInt64] {
        switch cell {
        case .number(let value, let digits): [canonical(value), UInt64(digits)]
        case .measured(let value, let error): [canonical(value), canonical(error)]
        case .estimate(let estimate):
            [estimate.value, estimate.lower, estimate.upper, estimate.confidence].map(canonical)
        default: []
        }
    }

    private static func canonical(_ value: Double) -> UInt64 { value.isNaN ? Double.nan.bitPattern : value.bitPattern }

    private static func expectSame(_ found: Table, _ expected: Table) {
        #expect(found.caption == expected.caption && found.label == expected.label)
        #expect(found.columns == expected.columns && found.rows.count == expected.rows.count)
        for (found, expected) in zip(found.rows.joined(), expected.rows.joined()) {
            #expect(bits(found) == bits(expected))
            // The case and, for all but NaN, the value.
            #expect("\(found)" == "\(expected)")
        }
        for medium in [\Table.plain, \.markdown, \.latex] {
            #expect(found[keyPath: medium] == expected[keyPath: medium])
        }
    }

    @Test func aFileGivesTheSameTableBack() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tables-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeJSON([Self.table], to: "\(folder)/tables.json")
        let found: [Table] = try readJSON(from: "\(folder)/tables.json")
        try #require(found.count == 1)
        Self.expectSame(found[0], Self.table)
    }

    /// An encoder that was told nothing of numbers that JSON lacks.
    @Test func anyEncoderWritesNumbersThatJSONLacks() throws {
        let data = try JSONEncoder().encode(Self.table)
        Self.expectSame(try JSONDecoder().decode(Table.self, from: data), Self.table)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("\"nan\"") && text.contains("\"-inf\"") && !text.contains("null"))
    }

    @Test(arguments: [
        (#"{"caption":"c","label":"l","columns":[{"title":"a"}],"rows":[[{"count":1}],[]]}"#, "row 2 has 0 cells"),
        (#"{"caption":"c","label":"l","columns":[{"title":"a"}],"rows":[[{"digits":1}]]}"#, "no known kind"),
        (#"{"caption":"c","label":"l","columns":[{"title":"a"}],"rows":[[{"number":"one","digits":1}]]}"#, "“one”"),
        (#"{"caption":"c","label":"l","columns":[{"title":"a"}],"rows":[[{"verdict":"true"}]]}"#, "true"),
        (
            #"{"caption":"c","label":"l","columns":[{"title":"a"}],"rows":[[{"number":1,"digits":2000000000}]]}"#,
            "2000000000 digits"
        ),
    ])
    func whatIsNoTableIsAnError(json: String, complaint: String) throws {
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(Table.self, from: Data(json.utf8)) }
        #expect("\(try #require(error))".contains(complaint))
    }
}
