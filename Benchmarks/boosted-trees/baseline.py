"""Sets a study's taggers beside boosted decision trees on jet observables and beside the jet mass alone.

    .deps/peers/bin/python Benchmarks/boosted-trees/baseline.py runs/sample

Reads the study's settings, its results and every scores.h5, takes its test jets as they are, and trains the trees on
the other jets of the two classes, which the study trained and validated on. Writes results.json and RESULTS.md to
--output. README.md says what is compared.
"""

import argparse
import datetime
import json
import os
import platform
import re
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier

from observables import CLASSES, of_columns, of_constituents
from performance import SIGNAL_EFFICIENCIES, area_difference, performance

here = Path(__file__).resolve().parent
TREES = dict(learning_rate=0.05, max_leaf_nodes=15, l2_regularization=1.0, max_iter=2000, n_iter_no_change=30, tol=0)
MASS_BINS = 100


def text(value):
    return value.decode() if isinstance(value, bytes) else value


class Study:
    """What a finished study says of itself, and its networks' logits on the test jets."""

    def __init__(self, folder):
        self.results = json.loads((folder / "results/training.json").read_text())
        if "testFingerprint" in self.results["data"] or len(self.results["data"]["fingerprint"]["files"]) != 1:
            sys.exit(f"{folder}: only a study whose jets all come from one file can be compared")
        setting = re.search(r"^ +constituents: (\d+)$", (folder / "study.yaml").read_text(), re.MULTILINE)
        self.constituents = int(setting[1])
        self.networks = []
        for path in sorted(folder.glob("*/seed-*/scores.h5")):
            with h5py.File(path) as file:
                about = {name: text(value) for name, value in file.attrs.items()}
                index, label, logit = (file[name][:] for name in ("index", "label", "logit"))
            if not self.networks:
                self.index, self.is_signal = index, label == 1
                self.signal, self.background = about["signal"], about["background"]
            elif not np.array_equal(index, self.index):
                sys.exit(f"{path}: its test jets are not those of the study's first network")
            self.networks.append((f"{about['variant']}, seed {about['seed']}: {about['network']}", logit))
        if not self.networks:
            sys.exit(f"{folder}: no scores.h5 in any VARIANT/seed-N folder; has the study ended?")


class Jets:
    """All jets of the study's two classes, in the file's order, with those that it tested on marked."""

    def __init__(self, path, study):
        recorded = study.results["data"]["fingerprint"]["files"][0]["bytes"]
        if path.stat().st_size != recorded:
            sys.exit(f"{path}: {path.stat().st_size} bytes, but the study read {recorded}: give its file with --jets")
        with h5py.File(path) as file:
            names = [text(name) for name in file["jetFeatureNames"][:]]
            columns = file["jets"][:]
            classes = {name: columns[:, names.index(CLASSES[name])] == 1 for name in (study.signal, study.background)}
            rows = np.flatnonzero(classes[study.signal] | classes[study.background])
            momentum = [text(name) for name in file["particleFeatureNames"][:]]
            order = [momentum.index(name) for name in ("j1_e", "j1_px", "j1_py", "j1_pz")]
            self.momenta = file["jetConstituentList"][:, : study.constituents][rows][..., order]
            self.event = file["eventIndex"][:][rows] if "eventIndex" in file else rows
        self.is_signal = classes[study.signal][rows]
        self.columns = of_columns(names, columns[rows])
        place = np.full(len(columns), -1)
        place[rows] = np.arange(len(rows))
        self.test = place[study.index]
        if (self.test < 0).any() or not np.array_equal(self.is_signal[self.test], study.is_signal):
            sys.exit(f"{path}: its jets have other classes than the study's scores say; is it the study's file?")
        others = np.ones(len(rows), bool)
        others[self.test] = False
        self.others = np.flatnonzero(others)
        wanted = study.results["data"]["trainingJets"] + study.results["data"]["validationJets"]
        if len(self.others) != wanted:
            sys.exit(f"{path}: {len(self.others)} jets beside the test jets, but the study trained with {wanted}")


def divided(jets, validation_jets, seed):
    """The jets that are not tested on, as training and validation jets: whole events, in a random order."""
    events = np.unique(jets.event[jets.others])
    key = np.random.default_rng(seed).permutation(len(events))[np.searchsorted(events, jets.event[jets.others])]
    order = jets.others[np.argsort(key, kind="stable")]
    return order[validation_jets:], order[:validation_jets]


def monotone(value, train, is_signal):
    """A cut on the value itself, on the side and at the place that are best for the training jets: how far above it."""
    order = train[np.argsort(value[train], kind="stable")]
    signal = np.concatenate([[0], np.cumsum(is_signal[order])])
    background = np.concatenate([[0], np.cumsum(~is_signal[order])])
    right = background + signal[-1] - signal  # by the number of jets below the cut, signal being above it
    # Exchanging the sides turns each right answer into a wrong one.
    sign, best = (1, right.argmax()) if right.max() >= len(order) - right.min() else (-1, right.argmin())
    cut = value[order].take([best - 1, best], mode="clip").mean()
    return sign * (value - cut)


def likelihood_ratio(value, train, is_signal):
    """log((s + 1) / (b + 1)), s and b the training jets in the value's bin; the bins hold equally many of them."""
    edges = np.quantile(value[train], np.linspace(0, 1, MASS_BINS + 1)[1:-1])
    place = np.searchsorted(edges, value, side="right")
    count = [np.bincount(place[train][is_signal[train] == kind], minlength=MASS_BINS) + 1 for kind in (True, False)]
    return np.log(count[0] / count[1])[place]


