"""Checks that Goldstone reads jets in the layout of the top-tagging reference data set as pandas does, and studies them.

    .deps/peers/bin/python Tests/Check/top_tagging.py .build/release/goldstone

Writes files of the layout with pandas and PyTables, 200 constituents a jet as in the real ones, compares what
`goldstone inspect` says of them with NumPy, and runs a small study of top against QCD jets on them: the trainings, and all
that is measured of them.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

goldstone = sys.argv[1]
SLOTS = 200
rng = np.random.default_rng(11)


def jets(count):
    """[count, SLOTS, 4] (E, px, py, pz), wider for top jets, and labels."""
    label = rng.integers(0, 2, count)
    momenta = np.zeros((count, SLOTS, 4), dtype="f4")
    for jet in range(count):
        number = int(rng.integers(15, 60))
        pt = np.sort(rng.exponential(12, number) + 0.5)[::-1]
        pt *= 600 / pt.sum()
        width = 0.22 if label[jet] else 0.18
        eta, phi = rng.normal(0.2, width, number), rng.normal(-1, width, number)
        p = np.stack([pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], 1)
        momenta[jet, :number, 1:] = p
        momenta[jet, :number, 0] = np.linalg.norm(p, axis=1)
    return momenta, label


def write(path, count, ttv):
    momenta, label = jets(count)
    names = [f"{name}_{slot}" for slot in range(SLOTS) for name in ("E", "PX", "PY", "PZ")]
    truth = np.where(label[:, None] == 1, momenta.sum(1), 0)
    frame = pd.DataFrame(
        np.concatenate([momenta.reshape(count, -1), truth], 1).astype("f4"),
        columns=names + ["truthE", "truthPX", "truthPY", "truthPZ"])
    frame["ttv"], frame["is_signal_new"] = ttv, label
    frame.to_hdf(path, key="table", mode="w", format="table", complib="zlib", complevel=1)
    return momenta.astype("f8"), label


STUDY = """
preset: smoke
name: top-tagging
data:
  files: {folder}/train.h5
  testFiles: {folder}/test.h5
  signal: top
  background: QCD
  constituents: 20
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        momenta, label = write(folder / "train.h5", 3000, 0)
        write(folder / "test.h5", 2200, 1)
        done = subprocess.run(
            [goldstone, "inspect", str(folder / "train.h5"), "--json"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["jets"] == found["soundJets"] == 3000, found["problems"]
        for summary in found["classes"]:
            own = momenta[label == (summary["jetClass"] == "top")]
            assert summary["jets"] == len(own)
            counts = (own[:, :, 0] > 0).sum(1)
            np.testing.assert_allclose(summary["meanMultiplicity"], counts.mean(), rtol=1e-12)
            sums = own.sum(1)
            pt, mass = np.hypot(sums[:, 1], sums[:, 2]), np.sqrt(sums[:, 0] ** 2 - (sums[:, 1:] ** 2).sum(1))
            np.testing.assert_allclose(summary["pt"]["median"], np.median(pt), rtol=1e-6)
            np.testing.assert_allclose(summary["mass"]["median"], np.median(mass), rtol=1e-4)
        assert {summary["jetClass"] for summary in found["classes"]} == {"top", "QCD"}
        (folder / "study.yaml").write_text(STUDY.format(folder=folder))
        done = subprocess.run(
            [goldstone, "study", str(folder / "study.yaml"), "--output", str(folder / "run")], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        training = json.loads((folder / "run/results/training.json").read_text())
        areas = [run["test"]["rocAUC"]["value"] for run in training["runs"]]
        assert min(areas) > 0.8, areas
        assert (folder / "run/report.html").stat().st_size > 100_000
        print(f"top against QCD: ROC-AUC {', '.join(f'{area:.3f}' for area in areas)}; a study of all steps is done")


if __name__ == "__main__":
    main()
