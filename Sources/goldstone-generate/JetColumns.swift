import CPythia

/// The columns of `jets`.
enum JetColumns {
    /// All, in the data set's order.
    static let all = table.map(\.name)

    /// Those that are left not-a-number: energy correlations and pruning, which need FastJet's contributed parts.
    static let notComputed = table.filter { $0.value == nil }.map(\.name)

    /// Appends the values of one jet, in ``all``'s order. Energies in GeV; τ without a norm, so in GeV, too. `j_ptfrac` is
    /// the share of the jet's pT that the measured constituents carry: all of it.
    static func append(_ jet: GoldstoneJet, _ jetClass: JetClass, rounding: Rounding, to values: inout [Float]) {
        for column in table { values.append(column.value.map { rounding($0(jet, jetClass)) } ?? .nan) }
    }

    private typealias Column = (name: String, value: (@Sendable (GoldstoneJet, JetClass) -> Double)?)

    private static let table: [Column] = {
        let kinematics: [Column] = [
            ("j_ptfrac", { _, _ in 1 }),
            ("j_pt", { jet, _ in jet.transverseMomentum }),
            ("j_eta", { jet, _ in jet.pseudorapidity }),
            ("j_mass", { jet, _ in jet.mass }),
        ]
        let fragmentation: [Column] = [("j_zlogz", { jet, _ in jet.zlogz })]
        let groomedMasses: [Column] = [
            ("j_mass_trim", { jet, _ in jet.massTrimmed }),
            ("j_mass_mmdt", { jet, _ in jet.massModifiedMassDrop }),
            ("j_mass_prun", nil),
            ("j_mass_sdb2", { jet, _ in jet.massSoftDrop2 }),
            ("j_mass_sdm1", { jet, _ in jet.massSoftDropMinus1 }),
            ("j_multiplicity", { jet, _ in Double(jet.multiplicity) }),
        ]
        let classes: [Column] = JetClass.allCases.map { wanted in
            (wanted.column, { _, jetClass in jetClass == wanted ? 1 : 0 })
        }
        let parts: [[Column]] = [
            kinematics, subjettiness("", of: { $0.subjettiness }), fragmentation, correlations(""),
            subjettiness("_mmdt", of: { $0.groomedSubjettiness }), correlations("_mmdt"), groomedMasses, classes,
        ]
        return parts.flatMap { $0 }
    }()

    /// τ₁ to τ₃ for β = 1 and 2, and τ₃/τ₂, which is not-a-number for a jet of two constituents.
    private static func subjettiness(
        _ suffix: String,
        of tau: @escaping @Sendable (GoldstoneJet) -> ((Double, Double, Double), (Double, Double, Double))
    ) -> [Column] {
        [
            ("j_tau1_b1\(suffix)", { jet, _ in tau(jet).0.0 }),
            ("j_tau2_b1\(suffix)", { jet, _ in tau(jet).0.1 }),
            ("j_tau3_b1\(suffix)", { jet, _ in tau(jet).0.2 }),
            ("j_tau1_b2\(suffix)", { jet, _ in tau(jet).1.0 }),
            ("j_tau2_b2\(suffix)", { jet, _ in tau(jet).1.1 }),
            ("j_tau3_b2\(suffix)", { jet, _ in tau(jet).1.2 }),
            ("j_tau32_b1\(suffix)", { jet, _ in tau(jet).0.2 / tau(jet).0.1 }),
            ("j_tau32_b2\(suffix)", { jet, _ in tau(jet).1.2 / tau(jet).1.1 }),
        ]
    }

    private static func correlations(_ suffix: String) -> [Column] {
        let names = [
            "c1_b0", "c1_b1", "c1_b2", "c2_b1", "c2_b2", "d2_b1", "d2_b2", "d2_a1_b1", "d2_a1_b2", "m2_b1", "m2_b2",
            "n2_b1", "n2_b2",
        ]
        return names.map { ("j_\($0)\(suffix)", nil) }
    }
}
