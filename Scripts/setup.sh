#!/usr/bin/env bash
# Installs what Goldstone builds and runs with, as far as it is missing. Every make target calls it first; where all is
# there it changes nothing and takes a fraction of a second.
#
#   Debian packages    HDF5, zlib, pkg-config, Python with pip (needs root; without, it says what to install)
#   .deps/python       PyTorch's wheel, whose C++ libraries are LibTorch; NumPy; the figure renderer
#   .deps/libtorch     a link to LibTorch: PyTorch's wheel, or what TORCH_HOME points at
#   .deps/pkgconfig    where LibTorch is, for the Swift package manager
#
# TORCH_HOME=FOLDER    uses the LibTorch in FOLDER (with include/ and lib/) and installs no PyTorch
#
# Where pip looks for packages is the user's own pip configuration.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

source Scripts/common.sh

readonly oldest_torch=2.11   # what a LibTorch of the user's own must be at least
# The default build's CPU library loads these two of CUDA's libraries, and needs none of its several GB else.
readonly cuda_for_cpu_library=(nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)
readonly debian_packages="libhdf5-dev zlib1g-dev pkg-config python3 python3-pip"
readonly elsewhere="HDF5 and zlib must be known to pkg-config as 'hdf5' and 'zlib'."

# --- Swift and the system's libraries -------------------------------------------------------------------------------

command -v swift >/dev/null || fail "there is no 'swift' on the PATH" "Install Swift 6.3 from swift.org, then try again."

missing_from_system() {
    command -v pkg-config >/dev/null || { echo pkg-config libhdf5-dev zlib1g-dev; return; }
    pkg-config --exists hdf5 || echo libhdf5-dev
    pkg-config --exists zlib || echo zlib1g-dev
    command -v python3 >/dev/null || echo python3
}

