/// A text in which nothing is a LaTeX command: its special characters escaped, the field's Greek letters and signs in
/// math mode. Other letters stay, as LaTeX reads UTF-8.
public func escapedForLaTeX(_ text: String) -> String {
    text.map { latexNotation[$0] ?? String($0) }.joined()
}

private let latexNotation: [Character: String] = {
    var notation: [Character: String] = [
        "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_", "{": "\\{", "}": "\\}",
        "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "$<$", ">": "$>$", "|": "$|$", "–": "--",
        "—": "---", "“": "``", "”": "''", "±": "$\\pm$", "−": "$-$", "×": "$\\times$", "·": "$\\cdot$", "≤": "$\\leq$",
        "≥": "$\\geq$", "≈": "$\\approx$", "→": "$\\to$", "∞": "$\\infty$", "∇": "$\\nabla$", "ε": "$\\varepsilon$",
        "φ": "$\\phi$", "½": "$\\tfrac{1}{2}$", "\n": " ",
    ]
    let greek: [(Character, String)] = [
        ("α", "alpha"), ("β", "beta"), ("γ", "gamma"), ("δ", "delta"), ("ζ", "zeta"), ("η", "eta"), ("θ", "theta"),
        ("κ", "kappa"), ("λ", "lambda"), ("μ", "mu"), ("ν", "nu"), ("ξ", "xi"), ("π", "pi"), ("ρ", "rho"),
        ("σ", "sigma"), ("τ", "tau"), ("χ", "chi"), ("ψ", "psi"), ("ω", "omega"), ("Δ", "Delta"), ("Λ", "Lambda"),
        ("Σ", "Sigma"), ("Φ", "Phi"), ("Ψ", "Psi"), ("Ω", "Omega"), ("Γ", "Gamma"),
    ]
    for (letter, name) in greek { notation[letter] = "$\\\(name)$" }
    for (digit, raised) in zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹") { notation[raised] = "$^\(digit)$" }
    for (digit, lowered) in zip("0123456789", "₀₁₂₃₄₅₆₇₈₉") { notation[lowered] = "$_\(digit)$" }
    return notation
}()
