import Foundation
import Statistics
import Studies
import Testing
import Torch

struct MassSculptingTests {
    /// 3,000 background jets of masses from 0 to 320 GeV, 1,000 signal jets at 80 GeV.
    static let masses: [Double] = {
        let u = RandomStream(seed: 7, purpose: "masses").uniforms(4000)
        return (0..<4000).map { $0 < 3000 ? 320 * u[$0] : 75 + 10 * u[$0] }
    }()
    static let isSignal = (0..<4000).map { $0 >= 3000 }

    static func sculpting(_ logit: (Int) -> Double) throws -> MassSculpting {
        MassSculpting(try ScoredJets(scores: (0..<4000).map(logit), isSignal: isSignal), masses: masses)
    }

    @Test func `A tagger that reads the mass carves a peak`() throws {
        let sculpting = try Self.sculpting { -abs(Self.masses[$0] - 80) }
        #expect(sculpting.all.count == 61 && sculpting.all.reduce(0, +) == 3000)
        let tenth = try #require(sculpting.points.first { $0.kind == .backgroundEfficiency && $0.target == 0.1 })
        #expect(tenth.passing.reduce(0, +) == 300 && abs(tenth.backgroundEfficiency - 0.1) < 1e-12)
        // A tenth of 320 GeV about 80: the bins from 60 to 100 GeV.
        #expect(tenth.passing.indices.allSatisfy { tenth.passing[$0] == 0 || (12..<20).contains($0) })
        let divergence = try #require(tenth.divergence)
        #expect(divergence.value > 0.5 && divergence.value > 20 * divergence.byChance)
        #expect(divergence == JensenShannon(chosen: tenth.passing, among: sculpting.all))
    }

    @Test func `One that does not leaves the spectrum as it is`() throws {
        let u = RandomStream(seed: 8, purpose: "logits").uniforms(4000)
        let sculpting = try Self.sculpting { u[$0] + (Self.isSignal[$0] ? 0.2 : 0) }
        for point in sculpting.points {
            let divergence = try #require(point.divergence)
            #expect((0.4...2).contains(divergence.value / divergence.byChance), "\(point.target)")
        }
    }

    @Test func `Cuts reach the efficiencies asked for, and those above the last bin are counted there`() throws {
        let sculpting = try Self.sculpting { Self.masses[$0] }
        for point in sculpting.points {
            let reached = point.kind == .signalEfficiency ? point.signalEfficiency : point.backgroundEfficiency
            #expect(reached >= point.target && reached < point.target + 0.001)
            let passing = (0..<3000).filter { Self.masses[$0] >= point.threshold }
            #expect(point.passing.reduce(0, +) == passing.count)
            #expect(point.passing[60] == passing.count { Self.masses[$0] >= 300 })
        }
        #expect(sculpting.points.map(\.target) == [0.3, 0.5, 0.8, 0.5, 0.2, 0.1, 0.05, 0.02])
    }

    @Test func `A cut that no background passes has no divergence`() throws {
        let sculpting = try Self.sculpting { Self.isSignal[$0] ? 1 : Double($0) / 10_000 }
        #expect(sculpting.points.filter { $0.kind == .signalEfficiency }.allSatisfy { $0.divergence == nil })
        #expect(sculpting.points.filter { $0.kind == .backgroundEfficiency }.allSatisfy { $0.divergence != nil })
    }
}
