"""Checks `goldstone evaluate` and `goldstone statistics` on score files of other programs' making.

    .deps/peers/bin/python Tests/Check/score_files.py .build/release/goldstone

The same scores are written by h5py, pandas (CSV and HDF5) and NumPy (.npy, .npz, savetxt), as logits and as probabilities,
with labels in the file or in another; the figures must be scikit-learn's whatever the file. What Goldstone writes (HDF5,
CSV, .npz) is read by the same programs. A million rows of CSV are timed.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

goldstone = sys.argv[1]
rng = np.random.default_rng(5)
JETS = 3000
label = rng.integers(0, 2, JETS)
event = np.arange(JETS) // 2 + 2**60
logits = {"first": label * 1.6 - 0.8 + rng.normal(size=JETS), "second": label * 1.2 - 0.7 + rng.normal(size=JETS)}
scores = {name: expit(values) for name, values in logits.items()}


def run(*arguments, fails=None):
    done = subprocess.run([goldstone, *map(str, arguments)], capture_output=True, text=True)
    if fails is None:
        assert done.returncode == 0, (arguments, done.stderr)
    else:
        assert done.returncode != 0 and all(word in done.stderr for word in fails), (arguments, done.returncode, done.stderr)
    return done


def files(folder):
    """(arguments, taggers, whether events are known) for each way to write the same scores."""
    with h5py.File(folder / "h5py.h5", "w") as file:
        for name, values in scores.items():
            file[f"outputs/{name}"] = values
        file["truth/is_top"], file["event"] = label.astype(bool), event
    columns = ["--column", "outputs/first", "--column", "outputs/second", "--label", "truth/is_top"]
    yield [folder / "h5py.h5", *columns], True
    frame = pd.DataFrame(scores | {"label": label, "event": event})
    frame.to_csv(folder / "pandas.csv")
    yield [folder / "pandas.csv"], True
    frame.drop(columns="event").rename(columns={"label": "y"}).to_csv(folder / "plain.csv", index=False, sep=";")
    yield [folder / "plain.csv"], False
    frame.to_hdf(folder / "pandas.h5", key="scores", format="table")
    yield [folder / "pandas.h5"], True
    frame.to_hdf(folder / "fixed.h5", key="scores", format="fixed")
    yield [folder / "fixed.h5"], True
    np.savez(folder / "numpy.npz", **scores, label=label, event=event)
    yield [folder / "numpy.npz"], True
    np.savez_compressed(folder / "packed.npz", **{f"{name}_logit": v.astype(">f8") for name, v in logits.items()}, label=label)
    yield [folder / "packed.npz"], False
    np.save(folder / "both.npy", np.asfortranarray(np.stack(list(logits.values()), 1)))
    np.save(folder / "labels.npy", label.astype(bool))
    yield [folder / "both.npy", "--labels", folder / "labels.npy"], False
    np.savetxt(folder / "text.txt", np.stack([*scores.values(), label], 1))
    yield [folder / "text.txt", "--label", "2"], False
    for name, values in logits.items():
        np.save(folder / f"{name}.npy", values)
    yield [folder / "first.npy", folder / "second.npy", "--labels", folder / "labels.npy"], False


def check_reading(folder):
    reference = None
    for number, (arguments, knows_events) in enumerate(files(folder)):
        output = folder / f"evaluation-{number}"
        run("evaluate", *arguments, "--output", output)
        found = json.loads((output / "evaluations.json").read_text())
        assert len(found) == 2, found
        for tagger, values in zip(found, logits.values()):
            evaluation = tagger["evaluation"]
            np.testing.assert_allclose(evaluation["rocAUC"]["value"], roc_auc_score(label, values), rtol=1e-12)
            np.testing.assert_allclose(evaluation["accuracy"]["value"], accuracy_score(label, values > 0), rtol=1e-12)
            np.testing.assert_allclose(evaluation["binaryCrossEntropy"], log_loss(label, expit(values)), rtol=1e-9)
        statistics = json.loads(run("statistics", *arguments, "--resamples", 100, "--json").stdout)
        assert statistics["bootstrap"]["byEvent"] == knows_events, (arguments, statistics["bootstrap"])
        if knows_events:
            comparison = statistics["comparisons"][0]["rocAUC"]
            reference = reference or comparison
            for key in ("value", "lower", "upper"):
                np.testing.assert_allclose(comparison[key], reference[key], rtol=1e-9)


def check_writing(folder):
    for form in ("h5", "csv", "npz"):
        output = folder / f"written-{form}"
        run("evaluate", folder / "pandas.csv", "--output", output, "--scores", form)
        path = output / f"scores.{form}"
        if form == "h5":
            with h5py.File(path) as file:
                written = {name: file[name][:] for name in file}
        else:
            read = pd.read_csv(path) if form == "csv" else np.load(path)
            written = {name: np.asarray(read[name]) for name in read}
        assert set(written) == {"first_logit", "first_score", "second_logit", "second_score", "label", "event"}, set(written)
        np.testing.assert_array_equal(written["label"], label)
        np.testing.assert_array_equal(written["event"], event)
        for name in scores:
            np.testing.assert_allclose(written[f"{name}_score"], scores[name], rtol=1e-12)
            np.testing.assert_allclose(written[f"{name}_logit"], logits[name], rtol=1e-9, atol=1e-12)
        again = run("evaluate", path, "--output", folder / f"again-{form}")
        assert "first_logit" in again.stdout


def check_errors(folder):
    frame = pd.DataFrame(scores | {"label": label})
    frame.loc[7, "second"] = np.nan
    frame.to_csv(folder / "nan.csv", index=False)
    run("evaluate", folder / "nan.csv", fails=["nan.csv, line 9", "second is empty"])
    frame.assign(weight=1.0).to_csv(folder / "weights.csv", index=False)
    run("statistics", folder / "weights.csv", fails=["weights.csv", "weight", "--unweighted"])
    run("evaluate", folder / "numpy.npz", "--column", "frist", fails=["numpy.npz", "frist", "first"])
    run("evaluate", folder / "numpy.npz", "--label", "first", fails=["numpy.npz", "first of row 0", "labels are 1"])
    run("evaluate", folder / "both.npy", "--labels", folder / "labels.npy", "--scale", "probabilities",
        fails=["both.npy", "probability lies between"])
    run("evaluate", folder / "both.npy", fails=["both.npy", "--labels"])
    run("evaluate", folder / "numpy.npz", "--data", "sample", fails=["taken for a file of scores"])
    np.save(folder / "objects.npy", np.array([1, None], dtype=object))
    run("evaluate", folder / "objects.npy", fails=["objects.npy", "run code"])


def time_csv(folder):
    rows = 1_000_000
    values = rng.normal(size=(rows, 2))
    frame = pd.DataFrame({"a": values[:, 0], "b": values[:, 1], "label": np.arange(rows) % 2, "event": np.arange(rows)})
    frame.to_csv(folder / "million.csv", index=False)
    start = time.perf_counter()
    run("evaluate", folder / "million.csv", "--column", "a", "--column", "b")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    size = (folder / "million.csv").stat().st_size / 1e6
    print(f"a million rows of CSV ({size:.0f} MB), two taggers: {time.perf_counter() - start:.1f} s, at most {peak:.0f} MB")


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        check_reading(folder)
        check_writing(folder)
        check_errors(folder)
        time_csv(folder)
    print("score files of h5py, pandas and NumPy give scikit-learn's figures, and Goldstone's are read by them")


if __name__ == "__main__":
    main()
