"""Sets Goldstone's curvature beside PyTorch's double backward, curvlinops and JAX, in turn on the same machine.

    make build && Scripts/peers.sh
    python3 Benchmarks/curvature/run.py --weights runs/sample/unconstrained/seed-1/weights.safetensors \\
        --study runs/sample/study.yaml --jets 256

Every program gets the same weights and jets; each round runs each once, one at a time, the order turning from round to
round. Ratios are taken within a round; the tables give medians over rounds. Writes RESULTS.md and, with every single
figure, results.json to --output. Stop everything else that runs on the machine first.
"""

import argparse
import datetime
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).resolve().parent
repository = here.parent.parent
PEERS = {"torch": "PyTorch double backward", "curvlinops": "curvlinops", "jax": "JAX forward-over-reverse"}
METHODS = ["krylov", "xtrace", "hutch++", "hutchinson"]


def call(command):
    """The JSON that a program prints last; raises SystemExit with its complaint where it fails."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True)
    text = done.stdout
    try:
        return json.loads(text if text.startswith("{") and done.returncode == 0 else text.splitlines()[-1])
    except (IndexError, ValueError):
        complaint = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SystemExit(f"run.py: status {done.returncode} and no JSON from\n  {shlex.join(command)}\n{complaint}")


def output(*command):
    try:
        return subprocess.run(command, cwd=repository, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def environment():
    processor = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    changed = output("git", "status", "--porcelain", "--untracked-files=no")
    return {
        "date": datetime.date.today().isoformat(), "processor": processor[0] if processor else platform.machine(),
        "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
        "commit": output("git", "rev-parse", "--short=12", "HEAD") + (" with changes" if changed else ""),
        "swift": output("swift", "--version").splitlines()[0] if output("swift", "--version") else "",
    }  # fmt: skip


def median(rounds, name, key, over=None):
    """The median over rounds of a figure, or of its ratio to another (program, key) in the same round."""
    values = []
    for programs in rounds:
        value = programs.get(name, {}).get(key)
        base = programs.get(over[0], {}).get(over[1]) if over else 1
        if value is not None and base:
            values.append(value / base)
    return statistics.median(values) if values else None


def number(value, digits=3):
    return "–" if value is None else f"{value:.{digits}g}"


def products_table(rounds):
    lines = ["| program | gradient, s | product, fresh | kept graph | of eight at once | product, fresh, s | kept graph, s |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for name in rounds[0]:
        own = (name if "gradient" in rounds[0][name] else PEERS["torch"], "gradient")
        cells = [number(median(rounds, name, "gradient"))]
        cells += [number(median(rounds, name, key, own)) for key in ("productFresh", "productKept", "productOfEightFresh")]
        cells += [number(median(rounds, name, key)) for key in ("productFresh", "productKept")]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def in_their_gradients(rounds):
    """Goldstone's products in gradients of PyTorch's."""
    ours, torch = "Goldstone", (PEERS["torch"], "gradient")
    if PEERS["torch"] not in rounds[0]:
        return ""
    kept, eight = (number(median(rounds, ours, key, torch)) for key in ("productKept", "productOfEightFresh"))
    return f"In PyTorch's gradients Goldstone's product takes {kept} on a kept graph, and {eight} of eight at once."


def beside(rounds, kind, tolerance):
    """What power iteration took in Lanczos' products and seconds, and where it ended if not where it should."""
    ours, torch = "Goldstone", PEERS["torch"]
    ratios = [number(median(rounds, torch, kind + key, (ours, kind + key))) for key in ("Products", "Seconds")]
    text = f"Power iteration takes {ratios[0]} times the products and {ratios[1]} times the time"
    residual = median(rounds, torch, kind + "Residual")
    return text + ("." if residual <= tolerance else f", and ends at a residual of {residual:.2g}.")


