#!/usr/bin/env bash
# Trains a tagger on with PyTorch as docs/pytorch.md says, and has Goldstone evaluate what comes of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
goldstone=.build/release/goldstone
python=.deps/peers/bin/python
cat >"$folder/study.yaml" <<STUDY
preset: smoke
seeds: [1]
measures: [evaluation]
training: {epochs: 1}
STUDY
$goldstone train "$folder/study.yaml" --output "$folder/run" >/dev/null
weights=$folder/run/unconstrained/seed-1/weights.safetensors
$goldstone features "$weights" --study "$folder/study.yaml" --part training --output "$folder/training.h5"
$python Examples/pytorch/train_on.py "$weights" "$folder/training.h5" "$folder/further.safetensors" --epochs 3 --rate 1e-3 \
    | tee "$folder/losses"
awk '{ loss[NR] = $NF } END { exit !(loss[4] < 0.97 * loss[1]) }' "$folder/losses" ||
    { echo "pytorch.sh: PyTorch did not learn" >&2; exit 1; }
# A state_dict without metadata.
$python - "$folder" <<PYTHON
import sys
from safetensors.torch import load_file, save_file
save_file(load_file(sys.argv[1] + "/further.safetensors"), sys.argv[1] + "/state.safetensors")
PYTHON
$goldstone import "$folder/state.safetensors" --study "$folder/study.yaml" --output "$folder/imported.safetensors"
for name in run/unconstrained/seed-1/weights further imported; do
    $goldstone evaluate "$folder/$name.safetensors" --study "$folder/study.yaml" --output "$folder/$(basename $name)" >/dev/null
done
$python - "$folder" <<PYTHON
import json, sys
loss = {n: json.load(open(f"{sys.argv[1]}/{n}/evaluation.json"))["binaryCrossEntropy"] for n in ("weights", "further", "imported")}
assert loss["further"] < loss["weights"] and loss["imported"] == loss["further"], loss
PYTHON
echo "PyTorch trains on what Goldstone trained, and Goldstone reads it"
