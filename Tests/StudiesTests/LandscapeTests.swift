import Curvature
import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Studies
import Support
import Testing
import Torch

struct LandscapeTests {
    /// - Parameter terms: beside the cross-entropy; nil for the defaults
    private static func settings(terms: [String: Double]? = nil) -> LandscapeSettings {
        var settings = LandscapeSettings()
        if let terms {
            settings.terms = [.init(name: "bce", weight: 1)] + terms.map { .init(name: $0, weight: $1) }
        }
        settings.jets = 40
        (settings.curvePoints, settings.planePoints, settings.eigenvectors) = (5, 3, 3)
        (settings.boosts, settings.randomDirections, settings.flipSteps, settings.jacobianJets) = (2, 2, 2, 2)
        return settings
    }

    private static let reducer = Reducer(sliceSize: 16, threads: 2)

    /// Two taggers with eigenvectors of their own.
    private static func landscape(in folder: String) throws -> Landscape {
        let settings = settings()
        let subjects = try [("unconstrained", 1), ("constrained", 2)].map { variant, seed -> LandscapeSubject in
            let invented = try InventedTagger(seed: UInt64(seed), variant: variant)
            var subject = try LandscapeSubject(
                path: "\(variant)/weights.safetensors", tagger: invented.tagger, jets: invented.jets, settings)
            subject.eigenvectors = try subject.leadingEigenvectors(settings.eigenvectors, keptIn: folder, reducer)
            return subject
        }
        return Landscape(subjects, settings, folder: folder, reducer: reducer, formats: [])
    }

    private func object(_ path: String) throws -> [String: Any] {
        let data = try #require(FileManager.default.contents(atPath: path), "\(path)")
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func `Every part writes its results, tables and figures, and a second start finds the same`() throws {
        let scratch = Scratch(), folder = scratch.path("a"), landscape = try Self.landscape(in: folder)
        let figures: [LandscapePart: [String]] = [
            .curve: ["curve", "curve-absolute"], .plane: ["plane-bce", "plane-group", "plane-bce-surface"],
            .randomPlane: ["random-plane-bce", "random-plane-group", "random-plane-bce-surface"],
            .ratio: ["ratio"], .goldstone: ["goldstone"], .margins: ["margins", "flips"], .jacobians: ["jacobians"],
            .flatness: [],
        ]
        for part in LandscapePart.allCases {
            let outcome = try landscape.measure(part)
            #expect(outcome.tables[0].rows.count >= 2)
            let result = try object("\(folder)/\(part.rawValue).json")
            let models = try #require(result["models"] as? [[String: Any]])
            #expect(models.map { $0["tagger"] as? String } == ["unconstrained, seed 1", "constrained, seed 2"])
            #expect(models.allSatisfy { $0["jets"] as? Int == 40 && $0["result"] != nil })
            for figure in try #require(figures[part]) { _ = try object("\(folder)/\(figure).vl.json") }
            for ending in ["md", "tex"] {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/\(part.rawValue).\(ending)"))
            }
        }
        // All from what is kept: no product, no point anew, and the same bytes.
        let names = LandscapePart.allCases.map { "\(folder)/\($0.rawValue).json" }
        let before = names.map { FileManager.default.contents(atPath: $0) }
        let points = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/points").sorted()
        let again = try Self.landscape(in: folder)
        for part in LandscapePart.allCases { _ = try again.measure(part) }
        #expect(names.map { FileManager.default.contents(atPath: $0) } == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/points").sorted() == points)
        // And in another folder, from nothing.
        let other = scratch.path("b")
        for part in [LandscapePart.curve, .goldstone] { _ = try Self.landscape(in: other).measure(part) }
        for name in ["curve", "goldstone"] {
            #expect(
                FileManager.default.contents(atPath: "\(other)/\(name).json")
                    == FileManager.default.contents(atPath: "\(folder)/\(name).json"))
        }
    }