def report(record):
    machine, rounds, settings = record["environment"], record["rounds"], record["settings"]
    ours, torch = "Goldstone", PEERS["torch"]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(record["versions"].items()))
    mine, said = rounds[0][ours], "One round" if len(rounds) == 1 else f"{len(rounds)} rounds; medians"
    parts = [
        "# Speed of curvature",
        f"The Hessian of the mean binary cross-entropy, {int(mine['parameters']):,} parameters, {int(mine['jets'])} jets. "
        "The same weights, jets and machine for all.",
        f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}; "
        f"{machine['swift']}; {versions}; commit {machine['commit']}. {said}. "
        f"The machine's load was {record['load'][0]:.1f} at the start and {record['load'][1]:.1f} at the end.",
        "## Products",
        "Times of a product in gradients of the same program (for curvlinops, PyTorch's gradient); the fastest of "
        f"{settings['repeats']} calls in each round.",
        products_table(rounds),
        in_their_gradients(rounds),
        f"A kept graph takes {mine['graphBytesPerJet'] / 1e6:.2f} MB a jet in Goldstone; half of 24 GB keep "
        f"{int(12e9 / mine['graphBytesPerJet']):,} jets, and beyond that graphs are recorded anew.",
    ]
    if "eigenpairProducts" in mine:
        lines = ["| program | method | products | seconds | relative residual | eigenvalue |",
                 "| --- | --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
        for name, method in ((ours, "Lanczos, full reorthogonalisation"), (torch, "power iteration (PyHessian's)"),
                             (PEERS["curvlinops"], "ARPACK")):  # fmt: skip
            if name in rounds[0]:
                cells = [number(median(rounds, name, key), digits) for key, digits in
                         (("eigenpairProducts", 4), ("eigenpairSeconds", 3), ("eigenpairResidual", 2), ("eigenvalue", 7))]
                lines.append(f"| {name} | {method} | " + " | ".join(cells) + " |")
        if "doubleEigenvalue" in rounds[0].get(torch, {}):
            cells = [number(median(rounds, torch, key), digits) for key, digits in
                     (("doubleProducts", 4), ("doubleResidual", 2), ("doubleEigenvalue", 8))]
            lines.append(f"| {torch}, in double | power iteration | {cells[0]} | – | {cells[1]} | {cells[2]} |")
        parts += ["## Top eigenpair", f"To a relative residual ‖Hν − λν‖/λ of {settings['tolerance']:g}. Goldstone's count "
                  "has the product that measures the residual, and its time the recording of the graphs.",
                  "\n".join(lines),
                  beside(rounds, "eigenpair", settings["tolerance"])]  # fmt: skip
        lines = ["| program | method | products | seconds | largest relative residual |", "| --- | --- | ---: | ---: | ---: |"]
        for name, method in ((ours, "Lanczos"), (torch, "power iteration with deflation (PyHessian's)")):
            if name in rounds[0]:
                cells = [number(median(rounds, name, key), digits) for key, digits in
                         (("threePairsProducts", 4), ("threePairsSeconds", 3), ("threePairsResidual", 2))]
                lines.append(f"| {name} | {method} | " + " | ".join(cells) + " |")
        parts += ["## Three eigenpairs of largest magnitude", "\n".join(lines),
                  beside(rounds, "threePairs", settings["tolerance"])]  # fmt: skip
        lines = ["| program | estimator | products | seconds | relative standard error | trace |",
                 "| --- | --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
        for method in (m for m in METHODS if f"{m}Products" in mine):
            cells = [number(median(rounds, ours, method + key), digits) for key, digits in
                     (("Products", 4), ("Seconds", 3), ("Error", 2), ("Trace", 4))]
            lines.append(f"| {ours} | {method} | " + " | ".join(cells) + " |")
        cells = [number(median(rounds, torch, key), digits) for key, digits in
                 (("traceProducts", 4), ("traceSeconds", 3), ("traceError", 2), ("trace", 4))]
        lines.append(f"| {torch} | hutchinson (PyHessian's) | " + " | ".join(cells) + " |")
        needed = median(rounds, torch, "traceProductsNeeded")
        ratio = median(rounds, torch, "traceProductsNeeded", (ours, "krylovProducts"))
        error = median(rounds, ours, "krylovError")
        reached = error is not None and error <= settings["traceError"]
        parts += ["## Trace", f"To a relative standard error of {settings['traceError']:g}, or until {settings['limit']} "
                  f"products; PyTorch until {settings['peersLimit']}.", "\n".join(lines),
                  f"From the spread of its draws, Hutchinson's estimator needs about {number(needed)} products for "
                  f"{settings['traceError']:.0%}" + (f": {number(ratio)} times Krylov's." if reached else ".")]  # fmt: skip
    parts.append(f"Made by `{record['command']}`; every single figure is in `results.json`.")
    return "\n\n".join(part for part in parts if part) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--study", required=True)
    parser.add_argument("--jets", type=int, default=256)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--trace-error", type=float, default=0.01)
    parser.add_argument("--limit", type=int, default=600, help="products of one iteration at the most")
    parser.add_argument("--peers-limit", type=int, help="the peers'; their need is told from the spread")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS, help="Goldstone's estimators of the trace")
    parser.add_argument("--products-only", action="store_true")
    parser.add_argument("--output", type=Path, default=here)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        jets = f"{folder}/jets.safetensors"
        ours = [".build/release/goldstone", "benchmark-curvature", arguments.weights, "--study", arguments.study,
                "--jets", str(arguments.jets)]  # fmt: skip
        done = subprocess.run([*ours, "--export", jets], cwd=repository, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"run.py: goldstone could not write the jets:\n{done.stderr}")
        only = ["--products-only"] if arguments.products_only else []
        peers_limit = str(arguments.peers_limit or arguments.limit)
        common = ["--repeats", str(arguments.repeats), "--tolerance", str(arguments.tolerance), "--trace-error",
                  str(arguments.trace_error), *only]  # fmt: skip
        python = str(repository / ".deps/peers/bin/python")
        mine = [*ours, *common, "--limit", str(arguments.limit), "--methods", *arguments.methods]
        commands = {"Goldstone": mine} | {
            PEERS[name]: [python, str(here / "peers.py"), name, "--weights", arguments.weights, "--jets", jets, *common,
                          "--limit", peers_limit]  # fmt: skip
            for name in arguments.peers
        }
        rounds, versions, load = [], {}, [os.getloadavg()[0]]
        for index in range(arguments.rounds):
            names = list(commands)
            results = {}
            for name in names[index % len(names) :] + names[: index % len(names)]:
                results[name] = call(commands[name])
                versions |= results[name].pop("versions", {})
                print(f"round {index + 1}  {name}: product {results[name]['productFresh']:.3g} s", file=sys.stderr)
            values = [r["eigenvalue"] for r in results.values() if "eigenvalue" in r]
            if values and max(values) - min(values) > 1e-3 * abs(values[0]):
                raise SystemExit(f"run.py: the programs do not agree on the top eigenvalue: {values}")
            rounds.append({name: results[name] for name in names})
        load.append(os.getloadavg()[0])
    record = {
        "command": "python3 " + shlex.join(sys.argv), "environment": environment(), "versions": versions, "load": load,
        "settings": {"tolerance": arguments.tolerance, "traceError": arguments.trace_error, "limit": arguments.limit,
                     "peersLimit": int(peers_limit),
                     "repeats": arguments.repeats},
        "rounds": rounds,
    }  # fmt: skip
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name, text in (("results.json", json.dumps(record, indent=1) + "\n"), ("RESULTS.md", report(record))):
        part = arguments.output / f"{name}.part"
        part.write_text(text)
        part.replace(arguments.output / name)
    print(f"wrote {arguments.output / 'RESULTS.md'}", file=sys.stderr)


if __name__ == "__main__":
    main()
