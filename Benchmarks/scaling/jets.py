"""Writes a jet file of any size from the shipped jets: the W and gluon jets again and again, with new event numbers.

    .deps/peers/bin/python Benchmarks/scaling/jets.py --jets 50000 --slots 32 OUTPUT.h5

More slots than the 32 that are stored are filled with made-up soft constituents, the last ones again at 0.9 of their
momentum: they cost what real ones cost, and are no physics. Layout and compression are the sample's.
"""

import argparse
from pathlib import Path

import h5py
import numpy

sample = Path(__file__).resolve().parent.parent.parent / "Data/sample/jets.h5"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jets", type=int, required=True)
    parser.add_argument("--slots", type=int, default=32)
    parser.add_argument("output")
    arguments = parser.parse_args()
    with h5py.File(sample) as file:
        names = [name.decode() for name in file["jetFeatureNames"]]
        observables = file["jets"][:]
        rows = numpy.flatnonzero(observables[:, names.index("j_w")] + observables[:, names.index("j_g")] > 0)
        observables, momenta = observables[rows], file["jetConstituentList"][:][rows]
        events = file["eventIndex"][:][rows]
        texts = {name: file[name][:] for name in ("jetFeatureNames", "particleFeatureNames")}
    slots = arguments.slots
    while momenta.shape[1] < slots:
        more = 0.9 * momenta[:, -min(32, slots - momenta.shape[1]) :]
        momenta = numpy.concatenate([momenta, more], axis=1)
    momenta = momenta[:, :slots]
    # By descending pT again, empty slots last.
    order = numpy.argsort(-numpy.hypot(momenta[..., 0], momenta[..., 1]), axis=1, kind="stable")
    momenta = numpy.take_along_axis(momenta, order[..., None], axis=1)
    place = numpy.arange(arguments.jets)
    turn, place = place // len(rows), place % len(rows)
    with h5py.File(arguments.output, "w") as file:
        options = {"compression": "gzip", "shuffle": True}
        file.create_dataset("jetConstituentList", data=momenta[place], chunks=(1024, slots, 4), **options)
        file.create_dataset("jets", data=observables[place], chunks=(1024, observables.shape[1]), **options)
        span = int(events.max()) - int(events.min()) + 1
        file.create_dataset("eventIndex", data=events[place] + turn * span, chunks=(1024,), **options)
        for name, values in texts.items():
            file.create_dataset(name, data=values)


if __name__ == "__main__":
    main()
