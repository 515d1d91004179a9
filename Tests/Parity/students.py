"""The deep-sets network and the plain MLP in PyTorch, on weights and jets that the Swift test wrote.

students.py INPUT OUTPUT SETTINGS: as tagger.py, for the network that the settings' `kind` names.
"""

import json
import sys

import torch

from tagger import compare


def perceptron(widths):
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


class DeepSets(torch.nn.Module):
    def __init__(self, s):
        super().__init__()
        self.pooling = s["pooling"]
        self.constituents = s.get("constituents")
        self.phi = perceptron([s["features"], *s["phi"]])
        self.rho = perceptron([s["phi"][-1], *s["rho"], 1])

    def forward(self, features, mask):
        features, mask = features[:, :self.constituents], mask[:, :self.constituents]
        if self.pooling == "allSlots":
            features = features.masked_fill(~mask.unsqueeze(-1), 0)
            return self.rho(torch.relu(self.phi(features)).mean(1)).squeeze(-1)
        vectors = torch.relu(self.phi(features)).masked_fill(~mask.unsqueeze(-1), 0).sum(1)
        if self.pooling == "mean":
            vectors = vectors / mask.sum(1, keepdim=True)
        return self.rho(vectors).squeeze(-1)


class ConstituentMLP(torch.nn.Module):
    def __init__(self, s):
        super().__init__()
        self.constituents = s["constituents"]
        self.layers = perceptron([s["constituents"] * s["features"], *s["hidden"], 1])

    def forward(self, features, mask):
        features = features.masked_fill(~mask.unsqueeze(-1), 0)
        # A negative amount cuts off.
        features = torch.nn.functional.pad(features, (0, 0, 0, self.constituents - features.shape[1]))
        return self.layers(features.flatten(1)).squeeze(-1)


kind = json.loads(sys.argv[3])["kind"]
compare({"deepSets": DeepSets, "mlp": ConstituentMLP}[kind], *sys.argv[1:])
