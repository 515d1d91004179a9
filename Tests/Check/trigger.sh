#!/usr/bin/env bash
# Trains a tagger and two students small enough for a trigger, exports them, and lets trigger.py convert them with hls4ml.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
goldstone=.build/release/goldstone
cat >"$folder/study.yaml" <<'YAML'
preset: smoke
distillation:
  students:
    - {name: sets, kind: deepSets, pooling: allSlots, constituents: 8, phi: [16, 16], rho: [16]}
    - mlp-8
  seeds: [1]
  targets: standardised
  training: {epochs: 20, learningRate: 0.005}
YAML
$goldstone train "$folder/study.yaml" --variant unconstrained --seed 1 --output "$folder/run"
$goldstone distill "$folder/run/unconstrained/seed-1/weights.safetensors" --study "$folder/study.yaml" \
    --output "$folder/students"
students=("$folder"/students/*/seed-1/*/seed-1/weights.safetensors)
$goldstone export "${students[@]}" --format trigger --study "$folder/study.yaml" --python .deps/peers/bin/python
$goldstone export "${students[@]}" --inputs momenta --study "$folder/study.yaml" --python .deps/peers/bin/python
.deps/peers/bin/python Tests/Check/trigger.py Data/sample/jets.h5 "${students[@]/.safetensors/.trigger.onnx}"
# The first lines of Python in docs/export.md, as they stand, beside the file that they name.
program=$(awk '/^```python$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' docs/export.md)
(
    python=$PWD/.deps/peers/bin/python
    cd "$(dirname "${students[0]}")"
    "$python" -c "$program" | grep -q verified
)
echo "the trigger's circuits and the lines of docs/export.md do what they should"