    @Test func `Computed eigenvectors are those of the dense Hessian`() throws {
        let scratch = Scratch(), landscape = try Self.landscape(in: scratch.folder), subject = landscape.subjects[0]
        let objective = TaggingObjective(
            network: subject.tagger.network, data: subject.data, terms: [WeightedTerm(BinaryCrossEntropy())], seed: 1)
        for direction in subject.eigenvectors {
            let vector = direction.vector.to(.float64), eigenvalue = try #require(direction.eigenvalue)
            let product = Tensor(
                Self.reducer.hessianProducts(
                    objective, at: subject.tagger.theta, samples: Array(0..<40), [direction.vector])[0].values)
            #expect((product - vector * eigenvalue).norm < 1e-3 * abs(eigenvalue))
        }
        #expect(
            zip(subject.eigenvectors, subject.eigenvectors.dropFirst()).allSatisfy {
                $0.eigenvalue! > $1.eigenvalue!
            })
    }

    @Test func `Another setting or other weights make other points`() throws {
        let scratch = Scratch(), folder = scratch.path("a"), landscape = try Self.landscape(in: folder)
        _ = try landscape.measure(.curve)
        func points() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "\(folder)/points").filter { $0.hasPrefix("curve-") }
        }
        #expect(try points().count == 2)
        var settings = Self.settings()
        settings.range = 0.1
        _ = try Landscape(landscape.subjects, settings, folder: folder, reducer: Self.reducer, formats: [])
            .measure(.curve)
        #expect(try points().count == 4)
    }

    @Test(.enabled(if: PyTorch.isThere))
    func `A network whose derivatives would be wrong is refused before another's curve is begun`() throws {
        let scratch = Scratch(), jets = Example.jets(40, constituents: 6),
            settings = Self.settings(terms: ["infinitesimal": 0])
        let invented = try InventedTagger()
        let program = try TrainedTagger(
            program: try Programs.path("attention.pt2"), nil,
            inputs: ["momenta": JetQuantity("momenta")!, "mask": JetQuantity("mask")!])
        try program.check(on: TaggingData(jets, signal: .w), needsSecondDerivative: true)
        let subjects = try [(invented.jets, invented.tagger), (jets, program)].map { jets, tagger in
            var subject = try LandscapeSubject(path: tagger.name, tagger: tagger, jets: jets, settings)
            subject.eigenvectors = [.isotropic("eigenvector 1", count: tagger.theta.count, seed: 1)]
            return subject
        }
        let landscape = Landscape(subjects, settings, folder: scratch.folder, reducer: Self.reducer, formats: [])
        let error = #expect(throws: ProgramError.self) { try landscape.measure(.curve) }
        #expect(error?.description.contains("layer_norm") == true)
        #expect(!FileManager.default.fileExists(atPath: scratch.path("points")))
        // Of the one alone there is nothing to refuse.
        try subjects[0].checkExpansion(settings)
    }

    @Test(arguments: ["group", "infinitesimal"])
    func `Kept derivatives of a term that differentiates the network are not those of before they were right`(
        _ term: String
    )
        throws
    {
        let scratch = Scratch(), settings = Self.settings(terms: [term: 0.1]), invented = try InventedTagger()
        var subject = try LandscapeSubject(path: "a", tagger: invented.tagger, jets: invented.jets, settings)
        subject.eigenvectors = [.isotropic("eigenvector 1", count: subject.tagger.theta.count, seed: 1)]
        let landscape = Landscape([subject], settings, folder: scratch.folder, reducer: Self.reducer, formats: [])
        _ = try landscape.measure(.curve)
        let before = try landscape.place(
            subject, "expansion", subject.eigenvectors, [settings.terms, settings.symmetry, settings.seed])
        #expect(FileManager.default.fileExists(atPath: before.path) == (term == "group"))
    }

    @Test func `Too few eigenvectors are an error that says how many are needed`() throws {
        let scratch = Scratch(), invented = try InventedTagger()
        let subject = try LandscapeSubject(
            path: "weights.safetensors", tagger: invented.tagger, jets: invented.jets, Self.settings())
        let landscape = Landscape(
            [subject], Self.settings(), folder: scratch.folder, reducer: Self.reducer, formats: [])
        for part in LandscapePart.allCases where part.needsEigenvectors {
            let error = #expect(throws: LandscapeError.self) { try landscape.measure(part) }
            #expect(error?.description.contains("weights.safetensors") == true)
        }
    }

    @Test func `Taggers of one name are told apart by their files`() throws {
        let scratch = Scratch()
        let subjects = try ["a", "b"].map { name in
            let invented = try InventedTagger()
            return try LandscapeSubject(
                path: name, tagger: invented.tagger, jets: invented.jets, Self.settings())
        }
        let landscape = Landscape(
            subjects, Self.settings(), folder: scratch.folder, reducer: Self.reducer, formats: [])
        #expect(landscape.subjects.map(\.name) == ["unconstrained, seed 1 (a)", "unconstrained, seed 1 (b)"])
    }
}
