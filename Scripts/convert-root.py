#!/usr/bin/env python3
"""Converts ROOT files with jets into the HDF5 layout that Goldstone reads (docs/data.md).

    convert-root.py top.root --tree tree --class top --output top.h5
    convert-root.py jets.root --tree tree --class top=label_Tbqq --class QCD=label_QCD --output jets.h5
    convert-root.py jets.root --px jet_px --py jet_py --pz jet_pz --energy jet_e --class top=label:1 --class QCD=label:0 \\
        --output jets.h5

A tree has one entry a jet, whose constituents are jagged branches (one number a constituent); or one entry a collision,
whose branches are jagged twice (jets, constituents): each jet then gets the entry's number as its event. Jets without
constituents, and such as belong to none of the classes, are left out and counted. Constituents are sorted by descending pT
and cut to --slots; j_multiplicity keeps how many there were. Needs uproot, awkward, h5py and NumPy (pip install uproot
awkward h5py).
"""

import argparse
import os
import sys

COLUMNS = {"gluon": "j_g", "quark": "j_q", "W": "j_w", "Z": "j_z", "top": "j_t", "QCD": "j_qcd"}
UNITS = {"GeV": 1.0, "MeV": 1e-3, "TeV": 1e3}


class Problem(Exception):
    """What is wrong, in words for the user."""


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 2)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", help="ROOT files, whose jets come one after the other")
    parser.add_argument("--output", required=True, help="the HDF5 file to write")
    parser.add_argument("--tree", default="tree", help="the tree with the jets (default: tree)")
    momentum = parser.add_argument_group("branches of the constituents' momenta")
    momentum.add_argument("--px", help="default: part_px")
    momentum.add_argument("--py", help="default: part_py")
    momentum.add_argument("--pz", help="default: part_pz")
    momentum.add_argument("--pt", help="instead of px, py and pz, with --eta and --phi")
    momentum.add_argument("--eta")
    momentum.add_argument("--phi")
    momentum.add_argument("--energy", help="default: part_energy, unless --mass is given")
    momentum.add_argument("--mass", help="instead of the energy: a branch, or a number for all constituents")
    parser.add_argument(
        "--class", dest="classes", action="append", required=True, metavar="NAME[=BRANCH[:VALUE]]",
        help="a class (%s): of all jets; or where a branch isn't 0; or where it has a value" % ", ".join(COLUMNS))
    parser.add_argument("--event", metavar="BRANCH", help="the collision's number, by which jets are kept together in a split")
    parser.add_argument("--unit", choices=UNITS, default="GeV", help="of momenta and energies in the file (default: GeV)")
    parser.add_argument("--slots", type=int, default=128, help="the most constituents kept (default: 128)")
    parser.add_argument("--step", default="100 MB", help="how much is read at once: a size, or a number of entries (default: 100 MB)")
    given = parser.parse_args()
    if given.slots < 1:
        parser.error("--slots must be at least 1")
    given.step = int(given.step) if given.step.isdigit() else given.step
    angles = [given.pt, given.eta, given.phi]
    if any(angles) and not all(angles):
        parser.error("--pt, --eta and --phi belong together")
    if any(angles) and (given.px or given.py or given.pz):
        parser.error("give --px, --py and --pz or --pt, --eta and --phi, not both")
    if given.mass and given.energy:
        parser.error("give --energy or --mass, not both")
    return given


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


class Momenta:
    """Which branches momenta come from."""

    def __init__(self, given):
        self.angles = bool(given.pt)
        self.momentum = (
            [given.pt, given.eta, given.phi] if self.angles
            else [given.px or "part_px", given.py or "part_py", given.pz or "part_pz"])
        self.mass = number(given.mass)
        self.last = None if self.mass is not None else given.mass or given.energy or "part_energy"
        self.has_mass = given.mass is not None
        self.unit = UNITS[given.unit]

    @property
    def branches(self):
        return self.momentum + ([self.last] if self.last else [])

    def four_vectors(self, arrays):
        """px, py, pz, E in GeV of each constituent, as flat arrays."""
        import numpy as np

        flat = [np.asarray(array, dtype="f8") for array in arrays]
        if self.angles:
            pt, eta, phi = flat[:3]
            px, py, pz = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
        else:
            px, py, pz = flat[:3]
        if self.has_mass:
            mass = self.mass if self.last is None else flat[3]
            energy = np.sqrt(px**2 + py**2 + pz**2 + mass**2)
        else:
            energy = flat[3]
        return np.stack([px, py, pz, energy], axis=1) * self.unit


