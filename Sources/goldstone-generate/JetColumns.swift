import CPythia

/// The columns of `jets`.
enum JetColumns {
    /// All, in the data set's order.
    static let all: [String] =
        ["j_ptfrac", "j_pt", "j_eta", "j_mass"]
        + ["j_tau1_b1", "j_tau2_b1", "j_tau3_b1", "j_tau1_b2", "j_tau2_b2", "j_tau3_b2", "j_tau32_b1", "j_tau32_b2"]
        + ["j_zlogz"] + correlations
        + ["j_tau1_b1", "j_tau2_b1", "j_tau3_b1", "j_tau1_b2", "j_tau2_b2", "j_tau3_b2", "j_tau32_b1", "j_tau32_b2"]
        .map { "\($0)_mmdt" }
        + correlations.map { "\($0)_mmdt" }
        + ["j_mass_trim", "j_mass_mmdt", "j_mass_prun", "j_mass_sdb2", "j_mass_sdm1", "j_multiplicity"]
        + ["j_g", "j_q", "j_w", "j_z", "j_t", "j_undef"]

    /// Those that are left not-a-number: energy correlations and pruning, which need FastJet's contributed parts.
    static let notComputed = correlations + correlations.map { "\($0)_mmdt" } + ["j_mass_prun"]

    private static let correlations = [
        "j_c1_b0", "j_c1_b1", "j_c1_b2", "j_c2_b1", "j_c2_b2", "j_d2_b1", "j_d2_b2", "j_d2_a1_b1", "j_d2_a1_b2",
        "j_m2_b1", "j_m2_b2", "j_n2_b1", "j_n2_b2",
    ]

    /// The values of one jet, in ``all``'s order. Energies in GeV; τ without a norm, so in GeV, too. `j_ptfrac` is the
    /// share of the jet's pT that the measured constituents carry: all of it.
    static func values(of jet: GoldstoneJet, _ jetClass: JetClass, rounding: Rounding) -> [Float] {
        var known: [String: Double] = [
            "j_ptfrac": 1, "j_pt": jet.transverseMomentum, "j_eta": jet.pseudorapidity, "j_mass": jet.mass,
            "j_zlogz": jet.zlogz,
            "j_mass_trim": jet.massTrimmed, "j_mass_mmdt": jet.massModifiedMassDrop,
            "j_mass_sdb2": jet.massSoftDrop2, "j_mass_sdm1": jet.massSoftDropMinus1,
            "j_multiplicity": Double(jet.multiplicity),
        ]
        for other in JetClass.allCases { known[other.column] = other == jetClass ? 1 : 0 }
        func addSubjettiness(_ tau: (Double, Double, Double), _ beta: Int, _ suffix: String) {
            known["j_tau1_b\(beta)\(suffix)"] = tau.0
            known["j_tau2_b\(beta)\(suffix)"] = tau.1
            known["j_tau3_b\(beta)\(suffix)"] = tau.2
            // Not-a-number for a jet of two constituents.
            known["j_tau32_b\(beta)\(suffix)"] = tau.2 / tau.1
        }
        addSubjettiness(jet.subjettiness.0, 1, "")
        addSubjettiness(jet.subjettiness.1, 2, "")
        addSubjettiness(jet.groomedSubjettiness.0, 1, "_mmdt")
        addSubjettiness(jet.groomedSubjettiness.1, 2, "_mmdt")
        return all.map { known[$0].map { rounding($0) } ?? .nan }
    }
}
