"""Sets generated files beside the published figures of the hls4ml LHC jets (150 particles).

    python3 Benchmarks/generation/compare.py FILE...

Needs h5py. Prints one row of a Markdown table a file; all five classes are expected in equal shares, 150 constituents.
"""

import sys

import h5py
import numpy as np

CLASSES = ["j_g", "j_q", "j_w", "j_z", "j_t"]


def describe(path):
    with h5py.File(path) as file:
        names = [name.decode() for name in file["jetFeatureNames"][:]]
        jets = file["jets"][:]
        columns = [name.decode() for name in file["particleFeatureNames"][:]]
        # Of the 30 hardest constituents, as in the published normalisation of the same jets.
        azimuth = np.abs(file["jetConstituentList"][:, :30, columns.index("j1_phirel")])
        contained = file["contained"][:]
    value = {name: jets[:, names.index(name)] for name in names}
    multiplicity = value["j_multiplicity"]
    means = [f"{multiplicity[value[c] == 1].mean():.0f}" for c in CLASSES]
    masses = [f"{np.median(value['j_mass'][value[c] == 1]):.0f}" for c in CLASSES]
    # The largest, and what one jet in a thousand exceeds.
    reach = [f"{azimuth[value[c] == 1].max():.2f}" for c in ("j_g", "j_q", "j_t")]
    quantiles = np.percentile(multiplicity, [5, 25, 50, 75, 95]).astype(int)
    return [
        path.split("/")[-1].removesuffix(".h5"),
        f"{multiplicity.mean():.1f}",
        "/".join(map(str, quantiles)),
        "/".join(means),
        f"{np.median(value['j_mass']):.1f}",
        "/".join(masses),
        f"{np.median(value['j_pt']):.0f}",
        "/".join(reach),
        f"{contained[value['j_t'] == 1].mean():.2f}",
    ]


def main():
    head = ["file", "multiplicity", "5/25/50/75/95 %", "g/q/W/Z/t", "mass, median (GeV)", "g/q/W/Z/t", "pT, median (GeV)",
            "largest Δφ g/q/t", "top contained"]
    print("| " + " | ".join(head) + " |")
    print("| " + " | ".join("---" for _ in head) + " |")
    for path in sys.argv[1:]:
        print("| " + " | ".join(describe(path)) + " |")


if __name__ == "__main__":
    main()
