#!/usr/bin/env bash
# Makes pages of all public declarations, room by room, in .build/docs: Swift's own tools on what `make build` has built.
# A link to nothing, or a parameter that is not there, is an error; that a parameter whose name says all has no words is not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/common.sh

readonly rooms="Torch Columns Jets Networks Objectives Training Curvature Statistics Report Studies Export"
export PKG_CONFIG_PATH=$PWD/.deps/pkgconfig
maps=()
for map in Sources/*/module.modulemap .build/release/*.build/module.modulemap .build/checkouts/*/Sources/*/include/module.modulemap; do
    [[ ! -e $map ]] || maps+=(-Xcc "-fmodule-map-file=$map")
done
read -ra flags <<<"$(pkg-config --cflags hdf5 | sed 's/-I/-Xcc -I/g')"
tools=$(dirname "$(readlink -f "$(command -v swift)")")
graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT
for room in $rooms; do
    mkdir -p "$graphs/$room"
    "$tools/swift-symbolgraph-extract" -module-name "$room" -I .build/release/Modules "${maps[@]}" ${flags[@]+"${flags[@]}"} \
        -I Sources/CRandom/include -target x86_64-unknown-linux-gnu -minimum-access-level public -skip-inherited-docs \
        -skip-synthesized-members -output-dir "$graphs/$room" || fail "no symbols of $room" "Run \`make build\` first."
    rm -rf ".build/docs/$room"
    mkdir -p .build/docs
    "$tools/docc" convert "Sources/$room/$room.docc" --additional-symbol-graph-dir "$graphs/$room" \
        --fallback-display-name "$room" --fallback-bundle-identifier "goldstone.$room" \
        --transform-for-static-hosting --output-path ".build/docs/$room" >"$graphs/$room.log" 2>&1 ||
        { cat "$graphs/$room.log" >&2; fail "no pages of $room"; }
    grep -E '^(warning|error):' "$graphs/$room.log" | grep -v "is missing documentation" >"$graphs/mistakes" || continue
    failed=1
    grep -A 2 -F -f "$graphs/mistakes" "$graphs/$room.log" >&2
done
[[ -z ${failed:-} ]] || fail "the rooms' pages have mistakes"
say "open one with: python3 -m http.server -d .build/docs/Curvature, then /documentation/curvature"
