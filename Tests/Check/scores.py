"""Checks a finished study's figures against scikit-learn, SciPy and NumPy.

    .deps/peers/bin/python Tests/Check/scores.py runs/smoke

Computes every figure on the test jets in results/training.json anew, from each run's scores.h5: accuracy, area under
the ROC curve, cross-entropy, background rejections and their errors. Prints what differs by more than 1e-12 relative
and exits with 1.
"""

import json
import sys
from pathlib import Path

import h5py
import numpy as np
from scipy.special import expit, logit
from scipy.stats import binomtest, norm
from sklearn.metrics import accuracy_score, roc_auc_score, roc_curve

TOLERANCE = 1e-12
Z = norm.ppf(0.975)


def wilson(count, total):
    interval = binomtest(int(count), int(total)).proportion_ci(0.95, method="wilson")
    return {"value": count / total, "lower": interval.low, "upper": interval.high, "confidence": 0.95}


def delong(scores, is_signal):
    """The standard error of the area, from all pairs of a signal and a background jet."""
    signal, background = scores[is_signal], scores[~is_signal]
    by_signal = np.array([np.mean((s > background) + 0.5 * (s == background)) for s in signal])
    by_background = np.array([np.mean((signal > b) + 0.5 * (signal == b)) for b in background])
    return np.sqrt(by_signal.var(ddof=1) / len(signal) + by_background.var(ddof=1) / len(background))


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


def differences(written, wanted, key):
    """One line for each figure that is missing, unknown to this check, or another."""
    if isinstance(wanted, dict):
        for name in sorted(wanted.keys() | written.keys()):
            if name not in written or name not in wanted:
                yield f"{key}.{name}: {'not written' if name in wanted else 'not checked here'}"
            else:
                yield from differences(written[name], wanted[name], f"{key}.{name}")
    elif isinstance(wanted, list):
        if len(written) != len(wanted):
            yield f"{key}: {len(written)} entries, not {len(wanted)}"
        for place, pair in enumerate(zip(written, wanted)):
            yield from differences(*pair, f"{key}[{place}]")
    # JSON has no infinity: it is written as the string "inf".
    elif not np.isclose(float(written), wanted, rtol=TOLERANCE, atol=0):
        yield f"{key}: {written!r} written, {float(wanted)!r} found"


def check(run, folder):
    path = folder / run["variant"] / f"seed-{run['seed']}" / "scores.h5"
    with h5py.File(path) as file:
        logits, scores, labels, index = (file[name][:] for name in ("logit", "score", "label", "index"))
    if not len(logits) == len(scores) == len(labels) == len(index):
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
    print("\n".join(found), end="\n" if found else "")
    if found:
        sys.exit(f"{folder}: {len(found)} figures differ from scikit-learn's, SciPy's or NumPy's")
    print(f"{folder}: the figures of {len(study['runs'])} runs are those of scikit-learn, SciPy and NumPy")


if __name__ == "__main__":
    main()
