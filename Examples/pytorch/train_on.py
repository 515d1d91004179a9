"""Trains Goldstone's weights on with PyTorch, and writes weights that Goldstone reads.

    goldstone features WEIGHTS --study STUDY --part training --output training.h5
    python3 Examples/pytorch/train_on.py WEIGHTS training.h5 further.safetensors --epochs 2
    goldstone evaluate further.safetensors --study STUDY

Needs torch, safetensors and h5py. Prints the mean loss on the jets before the first epoch and after each.
"""

import argparse

import h5py
import torch

import networks

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("weights")
parser.add_argument("jets")
parser.add_argument("output")
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--rate", type=float, default=1e-4)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()

torch.manual_seed(options.seed)
tagger, metadata = networks.load(options.weights)
with h5py.File(options.jets) as file:
    features = torch.from_numpy(file["features"][:])
    mask = torch.from_numpy(file["mask"][:]).bool()
    labels = torch.from_numpy(file["label"][:]).float()
loss = torch.nn.BCEWithLogitsLoss()


def mean_loss():
    tagger.eval()
    with torch.no_grad():
        logits = [tagger(x, m) for x, m in zip(features.split(2048), mask.split(2048))]
    return loss(torch.cat(logits), labels).item()


print(f"before: {mean_loss():.6f}")
optimiser = torch.optim.Adam(tagger.parameters(), lr=options.rate)
for epoch in range(options.epochs):
    tagger.train()
    for places in torch.randperm(len(labels)).split(256):
        optimiser.zero_grad()
        loss(tagger(features[places], mask[places]), labels[places]).backward()
        torch.nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
        optimiser.step()
    print(f"after epoch {epoch + 1}: {mean_loss():.6f}")
networks.save(tagger, metadata, options.output)
