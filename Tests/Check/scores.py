"""Checks a finished study's figures against scikit-learn, SciPy and NumPy.

    .deps/peers/bin/python Tests/Check/scores.py runs/smoke

Computes every figure on the test jets in results/training.json anew, from each run's scores.h5: accuracy, area under
the ROC curve, cross-entropy, background rejections and their errors. Where there is a statistics/statistics.json, what
`goldstone statistics` says of all runs' scores.h5, also the paired comparisons of taggers and of variants over seeds.
Prints what differs by more than 1e-12 relative (1e-9 for p-values and differences, which cancel digits) and exits with 1.
"""

import json
import sys
from pathlib import Path

import h5py
import numpy as np
from scipy.special import expit, logit
from scipy.stats import binomtest, nct, norm, permutation_test, t, ttest_rel
from sklearn.metrics import accuracy_score, roc_auc_score, roc_curve

TOLERANCE = 1e-12
Z = norm.ppf(0.975)


def wilson(count, total):
    interval = binomtest(int(count), int(total)).proportion_ci(0.95, method="wilson")
    return {"value": count / total, "lower": interval.low, "upper": interval.high, "confidence": 0.95}


def placements(scores, is_signal):
    """For each jet the fraction of the other class on its wrong side, from all pairs of a signal and a background jet."""
    signal, background = scores[is_signal], scores[~is_signal]
    by_signal = np.array([np.mean((s > background) + 0.5 * (s == background)) for s in signal])
    by_background = np.array([np.mean((signal > b) + 0.5 * (signal == b)) for b in background])
    return by_signal, by_background


def delong(scores, is_signal, others=None):
    """The standard error of the area, or of its difference from that of other scores of the same jets."""
    parts = placements(scores, is_signal)
    if others is not None:
        parts = [own - other for own, other in zip(parts, placements(others, is_signal))]
    return np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))


def area_estimate(area, error):
    half = Z * error / (area * (1 - area))
    ends = expit(logit(area) - half), expit(logit(area) + half)
    return {"value": area, "lower": ends[0], "upper": ends[1], "confidence": 0.95}


def operating_point(scores, is_signal, target):
    false_rate, true_rate, thresholds = roc_curve(is_signal, scores, drop_intermediate=False)
    point = np.argmax(true_rate >= target)
    background = int((~is_signal).sum())
    passing = int(round(false_rate[point] * background))
    kept = wilson(passing, background)
    inverse = lambda fraction: 1 / fraction if fraction > 0 else np.inf
    return {
        "target": target,
        "threshold": thresholds[point],
        "signalEfficiency": true_rate[point],
        "backgroundPassing": passing,
        "backgroundCount": background,
        "backgroundRejection": {
            "value": inverse(kept["value"]),
            "lower": inverse(kept["upper"]),
            "upper": inverse(kept["lower"]) if passing else np.inf,
            "confidence": 0.95,
        },
    }


def evaluation(logits, is_signal):
    """What `Evaluation` holds, computed by others."""
    area, error = roc_auc_score(is_signal, logits), delong(logits, is_signal)
    right = accuracy_score(is_signal, logits > 0, normalize=False)
    return {
        "signalJets": int(is_signal.sum()),
        "backgroundJets": int((~is_signal).sum()),
        "accuracy": wilson(right, len(logits)),
        "rocAUC": area_estimate(area, error),
        "rocAUCStandardError": error,
        "binaryCrossEntropy": np.logaddexp(0, np.where(is_signal, -logits, logits)).mean(),
        "operatingPoints": [operating_point(logits, is_signal, target) for target in (0.3, 0.5, 0.8)],
        "logitStandardDeviation": logits.std(),
    }


def differences(written, wanted, key, tolerance=TOLERANCE):
    """One line for each figure that is missing, unknown to this check, or another."""
    if isinstance(wanted, dict):
        for name in sorted(wanted.keys() | written.keys()):
            if name not in written or name not in wanted:
                yield f"{key}.{name}: {'not written' if name in wanted else 'not checked here'}"
            else:
                yield from differences(written[name], wanted[name], f"{key}.{name}", tolerance)
    elif isinstance(wanted, (list, np.ndarray)):
        if len(written) != len(wanted):
            yield f"{key}: {len(written)} entries, not {len(wanted)}"
        for place, pair in enumerate(zip(written, wanted)):
            yield from differences(*pair, f"{key}[{place}]", tolerance)
    # JSON has no infinity: it is written as the string "inf".
    elif not np.isclose(float(written), wanted, rtol=tolerance, atol=tolerance * 1e-3):
        yield f"{key}: {written!r} written, {float(wanted)!r} found"


def holm(values):
    """Holm's adjusted p-values, by the definition."""
    adjusted, largest = np.empty(len(values)), 0
    for rank, place in enumerate(np.argsort(values, kind="stable")):
        largest = max(largest, min(1, (len(values) - rank) * values[place]))
        adjusted[place] = largest
    return adjusted


