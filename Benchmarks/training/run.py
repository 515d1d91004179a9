"""Sets Goldstone's training speed beside PyTorch's and JAX's, in turn on the same machine.

    python3 Benchmarks/training/run.py --rounds 5 \\
        --ours 'float32=.build/release/goldstone ... --variant {variant} --dropout {dropout} --steps {steps}'

Each round times every program once, each in a process of its own and one at a time; the order turns from round to
round, so that what the machine does meanwhile hits all alike. Ratios are taken within a round; the tables give medians
over rounds. NAME=COMMAND after --ours (which may be repeated) must print {"jetsPerSecond": ...} as its last line.
Writes RESULTS.md and, with every single timing, results.json to --output.

Stop everything else that runs on the machine first: the load at the start and the end stands in the table's heading.
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
from pathlib import Path

here = Path(__file__).resolve().parent
repository = here.parent.parent
PEERS = {
    "eager": "PyTorch eager",
    "compile": "PyTorch `torch.compile`",
    "jax": "JAX",
    "eager-bfloat16": "PyTorch eager, bfloat16 autocast",
    "eager-tf32": "PyTorch eager, TF32",
    "compile-graphs": "PyTorch `torch.compile`, CUDA graphs",
    "compile-bfloat16": "PyTorch `torch.compile`, bfloat16 autocast",
    "compile-tf32": "PyTorch `torch.compile`, TF32",
    "products": "matrix products alone",
    "products-bfloat16": "matrix products alone, bfloat16",
}


def commands(arguments):
    """The command line of every program, by its name in the table."""
    python = arguments.python
    device = "" if arguments.device == "cpu" else f" --device {arguments.device} --warm-up {arguments.warm_up}"
    lines = {PEERS[name]: f"{python} {here}/peers.py {name} --variant {{variant}} --dropout {{dropout}} --steps {{steps}}{device}"
             for name in arguments.peers}  # fmt: skip
    for ours in arguments.ours:
        name, equals, command = ours.partition("=")
        if not equals:
            raise SystemExit(f"run.py: --ours {ours!r} must be NAME=COMMAND")
        lines[f"Goldstone, {name}"] = command
    return lines


def measure(command, cell, steps):
    """What one program prints for one setting; raises SystemExit with its complaint where it fails."""
    for key, value in (cell | {"steps": steps}).items():
        command = command.replace(f"{{{key}}}", str(value))
    # The peers' environment has its packages; those that PYTHONPATH may name must not come before them.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(shlex.split(command), cwd=repository, env=environment, capture_output=True, text=True)
    try:
        result = json.loads(done.stdout.splitlines()[-1])
        assert result["jetsPerSecond"] > 0
        return result
    except (IndexError, ValueError, KeyError, TypeError, AssertionError):
        complaint = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SystemExit(f"run.py: status {done.returncode} and no jetsPerSecond from\n  {command}\n{complaint}")


def check_losses(cell, results):
    """Without dropout all peers in float32 take the very same steps: another loss means another model."""
    losses = {p: r["loss"] for p, r in results.items() if r.get("loss") and "bfloat16" not in p}
    if cell["dropout"] == 0 and losses and max(losses.values()) - min(losses.values()) > 1e-4:
        raise SystemExit(f"run.py: at {cell} the programs do not train the same network: {losses}")


def environment():
    """What a reader needs to judge the numbers or to repeat them."""
    def output(*command):
        try:
            return subprocess.run(command, cwd=repository, capture_output=True, text=True).stdout.strip()
        except OSError:
            return ""

    processor = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    changed = output("git", "status", "--porcelain", "--untracked-files=no")
    return {
        "date": datetime.date.today().isoformat(),
        "processor": processor[0] if processor else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "commit": output("git", "rev-parse", "--short=12", "HEAD") + (" with changes" if changed else ""),
        "swift": output("swift", "--version").splitlines()[0] if output("swift", "--version") else "",
    }


def table(results, ours):
    """One setting's table: median, range, and the ratio of the first of ours to each program within rounds."""
    rates = {name: [round[name]["jetsPerSecond"] for round in results] for name in results[0]}
    lines = ["| program | jets/s, median | lowest–highest | " + " | ".join(f"{name} to it" for name in ours) + " |",
             "| --- | ---: | ---: |" + " ---: |" * len(ours)]  # fmt: skip
    for name, values in sorted(rates.items(), key=lambda item: -statistics.median(item[1])):
        ratios = [f"{statistics.median(a / b for a, b in zip(rates[own], values)):.2f}" for own in ours]
        cells = [name, f"{statistics.median(values):.0f}", f"{min(values):.0f}–{max(values):.0f}", *ratios]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def report(record, ours):
    machine = record["environment"]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(record["versions"].items()))
    parts = [
        "# Training speed",
        "Jets per second of one training step: features, forward, loss, backward, clipping, Adam with L2 weight decay. "
        "The network is the paper's (1,255,425 parameters), at 256 jets of up to 32 constituents. "
        "`constrained` counts the jets, not the two views of each. "
        "*Matrix products alone* is the step's products by the same libraries, and nothing else.",
        f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}; "
        f"{machine['swift']}; {versions}; commit {machine['commit']}. "
        f"{record['rounds']} rounds of {record['steps']} steps, after {record['warmUp']} to warm up; {record['counts']}. "
        f"The machine's load was {record['load'][0]:.1f} at the start and {record['load'][1]:.1f} at the end.",
    ]
    for cell in record["cells"]:
        parts += [f"## {cell['variant']}, dropout {cell['dropout']}", table(cell["rounds"], ours)]
    parts.append(f"Made by `{record['command']}`; every single timing is in `results.json`.")
    return "\n\n".join(parts) + "\n"


