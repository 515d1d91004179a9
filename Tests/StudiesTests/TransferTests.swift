import Fixtures
import Foundation
import Jets
import Statistics
import Studies
import Testing
import Torch

struct TransferTests {
    /// Jets of one constituent, their classes and (pT, mass) given, with invented logits.
    struct Sample {
        var jets = JetData(constituents: 1)
        var logits: [Double] = []

        mutating func add(_ jetClass: JetClass, _ logit: Double, pt: Double = 1000, mass: Double = 80) {
            let energy = hypot(pt, mass), place = Int64(logits.count)
            jets.append(
                momenta: [Float(energy), Float(pt), 0, 0], count: 1, jetClass: jetClass, sum: (energy, pt, 0, 0),
                eventIndex: place, index: place)
            logits.append(logit)
        }

        /// `count` jets of each class with normal logits about the class's mean, on a coarse grid so that many are tied.
        static func gaussian(_ means: [JetClass: Double], count: Int) -> Sample {
            var sample = Sample()
            let stream = RandomStream(seed: 2, purpose: "invented logits")
            for jet in 0..<count {
                for (jetClass, mean) in means.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    let name = UInt32(10 * jet) + UInt32(jetClass.rawValue)
                    let z = stream.normals(1, jet: name)[0], u = stream.uniforms(2, jet: name, epoch: 1)
                    sample.add(
                        jetClass, (5 * (mean + z)).rounded() / 5, pt: 500 + 1000 * u[0], mass: 300 * u[1] * u[1])
                }
            }
            return sample
        }

        func transfer(_ settings: TransferSettings = .init()) throws -> Transfer {
            try Transfer(logits, of: jets, signal: .w, background: .gluon, settings)
        }

