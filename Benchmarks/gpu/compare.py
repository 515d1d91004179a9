"""Whether a GPU computes what the CPU does: reads the folders that measure.sh has made, says how far they agree, and ends with
an error where they don't."""

import json
import struct
import sys
from pathlib import Path

work = Path(sys.argv[1])
failed = []


def weights(path):
    """The tensors' bytes of a safetensors file."""
    data = path.read_bytes()
    return data[8 + struct.unpack("<Q", data[:8])[0] :]


def check(text, holds):
    print(f"{'ok    ' if holds else 'FAILED'}  {text}")
    if not holds:
        failed.append(text)


trainings = sorted(p.relative_to(work / "cpu") for p in (work / "cpu").glob("*/seed-*"))
assert trainings, "no trainings"
for training in trainings:
    results = {kind: json.loads((work / kind / training / "result.json").read_text())["run"] for kind in ("cpu", "gpu")}
    first = [results[kind]["history"]["epochs"][0]["training"] for kind in ("cpu", "gpu")]
    last = [results[kind]["history"]["epochs"][-1]["validation"] for kind in ("cpu", "gpu")]
    # The first epoch differs by rounding; later ones by what training makes of it.
    check(f"{training}: loss of the first epoch {first[0]:.6f} and {first[1]:.6f}", abs(first[0] - first[1]) < 2e-3 * first[0])
    check(f"{training}: validation loss of the last {last[0]:.5f} and {last[1]:.5f}", abs(last[0] - last[1]) < 0.03 * last[0])
    own = weights(work / "gpu" / training / "weights.safetensors")
    check(f"{training}: the same bits when trained again", own == weights(work / "gpu-again" / training / "weights.safetensors"))
    check(f"{training}: the same bits side by side", own == weights(work / "side" / training / "weights.safetensors"))

curvatures = [json.loads((work / f"curvature-{kind}" / "curvature.json").read_text()) for kind in ("cpu", "gpu")]


def eigenvalues(node):
    """The first list of that name anywhere in a result."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "eigenvalues":
                return value
            found = eigenvalues(value)
            if found:
                return found
    if isinstance(node, list):
        for value in node:
            found = eigenvalues(value)
            if found:
                return found
    return None


for number, (cpu, gpu) in enumerate(zip(*(eigenvalues(c) for c in curvatures))):
    check(f"eigenvalue {number + 1}: {cpu:.6f} and {gpu:.6f}", abs(cpu - gpu) < 1e-3 * abs(cpu))
sys.exit(1 if failed else 0)
