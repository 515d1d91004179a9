import Foundation
import HDF5
import Testing

@Suite(
    "Layout and columns of generated files",
    .enabled(if: RunningGenerator.hasPythia, "Pythia is not installed: make generator"))
struct LayoutTests {
    private static let jets = Result {
        let scratch = try Scratch()
        let path = scratch.path("jets.h5")
        let result = try RunningGenerator.run(["--output", path, "--jets", "100"])
        try #require(result.status == 0, "\(result.errors)")
        return try Jets(path)
    }

    @Test("Columns are those of the data set, and each constituent column is what its definition says")
    func constituentColumns() throws {
        let file = try LayoutTests.jets.get()
        #expect(file.constituentNames.count == 16)
        #expect(file.jetNames.count == 59)
        func column(_ name: String) -> Int { file.constituentNames.firstIndex(of: name)! }
        let pt = file.observable("j_pt")
        let eta = file.observable("j_eta")
        let mass = file.observable("j_mass")
        for (row, constituents) in file.constituents.enumerated() {
            // The jet's own momentum, summed anew.
            let sum = (0..<4).map { component in constituents.reduce(0) { $0 + $1[component] } }
            guard file.observable("j_multiplicity")[row] == Double(constituents.count) else { continue }
            let transverse = hypot(sum[0], sum[1])
            let jetPhi = atan2(sum[1], sum[0])
            #expect(abs(transverse - pt[row]) < 1e-5 * pt[row])
            #expect(abs(asinh(sum[2] / transverse) - eta[row]) < 1e-5)
            let massSquared = sum[3] * sum[3] - sum[0] * sum[0] - sum[1] * sum[1] - sum[2] * sum[2]
            #expect(abs(massSquared.squareRoot() - mass[row]) < 0.02)
            for values in constituents {
                // Columns that follow from the momenta are rounded by up to 2⁻¹⁶ of their value.
                func close(_ name: String, _ expected: Double, _ tolerance: Double = 2.5e-5) {
                    let found = values[column(name)]
                    #expect(abs(found - expected) <= tolerance * max(1, abs(expected)), "\(name) \(found) \(expected)")
                }
                let (px, py, pz, e) = (values[0], values[1], values[2], values[3])
                let p = (px * px + py * py + pz * pz).squareRoot()
                #expect(e * e >= p * p * (1 - 1e-12))
                close("j1_pt", hypot(px, py))
                close("j1_ptrel", hypot(px, py) / transverse)
                close("j1_erel", e / sum[3])
                // Written with the polar angle, where the program takes the area sine of pz/pT.
                let theta = acos(pz / p)
                close("j1_eta", -log(tan(theta / 2)), 1e-4)
                close("j1_etarel", -log(tan(theta / 2)) - eta[row], 1e-4)
                close("j1_phi", atan2(py, px))
                var difference = atan2(py, px) - jetPhi
                if difference > .pi { difference -= 2 * .pi }
                if difference <= -.pi { difference += 2 * .pi }
                close("j1_phirel", difference)
                close("j1_deltaR", hypot(-log(tan(theta / 2)) - eta[row], difference), 1e-4)
                close("j1_costheta", cos(theta), 1e-6)
                let jet = (sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]).squareRoot()
                close("j1_costhetarel", (px * sum[0] + py * sum[1] + pz * sum[2]) / (p * jet), 1e-6)
            }
        }
    }

    @Test("The rotated frame: hardest constituent at the origin, second axis below it, angles to the first kept")
    func rotatedFrame() throws {
        let file = try LayoutTests.jets.get()
        let names = file.constituentNames
        let (eta, phi) = (names.firstIndex(of: "j1_eta")!, names.firstIndex(of: "j1_phi")!)
        let (etaRotated, phiRotated) = (names.firstIndex(of: "j1_etarot")!, names.firstIndex(of: "j1_phirot")!)
        for constituents in file.constituents {
            let first = constituents[0]
            #expect(abs(first[etaRotated]) < 1e-6 && abs(first[phiRotated]) < 1e-6)
            var axisFound = false
            var balance = 0.0
            for values in constituents {
                let deltaEta = values[eta] - first[eta]
                let deltaPhi = (values[phi] - first[phi]).remainder(dividingBy: 2 * .pi)
                // A rotation about the first constituent keeps the angle to it: cos = cos φ / cosh η.
                let before = cos(deltaPhi) / cosh(deltaEta)
                let after = cos(values[phiRotated]) / cosh(values[etaRotated])
                #expect(abs(before - after) < 1e-4)
                if !axisFound, hypot(deltaEta, deltaPhi) > 0.1 {
                    axisFound = true
                    #expect(abs(values[etaRotated]) < 1e-4 && values[phiRotated] < 0)
                }
                if abs(values[etaRotated]) > 1e-6 {
                    balance += values[etaRotated] > 0 ? hypot(values[0], values[1]) : -hypot(values[0], values[1])
                }
            }
            #expect(balance > -0.1)
        }
    }

    @Test(
        "Jets: one class each, in equal shares and mixed; descending pT; what is not computed is not-a-number and listed"
    )
    func jetColumns() throws {
        let file = try LayoutTests.jets.get()
        let classes = ["j_g", "j_q", "j_w", "j_z", "j_t", "j_undef"].map { file.observable($0) }
        #expect(classes.map { Int($0.reduce(0, +)) } == [20, 20, 20, 20, 20, 0])
        for row in 0..<100 { #expect(classes.reduce(0) { $0 + $1[row] } == 1) }
        for start in stride(from: 0, to: 100, by: 10) {
            for jetClass in classes.dropLast() { #expect(jetClass[start..<start + 10].reduce(0, +) == 2) }
        }
        for constituents in file.constituents {
            let pt = constituents.map { hypot($0[0], $0[1]) }
            #expect(zip(pt, pt.dropFirst()).allSatisfy { $0 >= $1 })
        }
        guard case .strings(let absent) = try file.file.attribute("columnsNotComputed") else {
            Issue.record("columnsNotComputed is no list of names")
            return
        }
        #expect(absent.count == 27)
        for name in file.jetNames {
            let values = file.observable(name)
            #expect(absent.contains(name) == values.allSatisfy(\.isNaN), "\(name)")
        }
    }

    @Test("Two jets at most share an event, both of the same class, back to back")
    func events() throws {
        let file = try LayoutTests.jets.get()
        let phi = file.constituents.map { constituents in
            atan2(constituents.reduce(0) { $0 + $1[1] }, constituents.reduce(0) { $0 + $1[0] })
        }
        let pairs = Dictionary(grouping: 0..<100) { file.events[$0] }.values
        #expect(pairs.contains { $0.count == 2 })
        for rows in pairs {
            #expect(rows.count <= 2)
            guard rows.count == 2 else { continue }
            #expect(file.jets[rows[0]].suffix(6) == file.jets[rows[1]].suffix(6))
            #expect(abs((phi[rows[0]] - phi[rows[1]]).remainder(dividingBy: 2 * .pi)) > 1.5)
        }
    }

    @Test("The file says how it was made: settings, versions, cross-sections with errors, what to cite")
    func attributes() throws {
        let file = try LayoutTests.jets.get().file
        guard case .string(let settings) = try file.attribute("settings"),
            case .numbers(let crossSections) = try file.attribute("crossSectionOfClass"),
            case .numbers(let errors) = try file.attribute("crossSectionErrorOfClass"),
            case .strings(let citations) = try file.attribute("citations")
        else {
            Issue.record("an attribute is of another type")
            return
        }
        let record = try JSONDecoder().decode([String: String].self, from: Data(settings.utf8))
        #expect(record["radius"] == "0.8" && record["seed"] == "1" && record["pythia"]?.hasPrefix("8.3") == true)
        // Quark and gluon jets are made 10³ to 10⁵ times as often as pairs of W, Z or top.
        #expect(crossSections.count == 5 && crossSections[0] > 20 * crossSections[4])
        #expect(crossSections[4] > 10 * crossSections[2] && crossSections[2] > crossSections[3])
        for (value, error) in zip(crossSections, errors) { #expect(error > 0 && error < value) }
        #expect(citations.contains { $0.contains("FastJet") } && citations.contains { $0.contains("PYTHIA") })
    }
}
