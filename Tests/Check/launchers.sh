#!/usr/bin/env bash
# Starts one training by each launcher that is here (torchrun of the peers, Open MPI's mpirun, MPICH's mpiexec.hydra), with 2
# and 4 processes, and compares what comes of it with the training of processes that were started by hand: to the bit for
# the same number of processes. Slurm's srun: slurm.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
goldstone=$PWD/.build/release/goldstone
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/study.yaml" <<STUDY
preset: smoke
seeds: [1]
measures: [evaluation]
data: {trainingJets: 800, validationJets: 200, testJets: 200}
network: {width: 8, heads: 2, feedForward: 8, head: [8]}
training: {epochs: 2, batchSize: 128}
STUDY
weights=unconstrained/seed-1/weights.safetensors

# The training's words with the results in the folder $1.
training() { words=("$goldstone" train "$folder/study.yaml" --threads 1 --output "$folder/$1"); }

# Trains by the launcher $1 with $2 processes; the launcher's words follow.
launch() {
    local launcher=$1 count=$2
    shift 2
    training "$launcher-$count"
    if ! "$@" "${words[@]}" >"$folder/output" 2>&1; then
        echo "launchers.sh: $launcher with $count processes failed:" >&2
        cat "$folder/output" >&2
        exit 1
    fi
    cmp "$folder/by-hand-$count/$weights" "$folder/$launcher-$count/$weights"
    # The first alone speaks.
    (($(grep -c '^reading sample' "$folder/output") == 1)) ||
        { echo "launchers.sh: not one of the $count processes of $launcher speaks, but:" >&2; cat "$folder/output" >&2; exit 1; }
    echo "$launcher, $count processes: the bits of $count started by hand"
}

for count in 2 4; do
    training "by-hand-$count"
    members=()
    port=$((20000 + RANDOM % 20000))
    for ((rank = 0; rank < count; rank++)); do
        RANK=$rank WORLD_SIZE=$count MASTER_ADDR=127.0.0.1 MASTER_PORT=$port "${words[@]}" >"$folder/output-$rank" 2>&1 &
        members+=($!)
    done
    for ((rank = 0; rank < count; rank++)); do
        wait "${members[$rank]}" || { echo "launchers.sh: process $rank of $count failed:" >&2; cat "$folder/output-$rank" >&2; exit 1; }
    done
done

torchrun=.deps/peers/bin/torchrun
if [[ -x $torchrun ]]; then
    for count in 2 4; do
        launch torchrun $count $torchrun --standalone --nproc-per-node $count --no-python
    done
else
    echo "torchrun is not checked: not installed (Scripts/peers.sh)"
fi

if command -v mpirun.openmpi >/dev/null; then
    # Open MPI asks twice whether root may.
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    for count in 2 4; do
        launch mpirun $count mpirun.openmpi -n $count --oversubscribe --bind-to none
    done
else
    echo "Open MPI's mpirun is not checked: not installed (apt-get install openmpi-bin)"
fi

if command -v mpiexec.hydra >/dev/null; then
    for count in 2 4; do
        launch mpiexec.hydra $count mpiexec.hydra -n $count
    done
else
    echo "MPICH's mpiexec.hydra is not checked: not installed (apt-get install mpich)"
fi
