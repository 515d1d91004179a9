#!/usr/bin/env bash
# Makes a release archive, dist/goldstone-VERSION-linux-x86_64.tar.xz: the command with Swift's runtime in it, HDF5's library
# and the jets of the sample, to be unpacked anywhere on a machine without Swift. LibTorch is not in it: `bin/goldstone` looks
# for it in TORCH_HOME, beside the archive's own folder (libtorch), and in the torch package of python3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/common.sh

export PKG_CONFIG_PATH=$PWD/.deps/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
say "building the command with Swift's runtime inside (a build folder of its own, .build-dist)"
swift build -c release --static-swift-stdlib --product goldstone --scratch-path .build-dist

version=$(sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/Studies/Environment.swift)
name=goldstone-$version-linux-x86_64
rm -rf "dist/$name"
mkdir -p "dist/$name"/{bin,lib,libexec,Data/sample,Examples}
install -s .build-dist/release/goldstone "dist/$name/libexec/goldstone"
cp Data/sample/jets.h5 "dist/$name/Data/sample/"
cp -r LICENSE NOTICE CITATION.cff README.md docs "dist/$name/"
rm -rf "dist/$name/docs/results"
cp -r Examples/pytorch "dist/$name/Examples/"
# HDF5 and what it needs beyond the C library; zlib and the C++ library are everywhere.
ldd .build-dist/release/goldstone | awk '$3 ~ /^\// { print $3 }' | grep -E '/lib(hdf5|sz|aec|crypto|curl)[_.-]' | while read -r library; do
    cp -L "$library" "dist/$name/lib/"
done
cat >"dist/$name/bin/goldstone" <<'RUN'
#!/bin/bash
# Finds LibTorch and starts the command.
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
torch=${TORCH_HOME:-}
[[ -n $torch || ! -e $here/libtorch ]] || torch=$here/libtorch
if [[ -z $torch ]]; then
    # Found without importing it, which takes seconds.
    torch=$(python3 -c 'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")' 2>/dev/null)
fi
if [[ ! -e $torch/lib/libtorch_cpu.so ]]; then
    echo "goldstone: no LibTorch: set TORCH_HOME to a folder with lib/libtorch_cpu.so (the torch package of Python is one:" >&2
    echo "  pip install torch), or link such a folder as $here/libtorch" >&2
    exit 69
fi
export LD_LIBRARY_PATH=$here/lib:$torch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
exec "$here/libexec/goldstone" "$@"
RUN
chmod +x "dist/$name/bin/goldstone"
tar -C dist --owner=0 --group=0 --sort=name -cJf "dist/$name.tar.xz.part" "$name"
mv "dist/$name.tar.xz.part" "dist/$name.tar.xz"
say "dist/$name.tar.xz: $(($(stat -c %s "dist/$name.tar.xz") / 1000000)) MB"
