import Foundation
import Testing

@Suite(
    "Physics of generated jets",
    .enabled(if: RunningGenerator.hasPythia, "Pythia is not installed: make generator"))
struct PhysicsTests {
    private func generate(_ arguments: [String]) throws -> Jets {
        let scratch = try Scratch()
        let result = try RunningGenerator.run(["--output", scratch.path("jets.h5")] + arguments)
        try #require(result.status == 0, "\(result.errors)")
        return try Jets(scratch.path("jets.h5"))
    }

    @Test(
        "Groomed masses of contained jets peak at the particles' masses",
        arguments: [("--w", "j_w", 80.4, 3.0), ("--z", "j_z", 91.2, 3.0), ("--top", "j_t", 172.5, 8.0)])
    func massPeaks(flag: String, column: String, mass: Double, tolerance: Double) throws {
        let file = try generate([flag, RunningGenerator.heavy ? "5000" : "300", "--constituents", "10"])
        let contained = zip(file.observable("j_mass_mmdt"), file.contained).filter { $0.1 == 1 }.map(\.0)
        #expect(Double(contained.count) > 0.7 * Double(file.jets.count))
        // The median of those within 25 % of the mass, to leave out jets of which one quark was groomed away.
        let near = contained.filter { abs($0 - mass) < 0.25 * mass }
        #expect(near.count > contained.count / 2)
        #expect(abs(median(near) - mass) < tolerance, "\(median(near))")
        #expect(file.observable(column).allSatisfy { $0 == 1 })
    }

    @Test("--contained keeps contained jets alone")
    func contained() throws {
        #expect(try generate(["--top", "60", "--contained", "--constituents", "10"]).contained.allSatisfy { $0 == 1 })
    }

    @Test("Substructure agrees with definitions worked out anew from the constituents")
    func substructure() throws {
        let file = try generate(["--w", "20", "--constituents", "300"])
        for (row, constituents) in file.constituents.enumerated() {
            let energy = constituents.reduce(0) { $0 + $1[3] }
            let zlogz = constituents.reduce(0) { $0 + $1[3] / energy * log($1[3] / energy) }
            #expect(abs(zlogz - file.observable("j_zlogz")[row]) < 1e-4)
            #expect(file.observable("j_multiplicity")[row] == Double(constituents.count))

            let kt = NaiveClustering(constituents, power: 2)
            for count in 1...3 {
                let tau = kt.subjettiness(count)
                for (beta, expected) in [("b1", tau.linear), ("b2", tau.quadratic)] {
                    let found = file.observable("j_tau\(count)_\(beta)")[row]
                    #expect(abs(found - expected) < 1e-3 * expected + 1e-3, "τ\(count) \(beta) \(found) \(expected)")
                }
            }
            let groomed = NaiveClustering(constituents, power: 0).modifiedMassDrop()
            #expect(abs(groomed - file.observable("j_mass_mmdt")[row]) < 0.05)
            // Grooming takes away.
            for name in ["j_mass_mmdt", "j_mass_trim", "j_mass_sdb2"] {
                #expect(file.observable(name)[row] <= file.observable("j_mass")[row] * (1 + 1e-6))
            }
        }
    }

    @Test("With the detector, photons and neutral hadrons are cells on a grid; without, they are where they flew")
    func detector() throws {
        // The share of massless constituents at the centre of a cell in azimuth, of either calorimeter.
        func onGrid(_ file: Jets) -> Double {
            let massless = file.constituents.joined().filter { p in
                p[3] > 5 && p[3] * p[3] - p[0] * p[0] - p[1] * p[1] - p[2] * p[2] < 1e-6 * p[3] * p[3]
            }
            let cells = [0.0175, 0.022].map { (2 * Double.pi / $0).rounded(.down) }
            let hits = massless.filter { p in
                let turn = atan2(p[1], p[0]) / (2 * .pi)
                return cells.contains { count in
                    let place = (turn < 0 ? turn + 1 : turn) * count
                    return abs(place - place.rounded(.down) - 0.5) < 0.002
                }
            }
            return Double(hits.count) / Double(massless.count)
        }
        let few = ["--z", "60", "--columns", "momenta"]
        #expect(onGrid(try generate(few)) > 0.8)
        #expect(onGrid(try generate(few + ["--no-detector"])) < 0.05)
    }

    @Test("Fewer bits of mantissa keep E² ≥ p² and the jets' masses within 0.1 GeV")
    func rounding() throws {
        let exact = try generate(["--w", "60", "--constituents", "300", "--columns", "momenta"])
        let rounded = try generate([
            "--w", "60", "--constituents", "300", "--columns", "momenta", "--mantissa-bits", "12",
        ])
        #expect(rounded.constituentNames == ["j1_px", "j1_py", "j1_pz", "j1_e"])
        func mass(_ constituents: [[Double]]) -> Double {
            let sum = (0..<4).map { component in constituents.reduce(0) { $0 + $1[component] } }
            return (sum[3] * sum[3] - sum[0] * sum[0] - sum[1] * sum[1] - sum[2] * sum[2]).squareRoot()
        }
        for (first, second) in zip(exact.constituents, rounded.constituents) {
            #expect(abs(mass(first) - mass(second)) < 0.1)
            for p in second {
                #expect(p[3] * p[3] >= p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
                #expect(Float(p[0]).bitPattern & ((1 << 11) - 1) == 0)
            }
        }
    }

    @Test("A user's own process: jets of Z' → WW, matched to W")
    func ownProcess() throws {
        let scratch = try Scratch()
        try """
        NewGaugeBoson:ffbar2gmZZprime = on
        Zprime:gmZmode = 3
        PhaseSpace:pTHatMin = 0
        PhaseSpace:pTHatMax = -1
        32:m0 = 2000
        32:onMode = off
        32:onIfAny = 24
        Zprime:coup2WW = 1
        """.write(toFile: scratch.path("zprime.cmnd"), atomically: true, encoding: .utf8)
        let file = try generate([
            "--other", "60", "--commands", scratch.path("zprime.cmnd"), "--match", "24", "--constituents", "10",
        ])
        #expect(file.observable("j_undef").allSatisfy { $0 == 1 })
        let near = file.observable("j_mass_mmdt").filter { abs($0 - 80.4) < 10 }
        #expect(near.count > 25, "\(near.count)")
    }
}
