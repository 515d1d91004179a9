"""The paper's classifier in PyTorch, on weights and jets that the Swift test wrote.

tagger.py INPUT OUTPUT SETTINGS: reads a safetensors file (the weights by their names in a state_dict, and `features`,
`mask`, `labels`; momenta in double, `constituents` and `jets`, for modules that take them), loads the weights strictly into a module with members embed, encoder and head, and writes the logits,
the mean binary cross-entropy and every parameter's gradient. All in the input's type.
"""

import json
import sys

import torch
from safetensors.torch import load_file, save_file


class Tagger(torch.nn.Module):
    def __init__(self, s):
        super().__init__()
        self.s = s
        self.embed = torch.nn.Linear(s["features"], s["width"])
        layer = torch.nn.TransformerEncoderLayer(
            s["width"], s["heads"], s["feedForward"], dropout=0.0, batch_first=True,
            layer_norm_eps=s["layerNormEpsilon"])
        self.encoder = torch.nn.TransformerEncoder(layer, s["layers"], enable_nested_tensor=False)
        widths = [s["width"], *s["head"]]
        head = []
        for a, b in zip(widths, widths[1:]):
            head += [torch.nn.Linear(a, b), torch.nn.ReLU()]
        self.head = torch.nn.Sequential(*head, torch.nn.Linear(widths[-1], 1))

    def forward(self, features, mask):
        x = torch.relu(self.embed(features))
        x = self.encoder(x, src_key_padding_mask=~mask if self.s["attentionMask"] else None)
        x = (x * mask.unsqueeze(-1)).sum(1)
        x = x / (mask.sum(1, keepdim=True) if self.s["pooling"] == "valid" else mask.shape[1])
        return self.head(x).squeeze(-1)


def compare(module, source, target, settings):
    torch.set_num_threads(1)
    s = json.loads(settings)
    tensors = load_file(source)
    features, mask, labels = tensors.pop("features"), tensors.pop("mask") > 0, tensors.pop("labels")
    momenta = [tensors.pop(name) for name in ("constituents", "jets") if name in tensors]
    model = module(s).to(features.dtype)
    model.load_state_dict(tensors, strict=True)
    logits = model(features, mask, *momenta)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
    loss.backward()
    results = {f"gradient.{name}": p.grad for name, p in model.named_parameters()}
    assert list(model.state_dict()) == [name for name, _ in model.named_parameters()] and len(results) == len(tensors)
    save_file({**results, "logits": logits.detach(), "loss": loss.detach().reshape(1)}, target)


if __name__ == "__main__":
    compare(Tagger, *sys.argv[1:])
