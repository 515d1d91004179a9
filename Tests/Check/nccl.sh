#!/usr/bin/env bash
# Checks sums over GPUs as far as that goes without a GPU: that NCCL's functions are declared as its header has them, that
# processes fall back to the host together where NCCL can't be used in all of them, that sums by NCCL go where they should (a
# library that stands in for NCCL), and that a lost process ends the others, which wait for their GPUs.
# nccl.sh OBJECTS: the folder with CTorch.build and CRandom.build. NCCL_HOME: a folder with include/nccl.h and
# lib/libnccl.so.2, CUDA_INCLUDE: one with cuda_runtime.h; without them the first check and the real library are left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
objects=${1:-.build/release}
here=Tests/Check/nccl
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "nccl.sh: $*" >&2; cat "$folder"/output-* >&2; exit 1; }

if [[ -n ${NCCL_HOME:-} ]]; then
    clang++ -std=c++20 -fsyntax-only -I"$NCCL_HOME/include" ${CUDA_INCLUDE:+-I"$CUDA_INCLUDE"} $here/interface.cpp
    echo "NCCL's functions are declared as in $(sed -n 's/^#define NCCL_VERSION_CODE.*//; s/^#define NCCL_M[AI][JN]OR \(.*\)/\1/p' \
        "$NCCL_HOME/include/nccl.h" | paste -sd .)'s nccl.h"
fi

clang -O1 -ISources/CTorch/include -c $here/member.c -o "$folder/member.o"
clang++ "$folder/member.o" "$objects"/{CTorch,CRandom}.build/*.o -L.deps/libtorch/lib -ltorch_cpu -lc10 -ldl \
    -Wl,-rpath,"$PWD/.deps/libtorch/lib" -o "$folder/member"
mkdir "$folder/stand-in"
clang -O1 -shared -fPIC $here/stand_in.c -o "$folder/stand-in/libnccl.so.2"

# Runs $1 processes; $2 is the folder of NCCL's library. Sets `status` to theirs.
run() {
    local count=$1 port=$((20000 + RANDOM % 20000)) members=() rank
    mkdir -p "$folder/sums" && rm -f "$folder"/sums/* "$folder"/output-*
    for ((rank = 0; rank < count; rank++)); do
        STAND_IN=$folder/sums LD_LIBRARY_PATH=$2 timeout 60 "$folder/member" $rank "$count" $port >"$folder/output-$rank" 2>&1 &
        members+=($!)
    done
    status=()
    for member in "${members[@]}"; do
        local ended=0
        wait "$member" 2>/dev/null || ended=$?
        status+=("$ended")
    done
}
said() { head -qn 1 "$folder"/output-* | sort -u; }

for count in 2 4; do
    run $count "$folder/stand-in"
    [[ $(said) == nccl && "${status[*]}" =~ ^0(\ 0)*$ ]] || fail "$count processes, stand-in: ${status[*]}"
done
echo "2 and 4 processes add up by NCCL's functions (a stand-in)"

STAND_IN_REFUSES=1 run 2 "$folder/stand-in"
[[ "${status[*]}" == "0 0" ]] && grep -q "NCCL: invalid usage (the stand-in refuses)" "$folder/output-1" &&
    grep -q "another process can't use NCCL" "$folder/output-0" || fail "one refuses: ${status[*]}"
echo "where one process can't use NCCL, all add up through the host"

run 2 /nonexistent
[[ "${status[*]}" == "0 0" && $(said) == *libnccl.so.2* ]] || fail "no library: ${status[*]}"
echo "without NCCL: through the host ($(said))"

start=$SECONDS
STAND_IN_DIES=1 run 2 "$folder/stand-in"
[[ "${status[*]}" == "75 137" ]] && grep -q "process 1 is lost" "$folder/output-0" || fail "one dies: ${status[*]}"
echo "a process that waits for a lost one's GPU ends after $((SECONDS - start)) s"

if [[ -n ${NCCL_HOME:-} ]]; then
    run 2 "$NCCL_HOME/lib"
    if [[ "${status[*]}" != "0 0" ]]; then fail "the real library: ${status[*]}"; fi
    echo "the real library: $(said)"
else
    echo "the real library is not checked: NCCL_HOME is not set"
fi
