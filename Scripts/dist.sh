#!/usr/bin/env bash
# Makes a release archive, dist/goldstone-VERSION-linux-x86_64.tar.xz: the command with Swift's runtime and HDF5 in it, and
# the jets of the sample, to be unpacked anywhere on a machine without Swift. LibTorch is not in it: `bin/goldstone` looks
# for one of the same version in TORCH_HOME, in the archive's own folder (libtorch), and in the torch package of python3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/common.sh

version=$(sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/Studies/Environment.swift)
archive=goldstone-$version-linux-x86_64
build=$PWD/.build-dist
torch=$(sed -n 's/^Version: \([0-9]*\.[0-9]*\).*/\1/p' .deps/pkgconfig/goldstone-libtorch.pc)

# --- The program ----------------------------------------------------------------------------------------------------

# HDF5, libaec (its szip filter) and zlib are linked in from their static libraries: Debian's shared HDF5 brings in, for
# files in the cloud, some thirty libraries of a web client. The linker takes the static ones because the folder with links
# to them comes first and has no others.
mkdir -p "$build/static" "$build/pkgconfig"
libraries=$(gcc -print-multiarch 2>/dev/null || true)
for library in hdf5/serial/libhdf5 libsz libaec libz; do
    file=/usr/lib/$libraries/$library.a
    [[ -e $file ]] || fail "there is no $file" "On Debian: apt-get install libhdf5-dev libaec-dev zlib1g-dev"
    ln -sf "$file" "$build/static/"
done
cat >"$build/pkgconfig/hdf5.pc" <<PC
Name: hdf5
Description: HDF5, static
Version: $(pkg-config --modversion hdf5)
Cflags: $(pkg-config --cflags hdf5)
Libs: -L$build/static -lhdf5 -lsz -laec -lz -lm -ldl
PC
cat >"$build/pkgconfig/zlib.pc" <<PC
Name: zlib
Description: zlib, static
Version: $(pkg-config --modversion zlib)
Libs: -L$build/static -lz
PC
export PKG_CONFIG_PATH=$build/pkgconfig:$PWD/.deps/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
# So that it runs with older systems' libraries too.
clang -O2 -fPIC -c Scripts/dist-symbols.c -o "$build/static/symbols.o"
wrapped=()
for symbol in hypot hypotf _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE; do
    wrapped+=(-Xlinker "--wrap=$symbol")
done
say "building the command with Swift's runtime inside (a build folder of its own, .build-dist)"
swift build -c release --static-swift-stdlib --product goldstone --scratch-path "$build" \
    -Xlinker "$build/static/symbols.o" "${wrapped[@]}"

# --- The archive ----------------------------------------------------------------------------------------------------

folder=dist/$archive
rm -rf "$folder"
mkdir -p "$folder"/{bin,libexec,licences,Data/sample,Examples}
install -s "$build/release/goldstone" "$folder/libexec/goldstone"
printf '%s\n' "$torch" >"$folder/libexec/libtorch-version"
install Scripts/dist-goldstone.sh "$folder/bin/goldstone"
cp Data/sample/jets.h5 "$folder/Data/sample/"
cp -r LICENSE NOTICE CITATION.cff README.md docs "$folder/"
cp -r Examples/pytorch "$folder/Examples/"
# What is measured and built where there is a GPU (docs/gpu.md).
mkdir -p "$folder"/{Scripts,Benchmarks}
cp Scripts/{common.sh,cuda-graphs.sh,cuda-graphs.cpp} "$folder/Scripts/"
cp -r Benchmarks/{gpu,training} "$folder/Benchmarks/"
find "$folder" -name __pycache__ -prune -exec rm -r {} +
# The licences of what is linked in.
cp "$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")/share/swift/LICENSE.txt" "$folder/licences/swift.txt"
for package in "$build"/checkouts/*/; do
    for file in "$package"{LICENSE,NOTICE}{,.txt}; do
        [[ ! -e $file ]] || cp "$file" "$folder/licences/$(basename "$package")-$(basename "$file" .txt | tr '[:upper:]' '[:lower:]').txt"
    done
done
for package in libhdf5-dev libaec-dev zlib1g-dev; do
    cp "/usr/share/doc/$package/copyright" "$folder/licences/$package.txt"
done
# Swift's Foundation has ICU in it; its licence comes with Debian's.
for file in /usr/share/doc/libicu*/copyright; do
    [[ ! -e $file ]] || cp "$file" "$folder/licences/icu.txt"
done

tar -C dist --owner=0 --group=0 --sort=name -cJf "dist/$archive.tar.xz.part" "$archive"
mv "dist/$archive.tar.xz.part" "dist/$archive.tar.xz"
say "dist/$archive.tar.xz: $(($(stat -c %s "dist/$archive.tar.xz") / 1000000)) MB, for LibTorch $torch"