        func logits(_ jetClass: JetClass) -> [Double] {
            logits.indices.filter { jets.jetClass($0) == jetClass }.map { logits[$0] }
        }
    }

    static let means: [JetClass: Double] = [.gluon: -1, .quark: -0.5, .w: 1, .z: 0.9, .top: -1.3]
    static let sample = Sample.gaussian(means, count: 60)

    @Test func `Each pair's area is counted jet by jet, and the matrix is one of probabilities`() throws {
        let transfer = try Self.sample.transfer()
        #expect(transfer.pairs.count == 10 && transfer.classes.map(\.jets) == [60, 60, 60, 60, 60])
        for row in JetClass.published {
            for column in JetClass.published where row != column {
                let wins = Self.sample.logits(row).reduce(0.0) { sum, s in
                    sum + Self.sample.logits(column).reduce(0.0) { $0 + (s > $1 ? 1 : s == $1 ? 0.5 : 0) }
                }
                let area = try #require(transfer.area(row: row, column: column))
                #expect(abs(area - wins / 3600) < 1e-12)
                #expect(abs(area + (try #require(transfer.area(row: column, column: row))) - 1) < 1e-12)
            }
            #expect(transfer.area(row: row, column: row) == nil)
        }
        #expect(try #require(transfer.area(row: .top, column: .gluon)) < 0.5)
    }

    @Test func `The tagger's own classes keep their places, others go by their order`() throws {
        let pairs = try Self.sample.transfer().pairs.map { [$0.signal, $0.background] }
        for expected: [JetClass] in [
            [.w, .gluon], [.z, .gluon], [.top, .gluon], [.quark, .gluon], [.w, .quark], [.w, .z], [.w, .top],
            [.z, .quark], [.top, .quark], [.top, .z],
        ] { #expect(pairs.contains(expected), "\(expected)") }
        // Trained the other way round, gluon is the signal wherever it is.
        let turned = try Transfer(
            Self.sample.logits.map { -$0 }, of: Self.sample.jets, signal: .gluon, background: .w)
        #expect(turned.pairs.filter { [$0.signal, $0.background].contains(.gluon) }.allSatisfy { $0.signal == .gluon })
        #expect(turned.pairs.filter { [$0.signal, $0.background].contains(.w) }.allSatisfy { $0.background == .w })
        let own = try #require(turned.pair(.w, .gluon)),
            same = try #require(try Self.sample.transfer().pair(.gluon, .w))
        #expect(abs(own.evaluation.rocAUC.value - same.evaluation.rocAUC.value) < 1e-12)
    }

    @Test func `A pair's figures are those of an evaluation of its jets`() throws {
        let pair = try #require(try Self.sample.transfer().pair(.z, .gluon))
        let scores = Self.sample.logits(.z) + Self.sample.logits(.gluon)
        let jets = try ScoredJets(scores: scores, isSignal: scores.indices.map { $0 < 60 })
        #expect(pair.evaluation == (try Evaluation(jets)))
        let curve = ROCCurve(jets)
        #expect(pair.backgroundEfficiencies.count == 100)
        #expect(pair.backgroundEfficiencies[49] == curve.backgroundEfficiency(atSignalEfficiency: 0.5))
        #expect(
            pair.backgroundEfficiencies[99] == 1
                || pair.backgroundEfficiencies[99] == curve.backgroundEfficiency(atSignalEfficiency: 1))
        #expect(pair.calibration == Calibration(jets, bins: 15))
    }

    @Test func `Bins of pT hold their jets, and a bin with too few says nothing`() throws {
        var settings = TransferSettings()
        settings.ptEdges = [500, 800, 1200, 1500, 1600]
        let pair = try #require(try Self.sample.transfer(settings).pair(.w, .gluon))
        #expect(
            pair.ptBins.map(\.lower) == [500, 800, 1200, 1500] && pair.ptBins.map(\.upper) == [800, 1200, 1500, 1600])
        let jets = Self.sample.jets
        func pt(_ jet: Int) -> Double { jets.jetMomenta[4 * jet + 1] }
        for bin in pair.ptBins.prefix(3) {
            let own = (0..<jets.count).filter {
                [.w, .gluon].contains(jets.jetClass($0)) && pt($0) >= bin.lower && pt($0) < bin.upper
            }
            #expect(bin.signalJets == own.count { jets.jetClass($0) == .w } && bin.signalJets > 2)
            #expect(bin.signalJets + bin.backgroundJets == own.count)
            let area = RobustnessTests.area(
                own.map { Self.sample.logits[$0] }, own.map { jets.jetClass($0) == .w })
            #expect(abs(try #require(bin.rocAUC).value - area) < 1e-12)
            #expect(try #require(bin.rocAUCStandardError) > 0)
        }
        #expect(pair.ptBins[3].signalJets == 0 && pair.ptBins[3].rocAUC == nil)
        // By default the pair that was trained on has equally many jets in each, the hardest one among them.
        let standard = try #require(try Self.sample.transfer().pair(.w, .gluon))
        #expect(standard.ptBins.map { $0.signalJets + $0.backgroundJets } == [24, 24, 24, 24, 24])
    }

    @Test func `Chosen classes alone are compared; a class that is missing is an error`() throws {
        var settings = TransferSettings()
        settings.classes = [.z, .gluon]
        let transfer = try Self.sample.transfer(settings)
        #expect(transfer.pairs.map { [$0.signal, $0.background] } == [[.z, .gluon]] && transfer.sculpting == nil)
        let few = Sample.gaussian([.gluon: 0, .w: 1], count: 20)
        #expect(try few.transfer().pairs.count == 1)
        settings.classes = [.gluon, .top]
        #expect(
            throws: JetsError.emptyClass(
                .top, place: "the jets to be tested", counts: [JetCount(.gluon, 20), JetCount(.w, 20)])
        ) { try few.transfer(settings) }
        settings.classes = [.gluon, .gluon]
        #expect(throws: JetsError.self) { try few.transfer(settings) }
        #expect { try Sample.gaussian([.gluon: 0], count: 5).transfer() } throws: { "\($0)".contains("two or more") }
        for edges in [[500.0], [2, 1], [1, .nan], [-1, 1]] {
            var settings = TransferSettings()
            settings.ptEdges = edges
            #expect { try few.transfer(settings) } throws: { "\($0)".contains("pT edges") }
        }
    }

    @Test func `Means over seeds leave collapsed trainings out, and tables and figures show all pairs`() throws {
        let first = try Self.sample.transfer()
        let second = try Sample.gaussian(Self.means.mapValues { 1.5 * $0 }, count: 60).transfer()
        let trainings = [
            OfTraining(variant: "plain", seed: 1, collapsed: false, first),
            OfTraining(variant: "soft", seed: 1, collapsed: false, second),
            OfTraining(variant: "plain", seed: 2, collapsed: false, second),
            OfTraining(variant: "soft", seed: 2, collapsed: true, first),
        ]
        let variants = VariantTransfer.combine(trainings)
        #expect(variants.map(\.seeds) == [[1, 2], [1]] && variants[1].collapsedSeeds == [2])
        let areas = [first, second].map { $0.pair(.z, .gluon)!.evaluation.rocAUC.value }
        let pair = try #require(variants[0].pair(.gluon, .z))
        #expect(pair.rocAUC.values == areas && abs(pair.rocAUC.mean - (areas[0] + areas[1]) / 2) < 1e-15)
        #expect(abs(try #require(pair.rocAUC.deviation) - abs(areas[0] - areas[1]) / 2.0.squareRoot()) < 1e-12)
        #expect(pair.rocAUCInPTBins.count == 5 && pair.rocAUCInPTBins.allSatisfy { $0?.values.count == 2 })
        let area = try #require(variants[0].area(row: .gluon, column: .z))
        #expect(abs(area - (1 - pair.rocAUC.mean)) < 1e-15)
        #expect(try readBack(first) == first)

        let tables = VariantTransfer.tables(variants, trainedOn: (.w, .gluon), showing: "invented jets")
        #expect(tables.map(\.label) == ["transfer", "transfer-pairs", "calibration", "sculpting"])
        #expect(tables.map(\.rows.count) == [4, 10, 4, 8])
        let figures = VariantTransfer.figures(trainings, subtitle: "invented jets")
        #expect(
            Set(figures.map(\.name)) == [
                "transfer-roc-W", "transfer-roc-Z", "transfer-roc-quark", "transfer-roc-top", "transfer-matrix",
                "transfer-pt", "calibration", "mass-sculpting",
            ])
        let matrix = try #require(figures.first { $0.name == "transfer-matrix" })
        let text = String(decoding: try JSONEncoder().encode(matrix.panels[0].specification), as: UTF8.self)
        #expect(matrix.panels.count == 2 && text.contains(String(format: "\"%.3f\"", area)))
        #expect(VariantTransfer.figures([trainings[3]], subtitle: "").isEmpty)
    }
}
