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

has_nvidia_gpu() { command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; }

# pip's install, with whose python3, options and packages "$@" says; what it prints is also kept in the file $log.
# Wheels only: nothing is compiled on the user's machine behind his back.
pip_install() {
    "$@" --disable-pip-version-check --root-user-action=ignore --only-binary :all: 2>&1 | tee "$log" >&2
}

# Whether the last pip_install failed because there is no such PyTorch.
pip_found_no_torch() { grep -q 'No matching distribution found for torch' "$log"; }
