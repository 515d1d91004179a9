#!/usr/bin/env bash
# Installs Chromium from Debian's packages (needs root; without, it says what to install) for the tests that open a
# report in a browser. Does nothing where there is one; CHROMIUM names another program of its kind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/common.sh

readonly browser=${CHROMIUM:-chromium}

command -v "$browser" >/dev/null && exit 0
[[ $browser == chromium ]] || fail "CHROMIUM=$browser is no program on the PATH"
# A bare machine has no letters at all; these are those that the pictures were laid out with.
install_from_system chromium fonts-liberation
command -v chromium >/dev/null || fail "still no chromium after the installation"
