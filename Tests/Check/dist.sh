#!/usr/bin/env bash
# Unpacks the release archive (`make dist`) elsewhere and uses it in a sandbox that shows the system's programs and libraries,
# a LibTorch and the archive, but neither Swift nor this checkout. Needs bubblewrap; without it it says so and ends with 0.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v bwrap >/dev/null || { echo "dist.sh: not checked: no bubblewrap here (apt-get install bubblewrap)"; exit 0; }
archive=$(ls -t dist/goldstone-*-linux-x86_64.tar.xz | head -n 1)
libtorch=$(readlink -f .deps/libtorch)
packages=$(readlink -f .deps/python)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "dist.sh: $*" >&2; exit 1; }

(($(stat -c %s "$archive") < 64000000)) || fail "$archive has $(stat -c %s "$archive") bytes"
grep -q "^    version=$(sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/Studies/Environment.swift)$" Scripts/goldstone.def ||
    fail "Scripts/goldstone.def is of another version"
mkdir "$folder/moved" "$folder/results"
tar -C "$folder/moved" --strip-components 1 -xf "$archive"

# --- What it loads --------------------------------------------------------------------------------------------------

program=$folder/moved/libexec/goldstone
loaded=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | paste -sd ' ')
for library in $loaded; do
    case $library in
        libtorch_cpu.so | libc10.so | libstdc++.so.6 | libgcc_s.so.1 | libm.so.6 | libc.so.6 | ld-linux-x86-64.so.2) ;;
        *) fail "the program loads $library" ;;
    esac
done
# What RHEL 9 and Ubuntu 22.04 have.
newest() { objdump -T "$program" | grep -o "$1_[0-9.]*" | sort -Vu | tail -n 1; }
for limit in GLIBC_2.34 GLIBCXX_3.4.29; do
    [[ $(printf '%s\n' $limit "$(newest ${limit%%_*})" | sort -V | tail -n 1) == "$limit" ]] ||
        fail "the program needs $(newest ${limit%%_*}), newer than $limit"
done
places=$(readelf -d "$program" | sed -n 's/.*(R.*PATH).*\[\(.*\)\]/\1/p')
[[ ! :$places =~ :/ ]] || fail "the program looks for libraries in this machine's folders: $places"

# --- Sandboxes ------------------------------------------------------------------------------------------------------

torch=(--ro-bind "$libtorch" /elsewhere/torch)
# What "$@" does there: options of bwrap, then --, then words.
sandbox() {
    local options=()
    while [[ $1 != -- ]]; do options+=("$1"); shift; done
    shift
    bwrap --unshare-all --die-with-parent --clearenv --setenv PATH /usr/bin:/bin --setenv HOME /tmp --setenv LANG C.UTF-8 \
        --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
        --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache --ro-bind-try /etc/alternatives /etc/alternatives \
        --proc /proc --dev /dev --tmpfs /tmp --ro-bind "$folder/moved" /opt/goldstone --bind "$folder/results" /results \
        --chdir /results "${options[@]}" "$@"
}
# As that, with a LibTorch.
there() { sandbox "${torch[@]}" --setenv TORCH_HOME /elsewhere/torch "$@"; }
goldstone=/opt/goldstone/bin/goldstone

! sandbox -- /bin/bash -c 'command -v swift || ls -d /opt/swift /usr/lib/swift' >/dev/null 2>&1 ||
    fail "the sandbox shows a Swift"

# With the status $1 and the words $2 in what is said.
must() {
    local status=$1 words=$2 ended=0
    shift 2
    "$@" >"$folder/said" 2>&1 || ended=$?
    if ((ended != status)) || ! grep -qF -- "$words" "$folder/said"; then
        cat "$folder/said" >&2
        fail "status $ended, not $status with “$words”: $*"
    fi
}

# --- LibTorch -------------------------------------------------------------------------------------------------------

# The places where it is looked for, one after the other.
must 69 "no LibTorch" sandbox -- $goldstone doctor
must 69 "TORCH_HOME is /elsewhere, which has none" sandbox --setenv TORCH_HOME /elsewhere -- $goldstone doctor
version=$(<"$folder/moved/libexec/libtorch-version")
must 0 "LibTorch          $version" there -- $goldstone doctor
grep -q "not in a checkout" "$folder/said" || fail "doctor: $(<"$folder/said")"
must 0 "LibTorch          $version" sandbox --ro-bind "$libtorch" /packages/torch --setenv PYTHONPATH /packages \
    --setenv TORCH_HOME /tmp -- $goldstone doctor
