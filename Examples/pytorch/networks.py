"""Goldstone's networks as PyTorch modules, whose `state_dict` a weights.safetensors fits.

    tagger, metadata = load("weights.safetensors")      # a module, and what its file says of itself
    logits = tagger(features, mask)                     # [N, n, 7] and [N, n] as `goldstone features` writes them
    save(tagger, metadata, "further.safetensors")       # which every command of Goldstone reads

The Lorentz-invariant network, whose inputs are momenta and not features, is not among them.
"""

import json

import torch
from safetensors import safe_open
from safetensors.torch import save_file


def layers(*widths):
    """Linear layers between these widths, with a ReLU after each but the last."""
    stack = []
    for inputs, outputs in zip(widths, widths[1:]):
        stack += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return stack[:-1]


class JetTransformer(torch.nn.Module):
    def __init__(self, s):
        super().__init__()
        if not s.get("skipConnections", True):
            raise ValueError("PyTorch's own encoder layer has skip connections; these weights were trained without")
        self.s = s
        self.embed = torch.nn.Linear(s["features"], s["width"])
        layer = torch.nn.TransformerEncoderLayer(
            s["width"], s["heads"], s["feedForward"], dropout=s["dropout"], batch_first=True,
            layer_norm_eps=s["layerNormEpsilon"],
        )  # fmt: skip
        self.encoder = torch.nn.TransformerEncoder(layer, s["layers"], enable_nested_tensor=False)
        self.head = torch.nn.Sequential(*layers(s["width"], *s["head"], 1))

    def forward(self, features, mask):
        x = torch.relu(self.embed(features))
        x = self.encoder(x, src_key_padding_mask=~mask if self.s["attentionMask"] else None)
        x = (x * mask.unsqueeze(-1)).sum(1)
        x = x / (mask.sum(1, keepdim=True) if self.s["pooling"] == "valid" else mask.shape[1])
        return self.head(x).squeeze(-1)


def leading(features, mask, constituents):
    """So many leading constituents, zeros where a jet has fewer; all for None."""
    features = features * mask.unsqueeze(-1)
    if constituents is None:
        return features, mask
    more = constituents - mask.shape[1]  # a negative amount cuts off
    return torch.nn.functional.pad(features, (0, 0, 0, more)), torch.nn.functional.pad(mask, (0, more))


class DeepSets(torch.nn.Module):
    def __init__(self, s):
        super().__init__()
        self.s = s
        self.phi = torch.nn.Sequential(*layers(s["features"], *s["phi"]), torch.nn.ReLU())
        self.rho = torch.nn.Sequential(*layers(s["phi"][-1], *s["rho"], 1))

    def forward(self, features, mask):
        features, mask = leading(features, mask, self.s.get("constituents"))
        x = self.phi(features)
        if self.s["pooling"] == "allSlots":
            return self.rho(x.mean(1)).squeeze(-1)
        x = (x * mask.unsqueeze(-1)).sum(1)
        return self.rho(x / mask.sum(1, keepdim=True) if self.s["pooling"] == "mean" else x).squeeze(-1)


class ConstituentMLP(torch.nn.Module):
    def __init__(self, s):
        super().__init__()
        self.s = s
        self.layers = torch.nn.Sequential(*layers(s["features"] * s["constituents"], *s["hidden"], 1))

    def forward(self, features, mask):
        return self.layers(leading(features, mask, self.s["constituents"])[0].flatten(1)).squeeze(-1)


KINDS = {"transformer": JetTransformer, "deepSets": DeepSets, "mlp": ConstituentMLP}


def load(path):
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        state = {name: file.get_tensor(name) for name in file.keys()}
    settings = json.loads(metadata["goldstone"])["network"]
    tagger = KINDS[settings.get("kind", "transformer")](settings)
    tagger.load_state_dict(state)
    return tagger.eval(), metadata


def save(tagger, metadata, path):
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in tagger.state_dict().items()}
    save_file(state, path, metadata={"format": "pt", "goldstone": metadata["goldstone"]})
