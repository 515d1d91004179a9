"""Jet observables, from constituents and from the data set's own columns.

Momentum fractions are z = pT / Σ pT over the constituents given, angles are distances R in pseudorapidity and azimuth.
Correlation functions with angular exponent β:

    e2(β)  = Σ_{i<j}   z_i z_j (R_ij)^β
    e3(β)  = Σ_{i<j<k} z_i z_j z_k (R_ij R_jk R_ki)^β          C2 = e3 / e2²,  D2 = e3 / e2³
    2e3(β) = Σ_{i<j<k} z_i z_j z_k (product of the two smallest of R_ij, R_jk, R_ki)^β,   N2 = 2e3 / e2²

Sources: C2 Larkoski, Salam, Thaler, arXiv:1305.0007; D2 Larkoski, Moult, Neill, arXiv:1409.6298; N2 Moult, Necib,
Thaler, arXiv:1609.07483.
"""

import itertools

import numpy as np

CLASSES = {"gluon": "j_g", "quark": "j_q", "W": "j_w", "Z": "j_z", "top": "j_t"}


def of_constituents(momenta, chunk=1000):
    """Observables of jets' constituents, by name: {name: [N]}.

    momenta: (E, px, py, pz) [N, n, 4] by falling pT, empty slots all zero. Memory: chunk · n³ / 6 doubles, a few times.
    """
    parts = [_of_chunk(momenta[i : i + chunk].astype(float)) for i in range(0, len(momenta), chunk)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _of_chunk(momenta):
    energy, px, py, pz = np.moveaxis(momenta, -1, 0)
    there = energy > 0
    pt = np.hypot(px, py)
    jet_energy, jet_px, jet_py, jet_pz = momenta.sum(1).T
    jet_pt = np.hypot(jet_px, jet_py)
    mass = np.sqrt(np.maximum(jet_energy**2 - jet_pt**2 - jet_pz**2, 0))
    z = pt / pt.sum(1, keepdims=True)

    eta = np.arcsinh(np.divide(pz, pt, out=np.zeros_like(pz), where=there))
    phi = np.arctan2(py, px)
    jet_eta, jet_phi = np.arcsinh(jet_pz / jet_pt), np.arctan2(jet_py, jet_px)
    x = np.where(there, eta - jet_eta[:, None], 0)
    y = np.where(there, _wrapped(phi - jet_phi[:, None]), 0)
    r = np.hypot(x, y)
    pair = np.hypot(eta[:, :, None] - eta[:, None], _wrapped(phi[:, :, None] - phi[:, None]))  # [N, n, n]

    observables = {
        "mass": mass,
        "pT": jet_pt,
        "pseudorapidity": jet_eta,
        "mass / pT": mass / jet_pt,
        "constituents": there.sum(1),
        "width": (z * r).sum(1),
        "pT dispersion": np.sqrt((z**2).sum(1)),
        "sum of z log z": (z * np.log(np.where(there, z, 1))).sum(1),
        "R of the two leading": pair[:, 0, 1],
    }
    for k in range(4):
        observables[f"z of constituent {k + 1}"] = z[:, k]
    # Radii around the axis that hold a fraction of the sum of pT.
    order = np.argsort(np.where(there, r, np.inf), axis=1)
    held = np.cumsum(np.take_along_axis(z, order, 1), axis=1)
    sorted_r = np.take_along_axis(r, order, 1)
    for fraction in (0.5, 0.8):
        first = (held >= fraction).argmax(1)
        observables[f"radius of {fraction:.0%} of pT"] = np.take_along_axis(sorted_r, first[:, None], 1)[:, 0]
    # Principal axes of the pT-weighted ellipse.
    xx, yy, xy = (z * x * x).sum(1), (z * y * y).sum(1), (z * x * y).sum(1)
    half, root = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    observables["major axis"] = np.sqrt(half + root)
    observables["minor axis"] = np.sqrt(np.maximum(half - root, 0))

    e2 = {beta: np.einsum("ni,nj,nij->n", z, z, pair**beta, optimize=True) / 2 for beta in (0.5, 1, 2)}
    observables["e2 (β=0.5)"], observables["e2 (β=1)"] = e2[0.5], e2[1]
    for beta in (1, 2):
        # The trace of (diag(z) R)³ runs over each triple six times.
        weighted = z[:, :, None] * pair**beta
        e3 = np.einsum("nij,nji->n", weighted @ weighted, weighted) / 6
        observables[f"C2 (β={beta})"] = _ratio(e3, e2[beta] ** 2)
        observables[f"D2 (β={beta})"] = _ratio(e3, e2[beta] ** 3)
    observables["N2 (β=1)"] = _ratio(_two_angle_correlation(z, pair), e2[1] ** 2)
    return observables


def _two_angle_correlation(z, pair):
    """2e3 at β = 1 [N]."""
    i, j, k = np.array(list(itertools.combinations(range(z.shape[1]), 3))).T
    a, b, c = pair[:, i, j], pair[:, j, k], pair[:, k, i]
    # The product of all three over the largest, without the division.
    smallest = np.minimum(np.minimum(a * b, b * c), c * a)
    return (z[:, i] * z[:, j] * z[:, k] * smallest).sum(1)


def _wrapped(angle):
    """An azimuth difference in [−π, π]."""
    return angle - 2 * np.pi * np.round(angle / (2 * np.pi))


def _ratio(above, below):
    """above / below; NaN (to the trees: a missing value) where a jet has no two separate constituents."""
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def of_columns(names, jets):
    """The data set's own observables, by name: the columns that are neither classes, constant nor all NaN, and τ2/τ1.

    jets: [N, columns].
    """
    columns = {name: jets[:, k].astype(float) for k, name in enumerate(names)}
    varying = {name: column for name, column in columns.items() if len(np.unique(column[~np.isnan(column)])) > 1}
    observables = {name: column for name, column in varying.items() if name not in (*CLASSES.values(), "j_undef")}
    for suffix in ("b1", "b2", "b1_mmdt", "b2_mmdt"):
        if f"j_tau1_{suffix}" in observables and f"j_tau2_{suffix}" in observables:
            observables[f"j_tau21_{suffix}"] = _ratio(columns[f"j_tau2_{suffix}"], columns[f"j_tau1_{suffix}"])
    return observables
