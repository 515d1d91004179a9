import Foundation
import Jets
import Studies
import Testing

/// The settings of robustness and transfer as a study file has them.
struct MeasurementSettingsTests {
    private func error(_ yaml: String) -> String {
        do {
            _ = try StudySettings(yaml: yaml, file: "my.yaml")
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `The defaults are the paper's smearing with five draws, and all classes`() {
        let robustness = StudySettings().robustness
        #expect(robustness.perturbations == ["smearing": [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]])
        #expect(robustness.draws == 5 && robustness.seed == 1)
        let transfer = StudySettings().transfer
        #expect(transfer.classes.isEmpty && transfer.ptEdges.isEmpty && transfer.ptBins == 5)
    }

    @Test func `Every setting is read, and written back in digits that people use`() throws {
        let settings = try StudySettings(
            yaml: """
                robustness: {perturbations: {angularSmearing: [0, 0.05], energyScale: null}, draws: 2, seed: 7}
                transfer: {classes: [Z, gluon], ptBins: 3, ptEdges: [500, 1000.5], calibrationBins: 4}
                """, file: "my.yaml")
        var robustness = RobustnessSettings(), transfer = TransferSettings()
        robustness.perturbations = [
            "angularSmearing": [0, 0.05], "energyScale": EnergyScale().defaultStrengths,
        ]
        robustness.draws = 2
        robustness.seed = 7
        transfer.classes = [.z, .gluon]
        transfer.ptBins = 3
        transfer.ptEdges = [500, 1000.5]
        transfer.calibrationBins = 4
        #expect(settings.robustness == robustness && settings.transfer == transfer)
        #expect(settings.robustness.laws.map(\.law.name) == ["energyScale", "angularSmearing"])
        let text = try settings.yaml()
        #expect(text.contains("- 0.05") && text.contains("- 500") && !text.contains("5e-"))
        let again = try StudySettings(yaml: text, file: "again.yaml")
        #expect(again.robustness == robustness && again.transfer == transfer)
    }

    @Test(arguments: [
        ("robustness: {perturbations: {smear: null}}", "nearest valid key is `robustness.perturbations.smearing`"),
        (
            "robustness: {perturbations: {smearing: [-0.1]}}",
            "`robustness.perturbations.smearing` must be null or a list of numbers in ascending order, none below 0.0, not `[-0.1]`"
        ),
        ("robustness: {perturbations: {lostConstituents: [0.5, 2]}}", "from 0.0 to 1.0, not `[0.5, 2]`"),
        ("robustness: {perturbations: {smearing: 0.1}}", "ascending order"),
        ("robustness: {draws: 0}", "`robustness.draws` must be a whole number from 1"),
        (
            "transfer: {classes: [W]}",
            "`transfer.classes` must be two or more of gluon, quark, W, Z, top, QCD, each once"
        ),
        ("transfer: {classes: [W, H]}", "`transfer.classes` must be two or more of gluon"),
        ("transfer: {ptEdges: [2, 1]}", "`transfer.ptEdges` must be null or two or more momenta in GeV"),
        ("transfer: {ptBin: 2}", "nearest valid key is `transfer.ptBins`"),
    ])
    func `Wrong ones are errors that say what is right`(_ yaml: String, _ message: String) {
        let found = error(yaml)
        #expect(found.contains("my.yaml") && found.contains(message), "found: \(found)")
    }
}
