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

with h5py.File("records.h5", "w", track_order=False) as file:
    records = np.zeros(5, dtype=[("a", ">f4"), ("list", "i2", (3,)), ("grid", "f8", (2, 2)), ("name", "S4"), ("flag", "?")])
    records["a"], records["flag"] = [0.5, 1.5, 2.5, 3.5, 4.5], [True, False, True, True, False]
    records["list"], records["grid"] = np.arange(15).reshape(5, 3), np.arange(20.0).reshape(5, 2, 2)
    file.create_dataset("records", data=records, chunks=(2,), compression="gzip", track_times=False)
    file.create_dataset("flags", data=np.array([True, False, True]), track_times=False)
    # Rows that were never written take no room.
    file.create_dataset("huge", shape=(2**44,), dtype="f8", chunks=(1024,), track_times=False)
    file.create_dataset("huge_records", shape=(2**44,), dtype=records.dtype, chunks=(1024,), track_times=False)
    # Zeros pack well, and are no reason for doubt.
    file.create_dataset("zeros", data=np.zeros(9_000_000), chunks=(3_000_000,), compression="gzip", track_times=False)
