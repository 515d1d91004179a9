"""Adam in PyTorch on gradients that the Swift test wrote.

adam.py INPUT OUTPUT SETTINGS: reads `theta` [P] and `gradients` [steps, P], clips each gradient's norm and steps, and
writes the parameters after every step as `thetas` [steps, P].
"""

import json
import sys

import torch
from safetensors.torch import load_file, save_file

source, target, settings = sys.argv[1:]
s = json.loads(settings)
tensors = load_file(source)
theta = torch.nn.Parameter(tensors["theta"])
optimiser = torch.optim.Adam([theta], lr=s["learningRate"], weight_decay=s["weightDecay"])
thetas = []
for gradient in tensors["gradients"]:
    theta.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_([theta], s["gradientClip"])
    optimiser.step()
    thetas.append(theta.detach().clone())
save_file({"thetas": torch.stack(thetas)}, target)
