"""Products with the Hessian of the paper's classifier, by PyTorch's double backward.

hessian.py INPUT OUTPUT SETTINGS: as tagger.py, whose module it takes; besides, the input's `vector.0`, `vector.1`, … are
vectors over all parameters in the order of the state_dict. Writes `product.0`, …: Hv of the mean binary cross-entropy.
All in double.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.nn.attention import SDPBackend, sdpa_kernel

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tagger import Tagger  # noqa: E402


def main(source, target, settings):
    torch.set_num_threads(1)
    tensors = {name: tensor.double() for name, tensor in load_file(source).items()}
    features, mask, labels = tensors.pop("features"), tensors.pop("mask") > 0, tensors.pop("labels")
    vectors = {name: tensors.pop(name) for name in sorted(tensors) if name.startswith("vector.")}
    model = Tagger(json.loads(settings)).double()
    model.load_state_dict(tensors, strict=True)
    parameters = list(model.parameters())
    # The fused kernels have no second derivative.
    with sdpa_kernel(SDPBackend.MATH):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(features, mask), labels)
    slopes = torch.autograd.grad(loss, parameters, create_graph=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    results = {}
    for name, vector in vectors.items():
        product = torch.autograd.grad(flat @ vector, parameters, retain_graph=True)
        results[name.replace("vector", "product")] = torch.cat([part.reshape(-1) for part in product])
    save_file(results, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
