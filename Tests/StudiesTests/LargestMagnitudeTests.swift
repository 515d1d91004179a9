import Curvature
import Fixtures
import Foundation
import Report
import Studies
import Support
import Testing

/// Eigenvalues of largest magnitude in the place of both ends, and what λ₁ is then.
struct LargestMagnitudeTests {
    private static func measured(_ magnitude: Int?, largest: Int = 3, smallest: Int = 3) throws -> TaggerCurvature {
        let invented = try InventedTagger()
        var settings = CurvatureSettings()
        (settings.largest, settings.smallest, settings.largestMagnitude) = (largest, smallest, magnitude)
        (settings.density.probes, settings.trace.maximumProducts) = (0, 8)
        settings.parameters = ["head"]
        return try CurvatureStep(
            tagger: invented.tagger, data: invented.data, settings: settings, folder: nil, threads: 2
        ).run { _ in }
    }

    @Test func `They are those of both ends that lie farthest from 0, and the largest by value is λ₁`() throws {
        let ends = try Self.measured(nil), found = try Self.measured(4)
        let expected = ends.eigenvalues.sorted { abs($0) > abs($1) }.prefix(4)
        #expect(
            found.eigenvalues.count == 4 && found.eigenvalues.contains { $0 < 0 }
                && found.eigenvalues.contains { $0 > 0 })
        for (ours, theirs) in zip(found.eigenvalues, expected) { #expect(abs(ours - theirs) < 1e-3 * abs(theirs)) }
        let leading = try #require(found.leading)
        #expect(
            abs(found.eigenvalues[leading] - ends.eigenvalues[0]) < 1e-3 * ends.eigenvalues[0]
                && found.converged[leading])
        // λ₁'s error is its own, wherever it stands.
        let error = try #require(found.eigenvalueErrors[leading])
        #expect(try #require(SamplingError.jackknife(found.eigenvalueReplicates)) == error)
        let tables = [ends, found].map { TaggerCurvature.table([$0], showing: "").rows[0] }
        #expect(tables[1][2] != .missing)
        #expect(ends.leading == 0)
    }

    @Test func `Where all are negative λ₁ is left out, and that is said`() throws {
        let measured = try Self.measured(2)
        func changed(_ variant: String, _ eigenvalues: [Double]) throws -> TaggerCurvature {
            var object = try #require(
                try JSONSerialization.jsonObject(with: try JSONEncoder().encode(measured)) as? [String: Any])
            object["variant"] = variant
            object["eigenvalues"] = eigenvalues
            return try JSONDecoder().decode(
                TaggerCurvature.self, from: try JSONSerialization.data(withJSONObject: object))
        }
        let taggers = try [changed("unconstrained", [-3, -2]), changed("constrained", [-3, 2])]
        #expect(taggers[0].leading == nil && taggers[1].leading == 1)
        let ratio = try #require(CurvatureRatios(of: "constrained", over: "unconstrained", taggers).pairs.first)
        #expect(ratio.eigenvalue == nil && ratio.trace.value == 1)
        let findings = try TaggerCurvature.write(taggers, showing: "", to: nil)
        #expect(findings.warnings.filter { $0.contains("λ₁ of unconstrained") && $0.contains("negative") }.count == 1)
        let rows = TaggerCurvature.table(taggers, showing: "").rows
        // λ₁, λ₂ and the smallest: of the first only that, of the second λ₁, too.
        #expect(rows[0][2] == .missing && rows[0][3] == .missing && rows[0][4] != .missing)
        #expect(rows[1][2] != .missing && rows[1][3] == .missing && rows[1][4] != .missing)
    }

    @Test func `A study file has it, and settings without it are written as they were`() throws {
        func settings(_ yaml: String) throws -> CurvatureSettings {
            try StudySettings(yaml: "curvature: {\(yaml)}", file: "my.yaml").curvature
        }
        #expect(try settings("largestMagnitude: 4").largestMagnitude == 4)
        #expect(try settings("largestMagnitude: 0") == settings("largest: 3"))
        #expect(!String(decoding: try JSONEncoder().encode(CurvatureSettings()), as: UTF8.self).contains("Magnitude"))
        #expect(throws: SettingsError.self) { try settings("largestMagnitude: -1") }
        var all = StudySettings()
        all.curvature.largestMagnitude = 5
        #expect(try StudySettings(yaml: try all.yaml(), file: "again.yaml").curvature == all.curvature)
    }
}