mapfile -t missing < <(missing_from_system | tr ' ' '\n')
if ((${#missing[@]} > 0)); then
    install_from_system "${missing[@]}"
    mapfile -t missing < <(missing_from_system | tr ' ' '\n')
    ((${#missing[@]} == 0)) || fail "still missing after the installation: ${missing[*]}"
fi

# --- PyTorch's wheel, NumPy, the figure renderer --------------------------------------------------------------------

lock_dependencies

# The wheel leaves PACKAGE-VERSION.dist-info behind, with '_' for '-' in the package's name.
installed() {
    local found
    for found in .deps/python/"${1//-/_}-$2"{,+*}.dist-info; do [[ -d $found ]] && return; done
    return 1
}

all_installed() {
    local package version
    while IFS='=' read -r package _ version; do
        [[ -z $package || $package == '#'* ]] || installed "$package" "$version" || return 1
    done <Scripts/requirements.txt
    [[ -n ${TORCH_HOME:-} ]] || installed torch "$torch_version"
}

# Installs what the requirements name and "$@" (more options and packages of pip) into the new folder.
install() {
    pip_install python3 -m pip install --no-compile --target "$new" --requirement Scripts/requirements.txt "$@"
}

install_with_torch() {
    # '===' leaves pip no choice of another build of the same version.
    if has_nvidia_gpu; then
        say "installing PyTorch $torch_version with CUDA (several GB) and the figure renderer into .deps/python"
        install "torch===$torch_version"
        return
    fi
    say "installing PyTorch $torch_version (CPU) and the figure renderer into .deps/python"
    install --no-deps "torch===$torch_version+cpu" && return
    pip_found_no_torch || return 1
    say "pip finds no CPU build of PyTorch $torch_version (that message is harmless);" \
        "installing the default one without its CUDA stack: Python can't import it, Goldstone can use it"
    install --no-deps "torch===$torch_version" "${cuda_for_cpu_library[@]}"
}

install_python_packages() {
    if ! python3 -m pip --version >/dev/null 2>&1; then
        install_from_system python3-pip
        python3 -m pip --version >/dev/null || fail "$(command -v python3) has no pip" "Install pip for it, then try again."
    fi
    # Into a folder of another name, so that an interrupted installation leaves none that looks complete.
    rm -rf .deps/python.part-* .deps/python.old
    new=$PWD/.deps/python.part-$$
    log=$new.log
    trap 'rm -rf "$new" "$log"' EXIT
    if [[ -n ${TORCH_HOME:-} ]]; then
        say "installing NumPy and the figure renderer into .deps/python"
        install --no-deps
    else
        install_with_torch
    fi || fail "pip could not install what .deps/python needs" "What it said stands above." \
        "PyTorch can also come from elsewhere: TORCH_HOME=FOLDER, with LibTorch's include/ and lib/ in FOLDER."
    if [[ -e .deps/python ]]; then mv .deps/python .deps/python.old; fi
    mv "$new" .deps/python
    rm -rf .deps/python.old
}

all_installed || install_python_packages

# --- LibTorch -------------------------------------------------------------------------------------------------------

if [[ -n ${TORCH_HOME:-} ]]; then
    [[ -d $TORCH_HOME ]] || fail "TORCH_HOME=$TORCH_HOME is no folder"
    libtorch=$(cd "$TORCH_HOME" && pwd -P)
    target=$libtorch
    advice="TORCH_HOME must name a LibTorch of version $oldest_torch or later: a folder with include/ and lib/."
else
    libtorch=.deps/python/torch
    target=python/torch
    advice="Remove .deps and try again."
fi

for file in include/torch/csrc/api/include/torch/version.h include/ATen/core/dispatch/Dispatcher.h \
    lib/libtorch_cpu.so lib/libc10.so; do
    [[ -e $libtorch/$file ]] || fail "$libtorch has no $file, so it is no whole LibTorch" "$advice"
done

# Later versions of LibTorch keep the numbers in a header of their own, which the one in csrc includes.
version_part() {
    cat "$libtorch"/include/torch/{headeronly,csrc/api/include/torch}/version.h 2>/dev/null |
        sed -n "s/^#define TORCH_VERSION_$1 \([0-9][0-9]*\).*/\1/p" | head -n 1
}
version=$(version_part MAJOR || true).$(version_part MINOR || true).$(version_part PATCH || true)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "the version of the LibTorch in $libtorch can't be read" "$advice"
[[ $(printf '%s\n' "$oldest_torch" "$version" | sort -V | head -n 1) == "$oldest_torch" ]] ||
    fail "the LibTorch in $libtorch is $version, older than $oldest_torch" "$advice"

absent=$(ldd "$libtorch/lib/libtorch_cpu.so" | sed -n 's/^\t*\(.*\) => not found.*/\1/p' | sort -u | paste -sd ' ')
[[ -z $absent ]] || fail "the LibTorch in $libtorch can't be loaded: the system has no $absent" "$advice"

if [[ $(readlink .deps/libtorch || true) != "$target" ]]; then
    ln -sfn "$target" .deps/libtorch.new
    mv -T .deps/libtorch.new .deps/libtorch
    say "LibTorch $version in $libtorch"
fi

# The package manager asks pkg-config's files where LibTorch is; .deps may be a link, so the path is the real one.
deps=$(cd .deps && pwd -P)
pc="prefix=$deps/libtorch
Name: goldstone-libtorch
Description: LibTorch
Version: $version
Cflags: -I\${prefix}/include -I\${prefix}/include/torch/csrc/api/include
Libs: -L\${prefix}/lib -ltorch_cpu -lc10"
mkdir -p .deps/pkgconfig
if [[ $(cat .deps/pkgconfig/goldstone-libtorch.pc 2>/dev/null || true) != "$pc" ]]; then
    printf '%s\n' "$pc" >.deps/pkgconfig/goldstone-libtorch.pc.new
    mv .deps/pkgconfig/goldstone-libtorch.pc.new .deps/pkgconfig/goldstone-libtorch.pc
fi

# Where Pythia is not installed, a file without flags: the package manager would warn of a missing one in every build.
# Scripts/generator.sh puts the real one in its place.
if [[ ! -e .deps/pkgconfig/goldstone-pythia8.pc ]]; then
    printf '%s\n' "Name: goldstone-pythia8" "Description: no Pythia; make generator installs it" "Version: 0" "Cflags:" \
        "Libs:" >.deps/pkgconfig/goldstone-pythia8.pc.new
    mv .deps/pkgconfig/goldstone-pythia8.pc.new .deps/pkgconfig/goldstone-pythia8.pc
fi
