"""The network of Lorentz invariants in PyTorch, written the plain way: every pair by itself.

invariant.py INPUT OUTPUT SETTINGS: as tagger.py, for a module with members embed, blocks and head.
"""

import sys

import torch

from tagger import compare


def layers(widths):
    modules = []
    for a, b in zip(widths, widths[1:]):
        modules += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


class Block(torch.nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.pair = torch.nn.Linear(3, m)
        self.hear = torch.nn.Linear(d, m, bias=False)
        self.speak = torch.nn.Linear(d, m, bias=False)
        self.message = torch.nn.Linear(m, m)
        self.norm1 = torch.nn.LayerNorm(2 * m)
        self.update = layers([d + 2 * m, d, d])
        self.norm2 = torch.nn.LayerNorm(d)

    def forward(self, x, pairs, weights):
        n = x.shape[1]
        hearer, speaker = x.unsqueeze(2).expand(-1, -1, n, -1), x.unsqueeze(1).expand(-1, n, -1, -1)
        first = self.pair(pairs) + self.hear(hearer) + self.speak(speaker)
        messages = torch.relu(self.message(torch.relu(first)))
        heard = self.norm1(torch.einsum("bkj,bijm->bikm", weights, messages).flatten(2))
        return self.norm2(x + self.update(torch.cat([x, heard], -1)))


class Invariant(torch.nn.Module):
    def __init__(self, s):
        super().__init__()
        self.scale = s["productScale"]
        d = s["width"]
        self.embed = torch.nn.Linear(2, d)
        self.blocks = torch.nn.ModuleList(Block(d, s["messageWidth"]) for _ in range(s["blocks"]))
        self.head = layers([2 * d, *s["head"], 1])

    def logarithm(self, product):
        return torch.log1p(product.clamp(min=0) / self.scale)

    def forward(self, features, mask, p, jet):
        dtype = features.dtype
        p, mask = p.double() * mask.unsqueeze(-1), mask.double()
        jet = jet.double()

        def dot(a, b):
            return a[..., 0] * b[..., 0] - (a[..., 1:] * b[..., 1:]).sum(-1)

        products = dot(p.unsqueeze(2), p.unsqueeze(1))
        products = products.masked_fill(torch.eye(p.shape[1], dtype=torch.bool), 0)
        shares = dot(p, jet.unsqueeze(1))
        mass = dot(jet, jet).unsqueeze(1).expand_as(shares)
        shares, mass = shares.clamp(min=0), mass.clamp(min=0)
        angles = products.clamp(min=0) * mass[:, :1, None] / (shares[:, :, None] * shares[:, None] + self.scale**2)
        angles = angles.clamp(max=4)
        pairs = [(self.logarithm(products) - 5) / 2, (torch.log(angles + 3e-4) + 0.7) / 1.6, angles - 1]
        pairs = torch.stack(pairs, -1).to(dtype)
        inputs = torch.stack([(self.logarithm(shares) - 10) / 1.5, (self.logarithm(mass) - 14) / 1.2], -1).to(dtype)
        energies = shares / (shares.sum(1, keepdim=True) + self.scale)
        weights = torch.stack([energies, mask / mask.sum(1, keepdim=True)], 1).to(dtype)

        x = torch.relu(self.embed(inputs))
        for block in self.blocks:
            x = block(x, pairs, weights)
        return self.head((weights @ x).flatten(1)).squeeze(-1)


if __name__ == "__main__":
    compare(Invariant, *sys.argv[1:])
