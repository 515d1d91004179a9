"""What a tagger does on labelled jets, as Goldstone's Statistics define it: signal is what scores above 0."""

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm, rankdata

SIGNAL_EFFICIENCIES = (0.3, 0.5, 0.8)
Z = norm.ppf(0.975)


def placements(score, is_signal):
    """For each signal jet the fraction of background below it, for each background jet that of signal above it; ties
    count half. Both average to the area under the ROC curve."""
    signal, background = score[is_signal], score[~is_signal]
    rank = rankdata(score)
    above = (rank[is_signal] - rankdata(signal)) / len(background)
    below = 1 - (rank[~is_signal] - rankdata(background)) / len(signal)
    return above, below


def area(score, is_signal):
    """The area under the ROC curve A, DeLong's standard error, and the 95 % interval, symmetric in log(A/(1−A)).

    Var(A) = Var(V_signal)/m + Var(V_background)/n, V the placements of the m signal and n background jets
    (DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988) 837).
    """
    above, below = placements(score, is_signal)
    a, error = above.mean(), _error(above, below)
    half = Z * error / (a * (1 - a))
    return {"value": a, "standardError": error, "interval": [expit(logit(a) - half), expit(logit(a) + half)]}


def area_difference(score, other, is_signal):
    """The area of `score` less that of `other` on the same jets, with DeLong's standard error of the difference."""
    above, below = (a - b for a, b in zip(placements(score, is_signal), placements(other, is_signal)))
    return {"value": above.mean(), "standardError": _error(above, below)}


def _error(above, below):
    return np.sqrt(above.var(ddof=1) / len(above) + below.var(ddof=1) / len(below))


def fraction(count, total):
    """count / total with Wilson's 95 % interval."""
    middle, spread = count + Z * Z / 2, Z * np.sqrt(count * (total - count) / total + Z * Z / 4)
    return {"value": count / total, "interval": [(middle + side * spread) / (total + Z * Z) for side in (-1, 1)]}


def background_rejection(score, is_signal, efficiency):
    """1/ε_B of the tightest cut that keeps at least this fraction of the signal; the interval from ε_B's alone."""
    signal = np.sort(score[is_signal])[::-1]
    threshold = signal[np.searchsorted(np.arange(1, len(signal) + 1) / len(signal), efficiency)]
    background = score[~is_signal]
    passing = int((background >= threshold).sum())
    kept = fraction(passing, len(background))
    low, high = kept["interval"]
    return {
        "signalEfficiency": float((signal >= threshold).mean()),
        "backgroundPassing": passing,
        "value": 1 / kept["value"] if passing else None,
        "interval": [1 / high, 1 / low if passing else None],
    }


def performance(score, is_signal):
    return {
        "area": area(score, is_signal),
        "accuracy": fraction(int(((score > 0) == is_signal).sum()), len(score)),
        "backgroundRejection": {str(e): background_rejection(score, is_signal, e) for e in SIGNAL_EFFICIENCIES},
    }
