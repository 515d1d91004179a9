#!/usr/bin/env bash
# Builds libgoldstone_cuda.so beside the command: with it a training step on an NVIDIA GPU is recorded once and then started with
# one call. Needs a LibTorch with CUDA (TORCH_HOME, or the torch package of python3) and a C++ compiler; CUDA's headers come from
# PyPI, or from CUDA_HOME where that is set.
#
#   Scripts/cuda-graphs.sh [FOLDER-OF-THE-COMMAND]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/common.sh

folder=${1:-.build/release}
torch=${TORCH_HOME:-$(python3 -c 'import importlib.util as u; print(u.find_spec("torch").submodule_search_locations[0])')}
[[ -e $torch/lib/libtorch_cuda.so ]] || fail "$torch is no LibTorch with CUDA (it has no lib/libtorch_cuda.so): set TORCH_HOME to one"
headers=${CUDA_HOME:+$CUDA_HOME/include}
if [[ -z $headers ]]; then
    headers=.deps/cuda/nvidia/cu13/include
    if [[ ! -e $headers/cuda_runtime_api.h ]]; then
        say "fetching CUDA's headers into .deps/cuda"
        python3 -m pip install --quiet --no-deps --target .deps/cuda nvidia-cuda-runtime==13.0.96 nvidia-cuda-crt==13.0.88
    fi
fi
compiler=${CXX:-$(command -v clang++ || command -v g++)} || fail "there is no C++ compiler: set CXX"
"$compiler" -std=c++20 -O2 -fPIC -shared -I"$torch/include" -I"$headers" Scripts/cuda-graphs.cpp \
    -o "$folder/libgoldstone_cuda.so.part"
mv "$folder/libgoldstone_cuda.so.part" "$folder/libgoldstone_cuda.so"
say "$folder/libgoldstone_cuda.so"
