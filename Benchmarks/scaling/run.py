"""Memory and time against the number of jets, constituents, parameters and workers.

    python3 Benchmarks/scaling/run.py --work runs/scaling

Runs `goldstone` on files made of the shipped jets and looks every few milliseconds at what the kernel says of the
process: memory of its own (RssAnon), and pages of files that it has mapped (RssFile), which the kernel drops when memory is
wanted. Writes results.json, RESULTS.md and the figures to --output; files of jets and scratch files go to --work.
GOLDSTONE names another program than .build/release/goldstone. --parts measures some of them anew and takes the others from results.json.
"""

import argparse
import datetime
import json
import mmap
import os
import platform
import random
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

here = Path(__file__).resolve().parent
repository = here.parent.parent
goldstone = os.environ.get("GOLDSTONE", str(repository / ".build/release/goldstone"))
# The kernel's clock of what processes hold is looked at this often, in seconds.
INTERVAL = 0.01


def status(pid):
    """Bytes by name, of those that the kernel tells of a process; none once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {
        line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith(("VmHWM", "RssAnon", "RssFile"))
    }


def measure(commands, environments=None):
    """Runs programs at once to their ends: seconds, and the most memory that any of them held."""
    started, load = time.monotonic(), os.getloadavg()[0]
    environments = environments or [{}] * len(commands)
    programs = [
        subprocess.Popen(command, cwd=repository, env=os.environ | own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for command, own in zip(commands, environments)
    ]  # fmt: skip
    peak, running, used = {}, list(programs), 0
    while running:
        for program in list(running):
            for name, value in status(program.pid).items():
                peak[name] = max(peak.get(name, 0), value)
            ended, code, usage = os.wait4(program.pid, os.WNOHANG)
            if ended:
                program.returncode = os.waitstatus_to_exitcode(code)
                used += usage.ru_utime + usage.ru_stime
                running.remove(program)
        time.sleep(INTERVAL)
    seconds = time.monotonic() - started
    texts = []
    for command, program in zip(commands, programs):
        out, complaint = program.communicate()
        texts.append(out)
        if program.returncode:
            raise SystemExit(f"run.py: status {program.returncode} from\n  {shlex.join(command)}\n{complaint[-2000:]}")
    return {
        "seconds": seconds, "processorSeconds": used, "anonymous": peak.get("RssAnon", 0), "files": peak.get("RssFile", 0),
        "peak": peak.get("VmHWM", 0), "load": load,
    }, texts  # fmt: skip


class Bench:
    def __init__(self, arguments):
        self.work = Path(arguments.work).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.arguments = arguments

    def jets(self, count, slots=32):
        """A file with so many jets."""
        path = self.work / f"jets-{count}-{slots}.h5"
        if not path.exists():
            part = path.with_suffix(".part")
            subprocess.run(
                [repository / ".deps/peers/bin/python", here / "jets.py", "--jets", str(count), "--slots", str(slots), part],
                check=True, cwd=repository)  # fmt: skip
            part.rename(path)
        return str(path)

    def study(self, name, data, network, training):
        """A study file; JSON is YAML."""
        path = self.work / f"{name}.yaml"
        # The calibration before a training times the study's own network, too, and looks at its graphs.
        own = {key: value for key, value in network.items() if key != "kind"}
        path.write_text(json.dumps({
            "name": name, "data": data | {"scratch": str(self.work / "scratch")}, "measures": ["evaluation"],
            "network": own if network["kind"] == "transformer" else {"width": 8, "heads": 1, "layers": 1},
            "curvature": {"jets": 32}, "landscape": {"jets": 32},
            "variants": [{"name": "plain", "terms": {"bce": 1}, "network": network}], "training": training,
        }))  # fmt: skip
        return str(path)

    def train(self, name, study, threads=2):
        """A training from the start: what it took, and where its weights are."""
        folder = self.work / "runs" / name
        shutil.rmtree(folder, ignore_errors=True)
        command = [goldstone, "train", study, "--output", str(folder), "--threads", str(threads)]
        result, _ = measure([command])
        return result, str(folder / "plain/seed-1/weights.safetensors")

    # --- parts -------------------------------------------------------------------------------------------------------

    def number_of_jets(self):
        """Training, evaluation, curvature and inspection against the number of jets, in memory and in files."""
        rows = []
        for count in self.arguments.jets + self.arguments.jets_in_files:
            block = min(count, 50_000)
            files = [self.jets(block)] * (count // block)
            for kept in ("memory", "files") if count in self.arguments.jets else ("files",):
                data = {"files": files, "trainingJets": 0.8, "validationJets": 0.1, "testJets": 0.1}
                if kept == "files":
                    data["memory"] = 0
                study = self.study(f"jets-{count}-{kept}", data, {"kind": "mlp"}, {"epochs": 1, "batchSize": 1024, "sliceSize": 128})
                row = {"jets": count, "kept": kept}
                row["train"], weights = self.train(f"jets-{count}-{kept}", study)
                row["weights"] = Path(weights).read_bytes().hex()[-64:]
                row["evaluate"], _ = measure([[goldstone, "evaluate", weights, "--study", study, "--threads", "2"]])
                row["curvature"], _ = measure([[
                    goldstone, "benchmark-curvature", weights, "--study", study, "--jets", "512", "--products-only",
                    "--repeats", "1", "--memory", "0.5", "--threads", "2",
                ]])  # fmt: skip
                if kept == "files":
                    tested = self.study(
                        f"tested-{count}", data | {"trainingJets": 1000, "validationJets": 1000, "testJets": None},
                        {"kind": "mlp"}, {})  # fmt: skip
                    row["evaluateAll"], _ = measure([[goldstone, "evaluate", weights, "--study", tested, "--threads", "2"]])
                    row["inspect"], _ = measure([[goldstone, "inspect", *files]])
                rows.append(row)
                self.say(f"{count} jets in {kept}: " + ", ".join(
                    f"{key} {value['seconds']:.1f} s {value['anonymous'] / 1e6:.0f} MB"
                    for key, value in row.items() if isinstance(value, dict)))  # fmt: skip
        return rows

    def shape(self, name, slots, network):
        """Gradient, Hessian product and a kept graph of a network on jets of so many constituents."""
        data = {"files": self.jets(4096, slots), "constituents": slots, "trainingJets": 2048, "validationJets": 512,
                "testJets": 1024}  # fmt: skip
        study = self.study(name, data, network, {"epochs": 1})
        row, weights = {"name": name, "constituents": slots}, None
        row["train"], weights = self.train(name, study)
        row["products"], texts = measure([[
            goldstone, "benchmark-curvature", weights, "--study", study, "--jets", str(self.arguments.product_jets),
            "--products-only", "--repeats", str(self.arguments.repeats), "--memory", "4", "--threads", "2",
        ]])  # fmt: skip
        row |= json.loads(texts[0])
        self.say(f"{name}: gradient {row['gradient']:.3g} s, product {row['productFresh']:.3g} s, "
                 f"graph {row['graphBytesPerJet'] / 1e6:.2f} MB a jet")  # fmt: skip
        return row

    def constituents(self):
        return [self.shape(f"constituents-{slots}", slots, QUICK) for slots in self.arguments.constituents]

    def parameters(self):
        return [self.shape(f"width-{network['width']}", 32, network) for network in NETWORKS]

    def workers(self):
        """The same training by threads and by processes."""
        data = {"files": self.jets(10_000), "trainingJets": 4096, "validationJets": 512, "testJets": 512}
        study = self.study("workers", data, QUICK, {"epochs": 1})
        rows = []
        for processes, threads in ((1, 1), (1, 2), (2, 1), (4, 1)):
            folder = self.work / "runs/workers"
            shutil.rmtree(folder, ignore_errors=True)
            command = [goldstone, "train", study, "--output", str(folder), "--threads", str(threads)]
            places = {"WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29541"}
            own = [{}] if processes == 1 else [{"RANK": str(rank)} | places for rank in range(processes)]
            result, _ = measure([command] * processes, own)
            rows.append({"processes": processes, "threads": threads, "train": result})
            self.say(f"{processes} x {threads}: {result['seconds']:.1f} s")
        return rows

    def disk(self):
        """Rows of 512 bytes in random order, and all in order, from a mapped file that no memory holds yet."""
        path, size, rows = self.work / "disk", 2 << 30, 20_000
        with open(path, "wb") as file:
            for _ in range(size >> 20):
                file.write(os.urandom(1 << 20))
            file.flush()
            os.fsync(file.fileno())

        def forget():
            with open(path, "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

        result = {}
        for name, advice in (("random", mmap.MADV_RANDOM), ("randomWithoutAdvice", mmap.MADV_NORMAL)):
            forget()
            with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as memory:
                memory.madvise(advice)
                places = random.Random(1).sample(range(size // 512), rows)
                started = time.monotonic()
                for place in places:
                    memory[512 * place : 512 * place + 512]
                result[name] = rows / (time.monotonic() - started)
        forget()
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as memory:
            started = time.monotonic()
            for place in range(0, size, 1 << 20):
                memory[place : place + (1 << 20)]
            result["sequential"] = size / (time.monotonic() - started)
        path.unlink()
        self.say(f"disk: {result}")
        return result

    def say(self, text):
        print(text, file=sys.stderr, flush=True)


QUICK = {"kind": "transformer", "width": 64, "heads": 4, "layers": 2, "feedForward": 64, "head": [64, 64], "dropout": 0.1}
NETWORKS = [
    QUICK | {"width": 32, "feedForward": 32, "head": [32, 32]},
    QUICK,
    QUICK | {"width": 128, "feedForward": 128, "head": [128, 128], "layers": 3},
    # The paper's.
    QUICK | {"width": 256, "feedForward": 256, "head": [128, 128, 128], "layers": 3},
]
PARTS = {"jets": Bench.number_of_jets, "constituents": Bench.constituents, "parameters": Bench.parameters,
         "workers": Bench.workers, "disk": Bench.disk}  # fmt: skip


def output(*command):
    try:
        return subprocess.run(command, cwd=repository, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def environment():
    processor = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    memory = next(int(line.split()[1]) * 1024 for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return {
        "date": datetime.date.today().isoformat(), "processor": processor[0] if processor else platform.machine(),
        "cores": len(os.sched_getaffinity(0)), "memory": memory, "kernel": platform.release(),
        "commit": output("git", "rev-parse", "--short=12", "HEAD"),
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", default="runs/scaling")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--jets", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--jets-in-files", type=int, nargs="*", default=[3_000_000], help="measured in files alone")
    parser.add_argument("--constituents", type=int, nargs="*", default=[8, 16, 32, 64, 150])
    parser.add_argument("--product-jets", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=5, help="of gradients and products: the fastest counts")
    parser.add_argument("--output", type=Path, default=here)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    path = arguments.output / "results.json"
    record = json.loads(path.read_text()) if path.exists() else {"parts": {}}
    bench = Bench(arguments)
    for name in arguments.parts:
        load = [os.getloadavg()[0]]
        found = PARTS[name](bench)
        load.append(os.getloadavg()[0])
        record["parts"][name] = {"rows": found, "load": load, "environment": environment()}
        part = path.with_suffix(".part")
        part.write_text(json.dumps(record, indent=1) + "\n")
        part.replace(path)
    from report import write

    write(record, arguments.output)
    print(f"wrote {arguments.output / 'RESULTS.md'}", file=sys.stderr)


if __name__ == "__main__":
    main()
