"""Writes h5py.h5, a file of another library's making, with what HDF5 allows and this package never writes itself."""

import h5py
import numpy as np

with h5py.File("h5py.h5", "w", track_order=False) as file:
    names = ["j1_px", "", "Δη and a longer name"]
    file.create_dataset("variable", data=names, dtype=h5py.string_dtype(), track_times=False)
    file.create_dataset("fixed", data=np.array([b"ab", b"abcde", b""], dtype="S5"), track_times=False)
    padded = h5py.h5t.C_S1.copy()
    padded.set_size(6)
    padded.set_strpad(h5py.h5t.STR_SPACEPAD)
    dataset = h5py.h5d.create(file.id, b"spaces", padded, h5py.h5s.create_simple((2,)))
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"ab    ", b" abc  "], dtype="S6"), mtype=padded)
    file.create_dataset("big_endian", data=np.array([[1.5, -2.25], [3, 1e30]], dtype=">f4"), track_times=False)
    file.create_dataset("half", data=np.array([0.5, -2], dtype="f2"), track_times=False)
    file.create_dataset("short", data=np.array([-3, 300], dtype="i2"), track_times=False)
    file.create_dataset("single", data=7.0, track_times=False)
    file.create_dataset(
        "group/deep/packed", data=np.arange(24.0).reshape(4, 6), chunks=(3, 4), compression="gzip", fletcher32=True,
        track_times=False)
    file.create_dataset("compound", data=np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]), track_times=False)
    file.attrs["text"] = "Monash 2013"
    file.attrs["texts"] = ["a", "Δφ"]
    file.attrs["flags"] = np.array([1, -1], dtype="i2")
    file.attrs["half"] = np.float16(0.5)