class Labels:
    """Which class a jet is of."""

    def __init__(self, texts):
        self.rules = []
        for text in texts:
            name, _, source = text.partition("=")
            branch, _, value = source.partition(":")
            if name not in COLUMNS:
                raise Problem(f"--class {text}: {name} is no class of jets; the classes are {', '.join(COLUMNS)}")
            if value and number(value) is None:
                raise Problem(f"--class {text}: {value} is no number")
            if name in (rule[0] for rule in self.rules):
                raise Problem(f"--class {text}: {name} is named twice")
            self.rules.append((name, branch, number(value) if value else None))
        if len(self.rules) > 1 and not all(branch for _, branch, _ in self.rules):
            raise Problem("--class: a class without a branch is that of all jets, so it must be the only one")

    @property
    def branches(self):
        return [branch for _, branch, _ in self.rules if branch]

    @property
    def names(self):
        return [name for name, _, _ in self.rules]

    def one_hot(self, values, jets):
        import numpy as np

        columns = []
        for _, branch, value in self.rules:
            if not branch:
                columns.append(np.ones(jets))
            else:
                own = np.asarray(values[branch], dtype="f8")
                columns.append((own == value) if value is not None else (own != 0))
        return np.stack(columns, axis=1).astype("f8")


def per_jet(array, name, counts, place):
    """One value a jet, of a branch that has one value a jet, or one a collision."""
    import awkward as ak
    import numpy as np

    if array.ndim == 2:
        if counts is None or not np.array_equal(np.asarray(ak.num(array)), counts):
            raise Problem(f"{place}: branch {name} is jagged, but has not one value for each jet")
        return np.asarray(ak.flatten(array))
    if array.ndim != 1:
        raise Problem(f"{place}: branch {name} has {array.ndim} axes, but one value a jet is needed")
    return np.asarray(array) if counts is None else np.repeat(np.asarray(array), counts)


def jets_of(chunk, momenta, labels, event, slots, place, first_entry):
    """The datasets' rows of some entries, and what was left out."""
    import awkward as ak
    import numpy as np

    arrays = [chunk[name] for name in momenta.branches]
    ndim = arrays[0].ndim
    for name, array in zip(momenta.branches, arrays):
        if array.ndim not in (2, 3) or array.ndim != ndim:
            raise Problem(
                f"{place}: branch {name} has {array.ndim} axes: a constituents' branch is jagged, with one number a "
                "constituent, in entries of one jet or of several")
    # The jets of each entry, where entries are collisions.
    counts = None
    entries = np.arange(first_entry, first_entry + len(chunk))
    if ndim == 3:
        counts = np.asarray(ak.num(arrays[0], axis=1))
        for name, array in zip(momenta.branches, arrays):
            if not np.array_equal(np.asarray(ak.num(array, axis=1)), counts):
                raise Problem(f"{place}: branch {name} has other numbers of jets than {momenta.branches[0]}")
        entries = np.repeat(entries, counts)
        arrays = [ak.flatten(array, axis=1) for array in arrays]
    lengths = np.asarray(ak.num(arrays[0], axis=1))
    for name, array in zip(momenta.branches, arrays):
        other = np.asarray(ak.num(array, axis=1))
        if not np.array_equal(other, lengths):
            bad = int(np.flatnonzero(other != lengths)[0])
            raise Problem(
                f"{place}, entry {entries[bad]}: {name} has {other[bad]} constituents and {momenta.branches[0]} "
                f"{lengths[bad]}")
    vectors = momenta.four_vectors([ak.flatten(array) for array in arrays])
    jet_of = np.repeat(np.arange(len(lengths)), lengths)
    broken = ~np.isfinite(vectors).all(axis=1)
    if broken.any():
        bad = int(np.flatnonzero(broken)[0])
        raise Problem(
            f"{place}, entry {entries[jet_of[bad]]}: a constituent has (px, py, pz, E) = {vectors[bad].tolist()}; branches "
            f"{', '.join(momenta.branches)} must be finite")
    pt = np.hypot(vectors[:, 0], vectors[:, 1])
    order = np.lexsort((-pt, jet_of))
    vectors = vectors[order]
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    slot_of = np.arange(len(vectors)) - starts[jet_of]
    list_ = np.zeros((len(lengths), slots, 4))
    kept = slot_of < slots
    list_[jet_of[kept], slot_of[kept]] = vectors[kept]
    sums = np.stack([np.bincount(jet_of, vectors[:, column], len(lengths)) for column in range(4)], axis=1)

    one_hot = labels.one_hot({name: per_jet(chunk[name], name, counts, place) for name in labels.branches}, len(lengths))
    if (one_hot.sum(axis=1) > 1).any():
        bad = int(np.flatnonzero(one_hot.sum(axis=1) > 1)[0])
        raise Problem(f"{place}, entry {entries[bad]}: the jet is of several classes by {', '.join(labels.branches)}")
    if event:
        events = per_jet(chunk[event], event, counts, place)
        if not np.issubdtype(events.dtype, np.integer) or events.dtype == np.uint64 and (events >> 63).any():
            raise Problem(f"{place}: branch {event} holds {events.dtype}, but event numbers are whole, below 2^63")
    else:
        events = entries
    wanted = (one_hot.sum(axis=1) == 1) & (lengths > 0)
    jet_pt = np.hypot(sums[:, 0], sums[:, 1])
    with np.errstate(all="ignore"):
        eta = np.arcsinh(sums[:, 2] / jet_pt)
        mass = np.sqrt(np.maximum(sums[:, 3] ** 2 - (sums[:, :3] ** 2).sum(axis=1), 0))
    observables = np.stack([jet_pt, eta, mass, lengths.astype("f8")], axis=1)
    table = np.concatenate([observables, one_hot], axis=1)[wanted]
    return list_[wanted], table, events[wanted], int((lengths == 0).sum()), int((~wanted & (lengths > 0)).sum())


