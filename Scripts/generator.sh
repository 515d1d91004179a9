#!/bin/sh
# Installs Pythia 8 (with FastJet's core, which comes with it) for `goldstone generate`, into .deps/pythia of the
# project. Nothing else in the project needs it. A second run does nothing; a run that was stopped goes on.
#
# Pythia comes as source from PyPI's package `pythia8mc`, because the binary wheels there bring no headers.
# Pythia and FastJet are licensed GPL-2.0-or-later.
#
#   PYTHON   the Python whose pip fetches the source package   (python3)
#   CXX      the C++ compiler     (clang++ of the Swift toolchain: objects of another compiler may not link with ours)
#   JOBS     compilers at a time                               (one a core)
set -eu

version=8.318.0
sha256=26e8b38592e2c45cfc46235ac2efb9031781adfe7bf824cb68d29b2108232b57
folder=pythia8318 # the source package's own folder

cd "$(dirname "$0")/.."
mkdir -p .deps/pkgconfig
deps=$(cd .deps && pwd -P)
prefix=$deps/pythia
work=$deps/pythia.building
pkgconfig=$deps/pkgconfig/goldstone-pythia8.pc
stamp="pythia $version in $prefix"

fail() {
    echo "generator.sh: $*" >&2
    exit 1
}

# The set-up leaves a file without flags where Pythia is not installed.
if grep -q -- -lpythia8 "$pkgconfig" 2>/dev/null && [ "$(cat "$prefix/installed" 2>/dev/null)" = "$stamp" ]; then
    echo "Pythia $version is installed in .deps/pythia"
    exit 0
fi

# Two runs at once would write the same objects.
mkdir -p "$work"
if command -v flock >/dev/null; then
    exec 9>"$work/lock"
    flock -n 9 || fail "another run is installing Pythia now; wait for it to end"
fi

python=${PYTHON:-python3}
command -v "$python" >/dev/null || fail "no $python: install Python 3 with pip (apt-get install python3-pip), or set PYTHON"
"$python" -m pip --version >/dev/null 2>&1 || fail "$python has no pip: apt-get install python3-pip, or set PYTHON"
if [ -z "${CXX:-}" ]; then
    CXX=clang++
    swift=$(command -v swift || true)
    # Swift may be a link into its toolchain, whose clang++ need not be on the path.
    [ -z "$swift" ] || [ ! -x "$(dirname "$(readlink -f "$swift")")/clang++" ] ||
        CXX=$(dirname "$(readlink -f "$swift")")/clang++
fi
command -v "$CXX" >/dev/null || fail "no C++ compiler ($CXX): install the Swift toolchain, or set CXX"
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN)}

archive=$work/pythia8mc-$version.tar.gz
if [ ! -f "$archive" ]; then
    echo "Fetching Pythia $version (22 MB)"
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary pythia8mc \
        -d "$work" "pythia8mc==$version" || fail "pip could not fetch pythia8mc==$version: is PyPI reachable?"
fi
found=$(sha256sum "$archive" | cut -d' ' -f1)
if [ "$found" != "$sha256" ]; then
    rm -f "$archive"
    fail "pythia8mc-$version.tar.gz has SHA-256 $found, not $sha256: it was removed; run this again"
fi

source=$work/pythia8mc-$version/$folder
[ -f "$work/unpacked" ] || { tar xzf "$archive" -C "$work" && touch "$work/unpacked"; } ||
    fail "cannot unpack $archive: is the disk full?"

# Objects are made under a temporary name, so that each one that is there is whole.
export CXX source work prefix
mkdir -p "$work/objects"
echo "Compiling Pythia $version with $CXX, $JOBS at a time (about 6 minutes of processor time)"
ls -S "$source"/src/*.cc | xargs -P "$JOBS" -I{} sh -c '
    object=$work/objects/$(basename "{}" .cc).o
    [ -f "$object" ] && exit 0
    "$CXX" -std=c++17 -O2 -fPIC -w -DNOPLUGIN -DFJCORE_HAVE_LIMITED_THREAD_SAFETY= \
        -DXMLDIR="\"$prefix/share/Pythia8/xmldoc\"" -I"$source/plugins/python/include" -c "{}" -o "$object.part" &&
        mv "$object.part" "$object"' || fail "Pythia did not compile: the compiler's message is above"

# What is needed at run time: particle and settings data, tunes, and the parton densities of the Monash tune.
rm -rf "$prefix"
mkdir -p "$prefix/include" "$prefix/lib" "$prefix/share/Pythia8/pdfdata"
cp -R "$source/plugins/python/include/Pythia8" "$prefix/include/"
cp -R "$source/share/Pythia8/xmldoc" "$source/share/Pythia8/tunes" "$prefix/share/Pythia8/"
cp "$source/share/Pythia8/pdfdata/NNPDF23_lo_as_0130_qed_0000.dat" "$prefix/share/Pythia8/pdfdata/"
ar rcs "$prefix/lib/libpythia8.a" "$work"/objects/*.o
cat >"$pkgconfig.part" <<END
prefix=$prefix
Name: goldstone-pythia8
Description: Pythia 8 event generator, with FastJet's core
Version: $version
Cflags: -I\${prefix}/include
Libs: -L\${prefix}/lib -lpythia8 -ldl
END
mv "$pkgconfig.part" "$pkgconfig"
echo "$stamp" >"$prefix/installed"
rm -rf "$work"
echo "Pythia $version is installed in .deps/pythia"
