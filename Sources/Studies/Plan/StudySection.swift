/// A section of the report: which steps it shows, and what a reader must know of them.
struct StudySection {
    let id: String
    let title: String
    let kinds: [StudyStep.Kind]
    /// The steps' parts; nil for those that have none, and any.
    var parts: [String]?
    /// What is shown, and which of the paper's tables and figures it stands beside.
    let what: String
    /// How the numbers were computed.
    let how: String
    /// Result files, in the run's folder.
    let results: [String]
    /// Labels of tables that are shown only when asked for.
    var details: [String] = []

    static let all = [
        StudySection(
            id: "performance", title: "In distribution", kinds: [.evaluation, .statistics],
            what:
                "How well the taggers tell the jets apart that they were trained for: the paper's Table 1 and Figure 4.",
            how:
                "Decisions are taken at logit 0. ROC-AUC has DeLong's interval; the bootstrap resamples whole events, the same "
                + "for all taggers. Seeds are paired between variants: the error from seeds and that from the choice of the "
                + "test jets are given apart.",
            results: ["results/training.json", "statistics/statistics.json"],
            details: ["taggers", "comparisons"]),
        StudySection(
            id: "curvature", title: "Curvature of the loss", kinds: [.curvature],
            what:
                "The Hessian's leading eigenvalue, its trace and its spectrum at the trained weights: the paper's Table 2.",
            how:
                "Products with the exact Hessian of the cross-entropy on the same test jets for all taggers, dropout off. "
                + "Eigenpairs: block Lanczos with full reorthogonalisation, each with its residual; trace: exact on a Krylov space, "
                + "random signs outside it, with its standard error; spectral density: stochastic Lanczos quadrature. The error from the choice of the jets is a "
                + "jackknife over slices.",
            results: ["curvature/curvature.json"]),
        StudySection(
            id: "surfaces", title: "Loss surfaces", kinds: [.landscape], parts: ["curve", "plane", "random-plane"],
            what: "The loss along and over directions in the space of weights: the paper's Figures 1 and 5.",
            how:
                "Cross-entropy and symmetry loss on the same jets for all taggers. Along eigenvectors ε is in units of the "
                + "weights' norm; random directions are normalised filter by filter. Planes are drawn for each variant's "
                + "first seed.",
            results: ["landscape/curve.json", "landscape/plane.json", "landscape/random-plane.json"]),
        StudySection(
            id: "goldstone", title: "The pseudo-Goldstone mode", kinds: [.landscape], parts: ["ratio", "goldstone"],
            what:
                "Does the output of a jet and that of its boosted copy move alike along the leading eigenvector? The paper's "
                + "Figure 6, and a number for it.",
            how:
                "R(ε) is the ratio of the probabilities of a jet and its boosted copy at weights moved by ε; medians and "
                + "quantiles over jets and boosts of the training law. g is 0 for a direction that moves both views alike and 1 "
                + "for one that moves them independently; random directions stand beside.",
            results: ["landscape/ratio.json", "landscape/goldstone.json"]),
        StudySection(
            id: "margins", title: "Margins, Jacobians and scale", kinds: [.landscape],
            parts: ["margins", "jacobians", "flatness"],
            what:
                "Distances to the decision boundary (the paper's Figure 2), singular values of the layers' Jacobians (its "
                + "Equation 4), and whether a flatter loss is more than smaller logits.",
            how:
                "Margin: |f|/‖∇ₓf‖ in the features. Relative flatness κ of the last layer, before and after the logits are "
                + "divided by the temperature that minimises the validation jets' cross-entropy.",
            results: ["landscape/margins.json", "landscape/jacobians.json", "landscape/flatness.json"]),
        StudySection(
            id: "invariance", title: "Invariance", kinds: [.invariance],
            what: "How much scores change when jets are boosted, against the boosts' speed.",
            how:
                "One isotropic direction a jet, the same for all speeds and taggers; features are computed anew from boosted "
                + "four-momenta.",
            results: ["invariance/invariance.json"]),
        StudySection(
            id: "robustness", title: "Robustness", kinds: [.robustness],
            what: "ROC-AUC and accuracy when the constituents' momenta are smeared: the paper's Figure 7.",
            how:
                "Each constituent's momentum is scaled by 1 + σε, ε normal; direction and mass stay, the jet is summed anew. The "
                + "noise is the same for all taggers and is drawn several times.",
            results: ["robustness/robustness.json"]),
        StudySection(
            id: "transfer", title: "Out of distribution", kinds: [.transfer],
            what: "The taggers on classes that they were not trained on: the paper's Table 3 and Figure 8.",
            how:
                "No jet of a training's events is among the test jets. AUC in bins of jet pT, calibration, and how much a cut "
                + "sculpts the background's mass spectrum (Jensen–Shannon divergence) are given for the same jets.",
            results: ["transfer/transfer.json"]),
        StudySection(
            id: "distillation", title: "Distillation", kinds: [.distillation],
            what: "How fast and how closely smaller networks learn what the taggers have learnt: the paper's Figure 9.",
            how:
                "Students minimise the squared difference to the teacher's logits on the training jets; first weights and "
                + "order of jets are the same for all teachers. Errors are also given relative to the variance of the "
                + "teacher's logits: smaller logits are easier to match for a reason that has nothing to do with simplicity.",
            results: ["distillation/distillation.json"]),
        StudySection(
            id: "frontier", title: "Accuracy against simplicity", kinds: [.frontier],
            what: "What a larger weight of the symmetry loss buys, and what it costs.",
            how:
                "Variants that differ by one term's weight alone; means and standard deviations over their seeds. Controls and "
                + "the tagger that is invariant by construction stand beside.",
            results: ["frontier/frontier.json"]),
    ]
}
