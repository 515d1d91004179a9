#!/usr/bin/env bash
# Does a small study through a real Slurm on this machine, and one training over two processes of srun. Installs Debian's
# slurm-wlm where it is missing (as root) and starts a cluster of one node for itself; without either it says so and ends with 0.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v slurmctld >/dev/null; then
    [[ $(id -u) == 0 ]] || { echo "slurm.sh: not checked: no Slurm here, and no right to install it"; exit 0; }
    apt-get install -y --no-install-recommends slurm-wlm munge >/dev/null
fi
[[ $(id -u) == 0 ]] || { echo "slurm.sh: not checked: a cluster of one's own needs root"; exit 0; }

folder=$(mktemp -d)
started=()
end() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap end EXIT
export SLURM_CONF=$folder/slurm.conf
node=$(hostname -s)
mkdir "$folder/state" "$folder/spool"
cat >"$SLURM_CONF" <<CONF
ClusterName=check
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
AuthType=auth/munge
CryptoType=crypto/munge
SlurmUser=root
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=sched_interval=1,sched_min_interval=0
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(($(awk '/MemTotal/ { print $2 }' /proc/meminfo) / 1100)) State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
if ! munge -n >/dev/null 2>&1; then
    [[ -s /etc/munge/munge.key ]] || { mungekey --create 2>/dev/null || dd if=/dev/urandom of=/etc/munge/munge.key bs=1024 count=1 status=none; }
    chown munge: /etc/munge/munge.key; chmod 400 /etc/munge/munge.key
    mkdir -p /run/munge && chown munge: /run/munge
    runuser -u munge -- munged --force
fi
slurmctld -D & started+=($!)
slurmd -D & started+=($!)
for _ in $(seq 60); do
    [[ $(sinfo -h -o %T 2>/dev/null) == idle ]] && break
    sleep 1
done
[[ $(sinfo -h -o %T) == idle ]] || { echo "slurm.sh: the node does not come up" >&2; tail "$folder"/*.log >&2; exit 1; }

goldstone=.build/release/goldstone
cat >"$folder/study.yaml" <<STUDY
preset: smoke
seeds: [1]
measures: [evaluation, curvature, invariance]
data: {trainingJets: 400, validationJets: 100, testJets: 200}
network: {width: 8, heads: 2, feedForward: 8, head: [8]}
training: {epochs: 1}
STUDY
$goldstone study "$folder/study.yaml" --output "$folder/farm" --threads 1 --submit slurm
while [[ -n $(squeue -h) ]]; do sleep 1; done
$goldstone status "$folder/farm"
$goldstone study "$folder/study.yaml" --output "$folder/one" >/dev/null
for result in {un,}constrained/seed-1/{weights.safetensors,scores.h5} evaluation.md report.html; do
    [[ -s $folder/farm/$result ]] || { echo "slurm.sh: $result is missing" >&2; cat "$folder"/farm/batch/log/* >&2; exit 1; }
    [[ $result == report.html ]] || cmp "$folder/farm/$result" "$folder/one/$result"
done
srun --ntasks 2 $goldstone train "$folder/study.yaml" --threads 1 --output "$folder/shared"
test -s "$folder/shared/unconstrained/seed-1/weights.safetensors"
echo "Slurm's jobs did the study to the same bits, and two processes of srun a training"
