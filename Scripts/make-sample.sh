#!/bin/sh
# Makes the jets that ship with the repository, Data/sample/jets.h5, anew. The result is the same file, to the last bit,
# on every machine with the same versions of Pythia and FastJet. Takes about four minutes on two cores.
#
# W and gluon jets for training, validation and tests; Z and top for tests outside of the training's classes; all jets
# that the matching finds, contained or not, as in the data set. 32 constituents and their momenta alone, with 13 bits of
# mantissa, which keep the file small: see docs/generator.md for what that does to the masses.
set -eu
cd "$(dirname "$0")/.."
export PKG_CONFIG_PATH="$PWD/.deps/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
Scripts/generator.sh
swift build -c release --product goldstone-generate
exec "$(swift build -c release --show-bin-path)/goldstone-generate" --output Data/sample/jets.h5 --seed 1 \
    --gluon 22000 --quark 4000 --w 22000 --z 6000 --top 6000 \
    --constituents 32 --columns momenta --mantissa-bits 13 --deflate 9 "$@"
