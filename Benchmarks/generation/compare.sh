#!/bin/sh
# Generates jets with one thing changed at a time and sets each beside the published figures: docs/generator.md shows the
# table. JETS a setting (2500, of five classes) take about ten seconds on two quiet cores.
set -eu
cd "$(dirname "$0")/../.."
program=$(swift build -c release --show-bin-path)/goldstone-generate
folder=${FOLDER:-runs/generation}
mkdir -p "$folder"
printf '111:mayDecay = off\n' >"$folder/stable-pions.cmnd"
printf '111:mayDecay = off\nParticleDecays:limitTau0 = on\nParticleDecays:tau0Max = 10\n' >"$folder/stable.cmnd"

make() {
    name=$1
    shift
    "$program" --output "$folder/$name.h5" --jets "${JETS:-2500}" "$@" >/dev/null
}
make default
make no-detector --no-detector
make no-smearing --smearing 0
make coarse-cells --hadronic-cell 0.087 --electromagnetic-cell 0.087
make threshold-1-GeV --threshold 1
make no-underlying-event --no-underlying-event
make stable-pions --commands "$folder/stable-pions.cmnd"
make stable-pions-and-strange --commands "$folder/stable.cmnd"
make radius-0.4 --radius 0.4
make radius-0.4-no-detector --radius 0.4 --no-detector
cd "$folder"
exec python3 "$OLDPWD/Benchmarks/generation/compare.py" default.h5 no-detector.h5 no-smearing.h5 coarse-cells.h5 \
    threshold-1-GeV.h5 no-underlying-event.h5 stable-pions.h5 stable-pions-and-strange.h5 radius-0.4.h5 \
    radius-0.4-no-detector.h5
