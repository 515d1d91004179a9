"""Writes the fixtures of this folder: tables of jets as pandas and PyTables write them, in the layout of the top-tagging
reference data set (but with 5 constituents a jet and 12 jets), which no library of ours could write by itself.

    python make.py            needs numpy, pandas and tables (PyTables)
"""

import numpy as np
import pandas as pd

SLOTS, JETS = 5, 12

rng = np.random.default_rng(1)
rows = []
for jet in range(JETS):
    count = 1 + jet % SLOTS
    pt = np.sort(rng.uniform(1, 200, count))[::-1]
    eta, phi = rng.normal(0, 0.4, count), rng.normal(1, 0.4, count)
    momenta = np.zeros((SLOTS, 4))
    momenta[:count, 1:] = np.stack([pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], 1)
    momenta[:count, 0] = np.sqrt((momenta[:count, 1:] ** 2).sum(1) + 0.02)
    rows.append(np.concatenate([momenta.ravel(), momenta.sum(0)]))
names = [f"{name}_{slot}" for slot in range(SLOTS) for name in ("E", "PX", "PY", "PZ")]
names += ["truthE", "truthPX", "truthPY", "truthPZ"]
frame = pd.DataFrame(np.array(rows, dtype="f4"), columns=names)
frame["ttv"] = 1
frame["is_signal_new"] = np.arange(JETS) % 2

frame.to_hdf("top-tagging-table.h5", key="table", format="table", complib="zlib", complevel=5)
frame.to_hdf("top-tagging-fixed.h5", key="jets", format="fixed")
frame.to_hdf("top-tagging-blosc.h5", key="table", format="table", complib="blosc", complevel=5)
frame["is_signal_new"] = np.where(frame.index == 7, 2, frame["is_signal_new"])
frame.to_hdf(
    "top-tagging-label.h5", key="table", format="table", data_columns=["is_signal_new"], index=False, complib="zlib",
    complevel=5)
