"""Checks Scripts/convert-root.py on ROOT files that it writes itself.

    .deps/peers/bin/python Tests/Check/root.py .build/release/goldstone

Writes trees with uproot (one jet an entry, one collision an entry, momenta as px, py, pz, E in MeV and as pT, η, φ, mass),
converts them, compares every number with NumPy's own, and lets `goldstone inspect` read the result. Then everything that
can be wrong: a missing tree, a missing branch, jagged branches of unequal lengths, NaN, a jet of two classes, a cut file.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import awkward as ak
import h5py
import numpy as np
import uproot

SCRIPT = Path(__file__).parents[2] / "Scripts/convert-root.py"
rng = np.random.default_rng(3)


def run(*arguments, fails=None):
    done = subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True)
    if fails is None:
        assert done.returncode == 0, done.stderr
    else:
        assert done.returncode == 1, (done.returncode, done.stderr)
        for word in fails:
            assert word in done.stderr, f"{word!r} isn't in: {done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
    return done


def momenta(counts):
    """[constituents, 4] (px, py, pz, E) in no order."""
    total = int(np.sum(counts))
    pt, eta, phi = rng.uniform(1, 100, total), rng.normal(0, 0.5, total), rng.normal(0, 0.5, total)
    p = np.stack([pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], 1)
    return np.concatenate([p, np.sqrt((p**2).sum(1, keepdims=True) + 0.14**2)], 1)


def write(path, branches, tree="tree"):
    with uproot.recreate(path) as file:
        file.mktree(tree, {name: array.type.content if hasattr(array, "type") else array.dtype for name, array in branches.items()})
        file[tree].extend(branches)


def expected(vectors, counts, slots):
    """What the converter should write, jet by jet."""
    rows, start = [], 0
    for count in counts:
        own = vectors[start:start + count]
        own = own[np.argsort(-np.hypot(own[:, 0], own[:, 1]), kind="stable")][:slots]
        rows.append(np.concatenate([own, np.zeros((slots - len(own), 4))]))
        start += count
    return np.array(rows)


def check_jets(folder, goldstone):
    counts = rng.integers(1, 9, 300)
    counts[17] = 0
    vectors = momenta(counts)
    label = rng.integers(0, 3, 300)
    jagged = lambda column: ak.unflatten(vectors[:, column] * 1000, counts)
    path = folder / "jets.root"
    write(path, {
        "c_px": jagged(0), "c_py": jagged(1), "c_pz": jagged(2), "c_e": jagged(3), "label": label,
        "event": np.arange(300) // 2 + 10})
    names = ["--px", "c_px", "--py", "c_py", "--pz", "c_pz", "--energy", "c_e"]
    output = folder / "jets.h5"
    done = run(path, *names, "--unit", "MeV", "--class", "top=label:1", "--class", "QCD=label:0", "--event", "event",
               "--slots", 5, "--step", 64, "--output", output)
    wanted = (label < 2) & (counts > 0)
    assert "without constituents" in done.stdout and "none of the classes" in done.stdout, done.stdout
    with h5py.File(output) as file:
        np.testing.assert_allclose(
            file["jetConstituentList"][:], expected(vectors, counts, 5)[wanted].astype("f4"), rtol=1e-6)
        jets, columns = file["jets"][:], file["jetFeatureNames"].asstr()[:].tolist()
        assert columns == ["j_pt", "j_eta", "j_mass", "j_multiplicity", "j_t", "j_qcd"], columns
        np.testing.assert_array_equal(jets[:, 3], counts[wanted])
        np.testing.assert_array_equal(jets[:, 4], label[wanted] == 1)
        np.testing.assert_array_equal(jets[:, 5], label[wanted] == 0)
        sums = np.array([vectors[end - count:end].sum(0) for end, count in zip(np.cumsum(counts), counts)])[wanted]
        np.testing.assert_allclose(jets[:, 0], np.hypot(sums[:, 0], sums[:, 1]), rtol=1e-9)
        np.testing.assert_allclose(
            jets[:, 2] ** 2, sums[:, 3] ** 2 - (sums[:, :3] ** 2).sum(1), rtol=1e-6)
        np.testing.assert_array_equal(file["eventIndex"][:], (np.arange(300) // 2 + 10)[wanted])
    seen = subprocess.run([goldstone, "inspect", str(output)], capture_output=True, text=True)
    assert seen.returncode == 0 and "QCD" in seen.stdout and "top" in seen.stdout, seen.stdout + seen.stderr
    return path, names, vectors, counts


def check_collisions(folder):
    """Entries of several jets, momenta by angles and a mass."""
    jets_in, counts = np.array([2, 0, 1, 3]), np.array([3, 2, 4, 1, 1, 5])
    vectors = momenta(counts)
    pt = np.hypot(vectors[:, 0], vectors[:, 1])
    twice = lambda values: ak.unflatten(ak.unflatten(values, counts), jets_in)
    array = ak.Array({
        "pt": twice(pt), "eta": twice(np.arcsinh(vectors[:, 2] / pt)),
        "phi": twice(np.arctan2(vectors[:, 1], vectors[:, 0]))})
    path, output = folder / "collisions.root", folder / "collisions.h5"
    # A tree can't hold arrays that are jagged twice, an RNTuple can.
    with uproot.recreate(path) as file:
        file.mkrntuple("events", array)
    run(path, path, "--tree", "events", "--pt", "pt", "--eta", "eta", "--phi", "phi", "--mass", 0.14, "--class", "W",
        "--output", output)
    with h5py.File(output) as file:
        found = file["jetConstituentList"][:6, :5]
        np.testing.assert_allclose(found, expected(vectors, counts, 5).astype("f4"), rtol=2e-5, atol=1e-5)
        np.testing.assert_array_equal(file["eventIndex"][:], [0, 0, 2, 3, 3, 3, 4, 4, 6, 7, 7, 7])
        assert (file["jets"][:, 4] == 1).all()


def check_errors(folder, path, names, vectors, counts):
    out = ["--output", folder / "none.h5"]
    label = ["--class", "top"]
    run(folder / "missing.root", *label, *out, fails=["missing.root", "no such file"])
    (folder / "text.root").write_text("this is no ROOT file, but text")
    run(folder / "text.root", *label, *out, fails=["text.root", "ROOT"])
    run(path, "--tree", "trees", *label, *out, fails=["jets.root", "no tree trees", "tree"])
    run(path, *label, *out, fails=["jets.root", "no branch part_px", "c_px"])
    run(path, *names, "--class", "Top", *out, fails=["Top is no class", "QCD"])
    run(path, *names, "--class", "top", "--class", "QCD=label:0", *out, fails=["only one"])
    run(path, *names, "--class", "top=label:0", "--class", "QCD=label", *out[:1], folder / "x.h5")
    run(path, *names, "--class", "top=event", "--class", "QCD=label:0", *out, fails=["entry", "several classes"])
    run(path, *names, "--class", "top=c_px", *out, fails=["c_px", "jagged"])
    broken = vectors.copy()
    broken[20, 1] = np.nan
    branches = {f"part_{name}": ak.unflatten(broken[:, column], counts) for column, name in enumerate(["px", "py", "pz", "energy"])}
    write(folder / "nan.root", branches)
    run(folder / "nan.root", *label, *out, fails=["nan.root", "entry", "finite", "part_py"])
    branches["part_py"] = ak.unflatten(vectors[:-1, 1], np.append(counts[:-1], counts[-1] - 1))
    write(folder / "lengths.root", branches)
    run(folder / "lengths.root", *label, *out, fails=["lengths.root", "entry 299", "part_py"])
    whole = path.read_bytes()
    (folder / "cut.root").write_bytes(whole[:len(whole) // 2])
    run(folder / "cut.root", *names, *label, *out, fails=["cut.root"])
    assert not list(folder.glob("none.h5*")), "a conversion that failed has left something"


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        path, names, vectors, counts = check_jets(folder, sys.argv[1])
        check_collisions(folder)
        check_errors(folder, path, names, vectors, counts)
    print("Scripts/convert-root.py: jets, collisions and everything that is wrong are as they should be")


if __name__ == "__main__":
    main()
