#!/usr/bin/env bash
# Installs the programs that Goldstone is compared with into the virtual environment .deps/peers: PyTorch, JAX,
# scikit-learn and the others of Scripts/requirements-peers.txt. Does nothing where they are all there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/common.sh

readonly peers=.deps/peers

# A virtual environment can't be renamed into place, so what it holds is written into it as the last step.
contents="torch $torch_version for $(python3 --version)
$(grep -v '^#' Scripts/requirements-peers.txt)"
[[ $(cat $peers/contents 2>/dev/null || true) != "$contents" ]] || exit 0

lock_dependencies
say "installing PyTorch, JAX and the other peers into $peers"
rm -rf $peers
python3 -m venv $peers || fail "python3 can't make a virtual environment" "On Debian: apt-get install python3-venv"
log=$peers/log

install() {
    pip_install $peers/bin/python -m pip install --requirement Scripts/requirements-peers.txt "$@"
}

# The build that setup.sh takes; but where there is no CPU build, all of the default one, which Python needs.
install_all() {
    if ! has_nvidia_gpu; then
        install "torch===$torch_version+cpu" && return
        pip_found_no_torch || return 1
        say "pip finds no CPU build of PyTorch $torch_version (that message is harmless); installing the default one"
    fi
    install "torch===$torch_version"
}

install_all || fail "pip could not install the peers" "What it said stands above."
printf '%s\n' "$contents" >$peers/contents
