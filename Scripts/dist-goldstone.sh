#!/bin/bash
# Finds LibTorch and starts the command (libexec/goldstone). In a release archive this is bin/goldstone.
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
needed=$(<"$here/libexec/libtorch-version")

fail() {
    printf 'goldstone: %s\n' "$@" >&2
    exit 69
}

has_libtorch() { [[ -n $1 && -e $1/lib/libtorch_cpu.so ]]; }

# Python's torch package, found without importing it, which takes seconds.
package() {
    python3 -c 'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")' 2>/dev/null
}

# The version of the LibTorch in $1, as its Python package, its archive or its headers tell it: 2.13.
version() {
    {
        sed -n "s/^__version__ = '\([0-9.]*\).*/\1/p" "$1/version.py"
        cat "$1/build-version"
        sed -n 's/^#define TORCH_VERSION_M[AI][JN]OR \([0-9]*\).*/\1/p' "$1/include/torch/headeronly/version.h" | paste -sd .
    } 2>/dev/null | sed -n 's/^\([0-9]*\.[0-9]*\).*/\1/p' | head -n 1
}

if has_libtorch "${TORCH_HOME:-}"; then
    torch=$(cd "$TORCH_HOME" && pwd -P)
elif has_libtorch "$here/libtorch"; then
    torch=$here/libtorch
else
    torch=$(package)
fi
if ! has_libtorch "$torch"; then
    fail "no LibTorch $needed: install PyTorch's package for the python3 on the PATH (pip install 'torch==$needed.*')," \
        "  or set TORCH_HOME to a folder with lib/libtorch_cpu.so, or link such a folder as $here/libtorch" \
        ${TORCH_HOME:+"  (TORCH_HOME is $TORCH_HOME, which has none)"}
fi
# LibTorch's interface changes from one minor version to the next: another one would fail anywhere, or compute nonsense.
found=$(version "$torch")
if [[ $found != "$needed" ]]; then
    fail "the LibTorch in $torch is ${found:-of an unknown version}; this program is built for $needed" \
        "  (pip install 'torch==$needed.*', or set TORCH_HOME to the folder of a LibTorch $needed)"
fi
if [[ -n ${TORCH_HOME:-} && ! $torch -ef $TORCH_HOME ]]; then
    echo "goldstone: TORCH_HOME ($TORCH_HOME) has no lib/libtorch_cpu.so; taking LibTorch from $torch" >&2
fi

# The jobs of a farm take the same; programs in Python have their own libraries.
export TORCH_HOME=$torch GOLDSTONE_LIBRARY_PATH=${GOLDSTONE_LIBRARY_PATH-${LD_LIBRARY_PATH:-}}
export LD_LIBRARY_PATH=$torch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
exec "$here/libexec/goldstone" "$@"