def write(path, text):
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text)
    temporary.replace(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--peers", nargs="*", choices=PEERS,
                        default=["eager", "compile", "jax", "eager-bfloat16", "products", "products-bfloat16"])  # fmt: skip
    parser.add_argument("--device", default="cpu", help="of the peers: cpu or cuda (docs/gpu.md has the whole command)")
    parser.add_argument("--warm-up", type=int, default=10, help="steps before those that are timed, on a GPU")
    parser.add_argument("--python", default=str(repository / ".deps/peers/bin/python"), help="with the peers' packages")
    parser.add_argument("--variants", nargs="+", default=["unconstrained", "constrained"])
    parser.add_argument("--dropouts", nargs="+", type=float, default=[0.1, 0.0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--output", type=Path, default=here)
    arguments = parser.parse_args()

    lines = commands(arguments)
    ours = [name for name in lines if name.startswith("Goldstone")]
    cells = [{"variant": v, "dropout": d} for v in arguments.variants for d in arguments.dropouts]
    rounds = {index: [] for index in range(len(cells))}
    versions, load = {}, [os.getloadavg()[0]]
    for number in range(arguments.rounds):
        names = list(lines)
        names = names[number % len(names) :] + names[: number % len(names)]
        for index, cell in enumerate(cells):
            results = {}
            for name in names:
                results[name] = measure(lines[name], cell, arguments.steps)
                versions |= results[name].get("versions", {})
                rate = results[name]["jetsPerSecond"]
                print(f"round {number + 1}  {cell['variant']}, dropout {cell['dropout']}  {name}: {rate:.0f} jets/s",
                      file=sys.stderr)  # fmt: skip
            check_losses(cell, results)
            rounds[index].append(results)
    load.append(os.getloadavg()[0])
    record = {
        "command": "python3 " + shlex.join(sys.argv), "environment": environment(), "versions": versions, "load": load,
        "rounds": arguments.rounds, "steps": arguments.steps,
        "warmUp": 3 if arguments.device == "cpu" else arguments.warm_up,
        "counts": "the median step counts" if arguments.device == "cpu" else "all steps together count",
        "cells": [cell | {"rounds": rounds[index]} for index, cell in enumerate(cells)],
    }  # fmt: skip
    arguments.output.mkdir(parents=True, exist_ok=True)
    write(arguments.output / "results.json", json.dumps(record, indent=1) + "\n")
    write(arguments.output / "RESULTS.md", report(record, ours))
    print(f"wrote {arguments.output / 'RESULTS.md'}", file=sys.stderr)


if __name__ == "__main__":
    main()
