"""Weights of Goldstone, trained on by PyTorch.

train_on.py WEIGHTS OUTPUT JETS: one step of gradient descent on the jets (safetensors with `features`, `mask`, `labels`), and
the weights written back; beside them OUTPUT.jets with the logits `before` and `after`, and OUTPUT.state, the new weights as
a plain state_dict in half precision, without metadata.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Examples" / "pytorch"))
import networks  # noqa: E402

torch.set_num_threads(1)
weights, output, source = sys.argv[1:]
tagger, metadata = networks.load(weights)
jets = load_file(source)
features, mask = jets["features"], jets["mask"] > 0
before = tagger(features, mask)
torch.nn.functional.binary_cross_entropy_with_logits(before, jets["labels"]).backward()
with torch.no_grad():
    for parameter in tagger.parameters():
        parameter -= 0.1 * parameter.grad
    after = tagger(features, mask)
networks.save(tagger, metadata, output)
save_file({"before": before.detach(), "after": after}, output + ".jets")
save_file({name: tensor.half() for name, tensor in tagger.state_dict().items()}, output + ".state")