def trees(observables, train, validation, is_signal, settings=TREES):
    """The logits of boosted trees, stopped where the validation jets' cross-entropy stops falling; and how many."""
    table = np.stack(list(observables.values()), axis=1)
    # `random_state` decides nothing here but for the bins of very long columns.
    model = HistGradientBoostingClassifier(**settings, early_stopping=True, scoring="loss", random_state=0)
    model.fit(table[train], is_signal[train], X_val=table[validation], y_val=is_signal[validation])
    return model.decision_function(table), model.n_iter_, -float(model.validation_score_.max())


def row(name, sees, result):
    def value(entry, digits):
        if entry["value"] is None:
            return f"> {entry['interval'][0]:.{digits}f}"
        return f"{entry['value']:.{digits}f} [{', '.join(f'{end:.{digits}f}' for end in entry['interval'])}]"

    rejections = [value(result["backgroundRejection"][str(e)], 1) for e in SIGNAL_EFFICIENCIES]
    return " | ".join(["", name, sees, value(result["area"], 4), value(result["accuracy"], 4), *rejections, ""]).strip()


def write(path, content):
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(content)
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="the study's folder")
    parser.add_argument("--jets", type=Path, default=here.parent.parent / "Data/sample/jets.h5", help="its jets")
    parser.add_argument("--output", type=Path, default=here, help="the folder to write to")
    parser.add_argument("--seed", type=int, default=1, help="deals events to training and validation")
    arguments = parser.parse_args()

    study = Study(arguments.run)
    jets = Jets(arguments.jets, study)
    train, validation = divided(jets, study.results["data"]["validationJets"], arguments.seed)
    truth = jets.is_signal
    started = time.time()
    constituents = of_constituents(jets.momenta)
    print(f"{len(constituents)} observables of {len(truth)} jets in {time.time() - started:.0f} s", file=sys.stderr)

    leading = f"{study.constituents} constituents"
    taggers = []
    for mass, sees in ((constituents["mass"], leading), (jets.columns["j_mass"], "all constituents")):
        taggers.append(("jet mass, one cut", sees, monotone(mass, train, truth)))
        taggers.append(("jet mass, likelihood ratio", sees, likelihood_ratio(mass, train, truth)))
    fits = {}
    # What truncation costs: the same with the jet's multiplicity, which the leading constituents do not tell.
    counted = constituents | {"j_multiplicity": jets.columns["j_multiplicity"]}
    for observables, sees in (
        (constituents, leading),
        (counted, f"{leading}, multiplicity"),
        (constituents | jets.columns, "all constituents"),
    ):
        started = time.time()
        score, rounds, loss = trees(observables, train, validation, truth)
        print(f"{rounds} trees on {len(observables)} observables in {time.time() - started:.0f} s", file=sys.stderr)
        name = f"boosted trees, {len(observables)} observables"
        fits[name] = {"trees": rounds, "validationCrossEntropy": loss, "observables": list(observables)}
        taggers.append((name, sees, score))
    references = [(name, score[jets.test]) for name, _, score in taggers if name in fits]

    rows = [(name, sees, performance(score[jets.test], study.is_signal)) for name, sees, score in taggers]
    rows += [(name, leading, performance(score, study.is_signal)) for name, score in study.networks]
    differences = [
        {"network": network, "less": reference} | area_difference(logit, score, study.is_signal)
        for network, logit in study.networks
        for reference, score in references
    ]
    about = {
        "study": study.results["study"],
        "jets": f"{study.signal} against {study.background}",
        "trainingJets": len(train),
        "validationJets": len(validation),
        "testJets": {study.signal: int(study.is_signal.sum()), study.background: int((~study.is_signal).sum())},
        "dataSHA256": study.results["data"]["fingerprint"]["sha256"],
        "treeSettings": TREES,
        "seed": arguments.seed,
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "date": datetime.date.today().isoformat(),
    }
    results = [{"name": name, "sees": sees, **fits.get(name, {}), **result} for name, sees, result in rows]
    arguments.output.mkdir(parents=True, exist_ok=True)
    content = {"about": about, "taggers": results, "areaDifferences": differences}
    write(arguments.output / "results.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    signal, background = about["testJets"].values()
    page = [
        f"# {about['jets']}, study `{about['study']}`",
        "",
        f"{len(train)} jets to train on, {len(validation)} to validate, {len(study.index)} to test ({signal} "
        f"{study.signal}, {background} {study.background}). scikit-learn {sklearn.__version__}, {about['date']}. "
        "In brackets: 95 % intervals from the number of test jets.",
        "",
        "| tagger | sees | ROC-AUC | accuracy | "
        + " | ".join(f"1/ε_B at ε_S = {efficiency}" for efficiency in SIGNAL_EFFICIENCIES)
        + " |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(row(*entry) for entry in rows),
        "",
        "| network | less | difference of the areas, same test jets |",
        "| --- | --- | --- |",
        *(f"| {d['network']} | {d['less']} | {d['value']:+.4f} ± {d['standardError']:.4f} |" for d in differences),
    ]
    write(arguments.output / "RESULTS.md", "\n".join(page) + "\n")
    print("\n".join(page))


if __name__ == "__main__":
    main()
