#!/usr/bin/env bash
# All that is to be measured on a GPU, with one command, on a machine with one, a LibTorch with CUDA and a python3 that imports torch:
#
#   Benchmarks/gpu/measure.sh FOLDER [COMMAND]
#
# COMMAND is the program, .build/release/goldstone by default (built here, or a release archive's bin/goldstone: Swift is not
# needed). First it checks that the GPU computes what the CPU does; a check that fails ends it. Then it times: training steps
# beside PyTorch's on the same GPU, several trainings side by side, Hessian products and eigenpairs. FOLDER gets every log, and
# results.json and RESULTS.md of the training table. About 25 minutes, most of it torch.compile's. GOLDSTONE_REHEARSAL=1 does a
# little of each, on GOLDSTONE_DEVICE (cpu, where there is no GPU).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

output=$(realpath -m "${1:?the folder for results}")
goldstone=${2:-.build/release/goldstone}
device=${GOLDSTONE_DEVICE:-cuda:0}
peers=(eager compile compile-graphs eager-tf32 compile-tf32 eager-bfloat16 compile-bfloat16)
steps=200 rounds=3 seeds="1, 2, 3, 4, 5, 6, 7, 8" jets=4096 variants=(unconstrained constrained) dropouts=(0.1 0.0) epochs=
if [[ -n ${GOLDSTONE_REHEARSAL:-} ]]; then
    peers=(eager) steps=2 rounds=1 seeds="1, 2, 3, 4" jets=64 variants=(constrained) dropouts=(0.1) epochs="training: {epochs: 1}"
fi
mkdir -p "$output"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { printf '\n== %s\n' "$*" | tee -a "$output/log.txt" >&2; }
run() { "$@" 2> >(tee -a "$output/log.txt" >&2); }

step "what is here"
run "$goldstone" doctor | tee "$output/doctor.txt"
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | tee -a "$output/doctor.txt" || true

step "the same training on the CPU and on $device"
cat >"$work/study.yaml" <<'YAML'
preset: quick
name: gpu
data: {trainingJets: 4000, validationJets: 2000, testJets: 2000}
training: {epochs: 3}
variants: [{name: unconstrained}, {name: constrained, terms: {bce: 1, group: 0.1}}]
seeds: [1, 2]
measures: []
YAML
run "$goldstone" study "$work/study.yaml" --device cpu --output "$work/cpu" >/dev/null
run "$goldstone" study "$work/study.yaml" --device "$device" --output "$work/gpu" >/dev/null
run "$goldstone" study "$work/study.yaml" --device "$device" --output "$work/gpu-again" >/dev/null
sed 's/^seeds/sideBySide: 4\nseeds/' "$work/study.yaml" >"$work/side.yaml"
run "$goldstone" study "$work/side.yaml" --device "$device" --output "$work/side" >/dev/null
for kind in cpu gpu; do
    place=$([[ $kind == cpu ]] && echo cpu || echo "$device")
    run "$goldstone" curvature "$work/cpu/constrained/seed-1/weights.safetensors" --study "$work/study.yaml" --jets 512 --largest 3 \
        --smallest 0 --probes 0 --trace-method hutchinson --trace-products 2 --device "$place" --output "$work/curvature-$kind" >/dev/null
done
python3 Benchmarks/gpu/compare.py "$work" | tee "$output/agreement.txt"

step "training steps beside PyTorch's"
ours="$goldstone benchmark --device $device --variant {variant} --dropout {dropout} --steps {steps} --warm-up 10"
run python3 Benchmarks/training/run.py --device "${device%%:*}" --python "$(command -v python3)" --steps "$steps" --rounds "$rounds" --output "$output" \
    --peers "${peers[@]}" --variants "${variants[@]}" --dropouts "${dropouts[@]}" \
    --ours "float32=$ours" --ours "TF32=$ours --precision tf32" --ours "bfloat16=$ours --precision bfloat16"

step "trainings side by side: the small network, seeds $seeds, one after another and 4 at once"
for count in 1 4; do
    cat >"$work/many.yaml" <<YAML
preset: quick
name: side
variants: [{name: unconstrained}]
seeds: [$seeds]
measures: []
sideBySide: $count
$epochs
YAML
    start=$(date +%s.%N)
    run "$goldstone" study "$work/many.yaml" --device "$device" --output "$work/many-$count" >/dev/null
    python3 -c "print(f'$count at once: {$(date +%s.%N) - $start:.1f} s')" | tee -a "$output/side-by-side.txt"
done

step "curvature of the paper's network: $jets jets, on the CPU and on $device"
cat >"$work/paper.yaml" <<'YAML'
preset: sample
name: paper
data: {trainingJets: 4000}
training: {epochs: 1}
variants: [{name: unconstrained}]
seeds: [1]
measures: []
YAML
run "$goldstone" train "$work/paper.yaml" --device "$device" --output "$work/paper" >/dev/null
for place in "$device" cpu; do
    start=$(date +%s.%N)
    run "$goldstone" curvature "$work/paper/unconstrained/seed-1/weights.safetensors" --study "$work/paper.yaml" --jets "$jets" --largest 1 \
        --smallest 0 --probes 0 --trace-method hutchinson --trace-products 8 --device "$place" --output "$work/curvature-paper-$place" >/dev/null
    python3 -c "print(f'$place: {$(date +%s.%N) - $start:.1f} s')" | tee -a "$output/curvature.txt"
done
step "done: $output"
