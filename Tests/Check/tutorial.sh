#!/usr/bin/env bash
# Runs the commands of docs/tutorial.md as they stand, in a folder that is removed afterwards instead of runs/tutorial.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' docs/tutorial.md \
    | sed "s#runs/tutorial#$folder/tutorial#g" > "$folder/commands"
grep -q goldstone "$folder/commands" || { echo "tutorial.sh: docs/tutorial.md has no commands" >&2; exit 1; }
bash -eu -o pipefail "$folder/commands"
# What the text says of the second run.
grep -q '"strength" : 0.3' "$folder/tutorial/robustness/robustness.json"
test -s "$folder/tutorial/report.html"
echo "the tutorial's commands do what they say"