def open_tree(path, name):
    import uproot

    if not os.path.exists(path):
        raise Problem(f"{path}: there is no such file")
    try:
        file = uproot.open(path)
    except Exception as error:
        raise Problem(f"{path}: uproot can't open it ({str(error).splitlines()[0]}); check that it is a ROOT file") from None
    trees = file.keys(cycle=False, filter_classname=["TTree", "*RNTuple"])
    if name not in trees:
        raise Problem(f"{path}: there is no tree {name}; give one by --tree: {', '.join(trees) or 'the file has none'}")
    return file[name]


def convert(given, output):
    import h5py
    import numpy as np

    momenta, labels = Momenta(given), Labels(given.classes)
    needed = list(dict.fromkeys(momenta.branches + labels.branches + ([given.event] if given.event else [])))
    columns = ["j_pt", "j_eta", "j_mass", "j_multiplicity"] + [COLUMNS[name] for name in labels.names]
    total, empty, other, next_event = 0, 0, 0, 0
    counts = np.zeros(len(labels.names), dtype=int)
    with h5py.File(output, "w") as file:
        options = {"track_times": False, "compression": "gzip", "compression_opts": 4, "shuffle": True}
        constituents = file.create_dataset(
            "jetConstituentList", (0, given.slots, 4), "f4", maxshape=(None, given.slots, 4), chunks=(256, given.slots, 4),
            **options)
        jets = file.create_dataset(
            "jets", (0, len(columns)), "f8", maxshape=(None, len(columns)), chunks=(4096, len(columns)), **options)
        events = file.create_dataset("eventIndex", (0,), "i8", maxshape=(None,), chunks=(4096,), **options)
        for name, names in (("particleFeatureNames", ["j1_px", "j1_py", "j1_pz", "j1_e"]), ("jetFeatureNames", columns)):
            file.create_dataset(name, data=np.array(names, dtype="S"), track_times=False)
        for path in given.files:
            tree = open_tree(path, given.tree)
            missing = [name for name in needed if name not in tree.keys()]
            if missing:
                known = ", ".join(list(tree.keys())[:40])
                raise Problem(f"{path}: tree {given.tree} has no branch {missing[0]}; its branches are {known}")
            place, entry, largest = f"{path}: tree {given.tree}", 0, -1
            try:
                chunks = tree.iterate(needed, step_size=given.step, library="ak")
                for chunk in chunks:
                    rows, table, numbers, without, unlabelled = jets_of(
                        chunk, momenta, labels, given.event, given.slots, place, entry)
                    entry += len(chunk)
                    # Numbers of one file's collisions don't meet those of another's.
                    if not given.event:
                        numbers = numbers + next_event
                    end = total + len(rows)
                    for dataset, values in ((constituents, rows), (jets, table), (events, numbers)):
                        dataset.resize(end, axis=0)
                        dataset[total:] = values
                    total, empty, other = end, empty + without, other + unlabelled
                    counts += table[:, 4:].sum(axis=0).astype(int)
                    print(f"\r{path}: {total} jets", end="", file=sys.stderr)
            except Problem:
                raise
            except Exception as error:
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
                raise Problem(f"{place}: entries from {entry} on can't be read ({reason}); copy or make the file again") from None
            next_event += entry
            print(file=sys.stderr)
    if total == 0:
        raise Problem(f"{', '.join(given.files)}: no jet has constituents and one of the classes {', '.join(labels.names)}")
    return total, dict(zip(labels.names, counts.tolist())), empty, other


def main():
    given = arguments()
    partial = f"{given.output}.part-{os.getpid()}"
    try:
        total, counts, empty, other = convert(given, partial)
        os.replace(partial, given.output)
    except ImportError as error:
        sys.exit(f"convert-root.py needs {error.name}: pip install uproot awkward h5py")
    except (Problem, OSError) as error:
        sys.exit(f"\nconvert-root.py: {error}")
    finally:
        if os.path.exists(partial):
            os.remove(partial)
    by_class = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"{given.output}: {total} jets ({by_class})")
    if empty:
        print(f"left out: {empty} jets without constituents")
    if other:
        print(f"left out: {other} jets of none of the classes")


if __name__ == "__main__":
    main()
