# What the set-up's scripts share; sourced by them, with the repository as the current folder.

readonly torch_version=2.13.0

# say and fail are headed by the script's name.
name=$(basename "$0" .sh)
say() { printf '%s: %s\n' "$name" "$*" >&2; }
fail() {
    printf '%s: error: %s\n' "$name" "$1" >&2
    shift
    (($# == 0)) || printf '  %s\n' "$@" >&2
    exit 1
}

# Waits until no other set-up is at work in .deps.
lock_dependencies() {
    mkdir -p .deps
    exec 9>.deps/.lock
    flock --nonblock 9 && return
    say "another set-up is at work here; waiting for it"
    flock 9
}

# Installs the Debian packages "$@", or says which are missing and how to get them: all of $debian_packages where that is
# set, with $elsewhere for systems without Debian's packages.
install_from_system() {
    if ! command -v apt-get >/dev/null; then
        fail "the system lacks, by their names in Debian: $*" \
            "Install them with the system's package manager, then try again." ${elsewhere:+"$elsewhere"}
    fi
    if ((EUID != 0)); then
        fail "the system lacks: $*" "Only root can install them. Run this, then try again:" \
            "  sudo apt-get install ${debian_packages:-$*}"
    fi
    say "installing Debian packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q --no-install-recommends "$@" >&2 && return
    say "the list of packages may be out of date: renewing it"
    { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; } >&2 ||
        fail "apt-get could not install: $*" "What it said stands above."
}

has_nvidia_gpu() { command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; }

# pip's install, with whose python3, options and packages "$@" says; what it prints is also kept in the file $log.
# Wheels only: nothing is compiled on the user's machine behind his back.
pip_install() {
    "$@" --disable-pip-version-check --root-user-action=ignore --only-binary :all: 2>&1 | tee "$log" >&2
}

# Whether the last pip_install failed because there is no such PyTorch.
pip_found_no_torch() { grep -q 'No matching distribution found for torch' "$log"; }
