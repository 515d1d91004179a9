"""Directional derivatives of the classifier's logits in PyTorch's forward mode.

forward_mode.py INPUT OUTPUT SETTINGS: reads a safetensors file (the weights by their names in a state_dict, `features`
[B, N, 7], `mask` [B, N] and `directions` [K, B, N, 7]) and writes `derivatives` [K, B], each by one forward-mode pass
with dual numbers, in the input's type.
"""

import json
import sys

import torch
from safetensors.torch import load_file, save_file
from torch.autograd import forward_ad
from torch.nn.attention import SDPBackend, sdpa_kernel

from tagger import Tagger


def main(source, target, settings):
    torch.set_num_threads(1)
    tensors = load_file(source)
    features, mask, directions = tensors.pop("features"), tensors.pop("mask") > 0, tensors.pop("directions")
    model = Tagger(json.loads(settings)).to(features.dtype)
    model.load_state_dict(tensors, strict=True)
    derivatives = []
    for direction in directions:
        # Only the plain attention has a forward-mode derivative.
        with forward_ad.dual_level(), sdpa_kernel(SDPBackend.MATH):
            logits = model(forward_ad.make_dual(features, direction), mask)
            derivatives.append(forward_ad.unpack_dual(logits).tangent.detach())
    save_file({"derivatives": torch.stack(derivatives)}, target)


main(*sys.argv[1:])