def pairs_needed(effect, power=0.8, level=0.05):
    """The fewest pairs whose two-sided paired t test has the power; None for more than 10,000."""
    for pairs in range(2, 10_001):
        cut, shift = t.ppf(1 - level / 2, pairs - 1), abs(effect) * np.sqrt(pairs)
        if nct.sf(cut, pairs - 1, shift) + nct.cdf(-cut, pairs - 1, shift) >= power:
            return pairs
    return None


def paired(first, second):
    """What `PairedDifferences` holds of two variants' figures over seeds, and its interval."""
    test = ttest_rel(first, second)
    interval = test.confidence_interval(0.95)
    signs = permutation_test(
        (first, second), lambda a, b, axis: np.mean(a - b, axis=axis), permutation_type="samples", vectorized=True,
        n_resamples=np.inf)
    values = np.subtract(first, second)
    return {
        "values": values,
        "mean": values.mean(),
        "standardDeviation": values.std(ddof=1),
        "t": test.statistic,
        "pValue": test.pvalue,
        "signFlip": {"pValue": signs.pvalue, "smallestReachable": 2 / 2 ** np.count_nonzero(values)},
    }, {"value": values.mean(), "lower": interval.low, "upper": interval.high, "confidence": 0.95}


def check_statistics(folder):
    """Lines for what statistics/statistics.json has wrong: areas, paired comparisons, paired seeds."""
    statistics = json.loads((folder / "statistics/statistics.json").read_text())
    scores, areas, accuracies = [], {}, {}
    for tagger in statistics["taggers"]:
        with h5py.File(tagger["path"]) as file:
            logits, labels = file["logit"][:], file["label"][:] == 1
        scores.append(logits)
        key = tagger["variant"], tagger["seed"]
        areas[key], accuracies[key] = roc_auc_score(labels, logits), accuracy_score(labels, logits > 0)
        wanted = area_estimate(areas[key], delong(logits, labels))
        yield from differences(tagger["rocAUCByDeLong"], wanted, f"{tagger['name']}: rocAUCByDeLong")
    pairs = [(i, j) for i in range(len(scores)) for j in range(i + 1, len(scores))]
    errors = [delong(scores[i], labels, scores[j]) for i, j in pairs]
    values = [roc_auc_score(labels, scores[i]) - roc_auc_score(labels, scores[j]) for i, j in pairs]
    z = np.divide(values, errors)
    p = 2 * norm.sf(np.abs(z))
    for name, wanted in ("z", z), ("pValue", p), ("holmPValue", holm(p)):
        written = [comparison[name] for comparison in statistics["comparisons"]]
        yield from differences(written, wanted, f"comparisons: {name}", 1e-9)
    for variants in statistics["pairedVariants"]:
        for name, figures in ("rocAUC", areas), ("accuracy", accuracies):
            both = [[figures[variants[side], seed] for seed in variants["seeds"]] for side in ("first", "second")]
            wanted, interval = paired(*both)
            key = f"{variants['first']} - {variants['second']}: {name}"
            yield from differences(variants[name]["differences"], wanted, key, 1e-9)
            yield from differences(variants[name]["interval"], interval, f"{key}, interval", 1e-9)
            needed = pairs_needed(wanted["mean"] / wanted["standardDeviation"])
            if needed and variants[name].get("pairsNeeded") != needed:
                yield f"{key}: pairsNeeded {variants[name].get('pairsNeeded')} written, {needed} found"


def check(run, folder):
    path = folder / run["variant"] / f"seed-{run['seed']}" / "scores.h5"
    with h5py.File(path) as file:
        logits, scores, labels, index = (file[name][:] for name in ("logit", "score", "label", "index"))
        events = file["event"][:]
    if not len(logits) == len(scores) == len(labels) == len(index) == len(events):
        yield f"{path}: datasets of unequal lengths"
        return
    if not np.isin(labels, (0, 1)).all():
        yield f"{path}: labels other than 0 and 1"
    if len(np.unique(index)) < len(index):
        yield f"{path}: jets that appear twice"
    if not np.allclose(scores, expit(logits), rtol=TOLERANCE, atol=0):
        yield f"{path}: scores that are not 1 / (1 + exp(-logit))"
    yield from differences(run["test"], evaluation(logits, labels == 1), f"{run['variant']}, seed {run['seed']}: test")


def main():
    folder = Path(sys.argv[1])
    study = json.loads((folder / "results/training.json").read_text())
    if not study["runs"]:
        sys.exit(f"{folder}: a study without runs")
    found = [line for run in study["runs"] for line in check(run, folder)]
    if (folder / "statistics/statistics.json").exists():
        found += check_statistics(folder)
    print("\n".join(found), end="\n" if found else "")
    if found:
        sys.exit(f"{folder}: {len(found)} figures differ from scikit-learn's, SciPy's or NumPy's")
    print(f"{folder}: the figures of {len(study['runs'])} runs are those of scikit-learn, SciPy and NumPy")


if __name__ == "__main__":
    main()
