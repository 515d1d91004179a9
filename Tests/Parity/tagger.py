"""One of the networks in PyTorch, on weights and jets that the Swift test wrote.

tagger.py INPUT OUTPUT SETTINGS: reads a safetensors file (the weights by their names in a state_dict, and `features`,
`mask`, `labels`; momenta in double, `constituents` and `jets`, for modules that take them), loads the weights strictly into the
module of `Examples/pytorch` that the settings' `kind` names (a transformer without one), and writes the logits, the
mean binary cross-entropy and every parameter's gradient. All in the input's type.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Examples" / "pytorch"))
import networks  # noqa: E402


def Tagger(settings):
    """The transformer, without dropout."""
    return networks.JetTransformer(settings).eval()


def compare(module, source, target, settings):
    torch.set_num_threads(1)
    s = json.loads(settings)
    tensors = load_file(source)
    features, mask, labels = tensors.pop("features"), tensors.pop("mask") > 0, tensors.pop("labels")
    momenta = [tensors.pop(name) for name in ("constituents", "jets") if name in tensors]
    model = (module or networks.KINDS[s.get("kind", "transformer")])(s).to(features.dtype).eval()
    model.load_state_dict(tensors, strict=True)
    logits = model(features, mask, *momenta)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
    loss.backward()
    results = {f"gradient.{name}": p.grad for name, p in model.named_parameters()}
    assert list(model.state_dict()) == [name for name, _ in model.named_parameters()] and len(results) == len(tensors)
    save_file({**results, "logits": logits.detach(), "loss": loss.detach().reshape(1)}, target)


if __name__ == "__main__":
    compare(None, *sys.argv[1:])