grep -q "TORCH_HOME (/tmp) has no lib/libtorch_cpu.so; taking LibTorch from /packages/torch" "$folder/said" || fail "$(<"$folder/said")"
cp -r "$folder/moved" "$folder/beside"
ln -s /elsewhere/torch "$folder/beside/libtorch"
must 0 "LibTorch          $version" sandbox "${torch[@]}" --ro-bind "$folder/beside" "/opt/a folder" -- "/opt/a folder/bin/goldstone" doctor
# By a link on the PATH.
must 0 "LibTorch          $version" there --symlink $goldstone /tmp/goldstone --setenv PATH /usr/bin:/bin:/tmp -- goldstone doctor

# Of another version, or of none.
mkdir -p "$folder/other/lib"
touch "$folder/other/lib/libtorch_cpu.so"
other=(--ro-bind "$folder/other" /elsewhere/torch --setenv TORCH_HOME /elsewhere/torch)
must 69 "of an unknown version; this program is built for $version" sandbox "${other[@]}" -- $goldstone doctor
echo 2.9.1+cpu >"$folder/other/build-version"
must 69 "the LibTorch in /elsewhere/torch is 2.9; this program is built for $version" sandbox "${other[@]}" -- $goldstone doctor
echo "LibTorch is found in TORCH_HOME, beside the archive and as Python's package; none, or another version, is an error"

# --- Commands -------------------------------------------------------------------------------------------------------

cat >"$folder/results/study.yaml" <<STUDY
preset: smoke
seeds: [1]
STUDY
python=(--ro-bind "$packages" /packages --setenv GOLDSTONE_PYTHON_PATH /packages)
must 0 "report   drawn/report.html" there "${python[@]}" -- $goldstone study study.yaml --output drawn
must 0 "figures           drawn by vl-convert" there "${python[@]}" -- $goldstone doctor
must 0 "report   plain/report.html" there -- $goldstone study study.yaml --output plain
grep -q "no figure is drawn, only specifications are written: the Python package vl-convert-python is not installed" "$folder/said" ||
    fail "no word about figures: $(<"$folder/said")"
for result in {drawn,plain}/{report.html,unconstrained/seed-1/weights.safetensors}; do
    [[ -s $folder/results/$result ]] || fail "$result is missing"
done
[[ -n $(find "$folder/results/drawn" -name '*.svg' -print -quit) ]] || fail "no figure is drawn"
[[ -z $(find "$folder/results/plain" -name '*.svg' -print -quit) ]] || fail "a figure is drawn without vl-convert"

weights=drawn/unconstrained/seed-1/weights.safetensors
must 0 ".onnx" there -- $goldstone export $weights --study study.yaml --output exported
grep -q "no Python here has onnxruntime" "$folder/said" || fail "no word about ONNX Runtime: $(<"$folder/said")"
[[ -n $(find "$folder/results/exported" -name '*.onnx' -print -quit) ]] || fail "no ONNX file"
must 1 "Release archives have none, since Pythia and FastJet are under the GPL" there -- $goldstone generate --help
must 0 "jobs     farm/batch/submit.sh" there -- $goldstone study study.yaml --output farm --submit slurm --dry-run
grep -q "exec '$goldstone' study" "$folder/results/farm/batch/step.sh" || fail "jobs don't start the archive's script"

# The same bits as the command that was built here.
here=.build/release/goldstone
if [[ -x $here ]]; then
    $here study "$folder/results/study.yaml" --output "$folder/here" >/dev/null 2>&1
    for result in {un,}constrained/seed-1/{weights.safetensors,scores.h5}; do
        cmp "$folder/results/drawn/$result" "$folder/here/$result"
    done
    echo "it trains to the bits of $here"
fi
echo "$archive: $(($(stat -c %s "$archive") / 1000000)) MB, needs $(newest GLIBC) and $(newest GLIBCXX); loads $loaded"
