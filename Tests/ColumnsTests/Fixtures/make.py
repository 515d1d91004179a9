"""Writes the fixtures of this folder: arrays and tables as NumPy, h5py and pandas write them.

    python make.py            needs numpy, h5py, pandas and tables (PyTables)
"""

import h5py
import numpy as np
import pandas as pd

values = [0, 1, 2, 100]
arrays = {f"{kind}{width}": np.array(values, dtype=f"{kind}{width}")
          for kind, widths in (("i", (1, 2, 4, 8)), ("u", (1, 2, 4, 8)), ("f", (2, 4, 8))) for width in widths}
arrays |= {f"big_{name}": array.astype(array.dtype.newbyteorder(">")) for name, array in arrays.items() if name[-1] != "1"}
arrays["b1"] = np.array(values, dtype=bool)
arrays["negative"] = np.array([-1, -(2**62)], dtype="i8")
arrays["beyond"] = np.array([2**64 - 1, 3], dtype="u8")
arrays["halves"] = np.array([0.5, -2, np.inf], dtype="f2")
arrays["rows"] = np.arange(6.0).reshape(3, 2)
arrays["columns"] = np.asfortranarray(np.arange(6, dtype=">i4").reshape(3, 2))
np.savez("types.npz", **arrays)
np.savez_compressed("deflated.npz", logit=np.linspace(-3, 3, 500), label=np.arange(500) % 2)

for version in (1, 2, 3):
    with open(f"version{version}.npy", "wb") as file:
        np.lib.format.write_array(file, np.array([1.5, -2.5, 1e300]), version=(version, 0))
np.save("objects.npy", np.array([1, None], dtype=object))
np.save("records.npy", np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))
np.save("single.npy", np.float64(3))

with h5py.File("scores.h5", "w", track_order=False) as file:
    options = {"track_times": False}
    file.create_dataset("net/p_top", data=np.linspace(0, 1, 6, dtype="f4"), **options)
    file.create_dataset("is_top", data=np.array([0, 1, 0, 1, 1, 0], dtype=bool), **options)
    file.create_dataset("both", data=np.arange(12.0).reshape(6, 2), **options)
    record = np.zeros(6, dtype=[("score", "f8"), ("run", "i4"), ("pair", "i2", (2,)), ("name", "S3")])
    record["score"], record["run"], record["pair"] = np.arange(6) / 4, np.arange(6), np.arange(12).reshape(6, 2)
    file.create_dataset("table", data=record, **options)
    file.create_dataset("text", data=[b"a", b"b"], **options)

frame = pd.DataFrame({"score": np.arange(4) / 8, "label": [0, 1, 1, 0], "other": [0.5, 1.5, 2.5, -3.5]})
frame.to_hdf("pandas.h5", key="scores", format="table", index=False, complib="zlib", complevel=5)
