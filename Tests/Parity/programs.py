"""Networks that are not Goldstone's, exported in both of PyTorch's formats, with what PyTorch itself says of them.

programs.py FOLDER: writes NAME.pt2 (torch.export), NAME.pt (TorchScript), and NAME.safetensors with inputs, targets,
the parameters' order by their names, outputs, loss, its gradient, a vector and the Hessian's product with it, and the
largest eigenvalue of the dense Hessian; all in double, by PyTorch's own double backward. Besides, the files whose names
begin with `refused-` hold networks that can't be measured.
"""

import json
import sys
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file
from torch.export import Dim, export, save
from torch.nn.attention import SDPBackend, sdpa_kernel

warnings.filterwarnings("ignore")


class DeepSetsTagger(nn.Module):
    """Sum over constituents with a mask, batch norm, dropout, a buffer and a list index."""

    def __init__(self):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(7, 12), nn.GELU(), nn.Linear(12, 8))
        self.norm = nn.BatchNorm1d(8)
        self.rho = nn.Sequential(nn.Linear(8, 6), nn.ReLU(inplace=True), nn.Dropout(0.3), nn.Linear(6, 1))
        self.register_buffer("scale", torch.linspace(0.5, 1.5, 7))

    def forward(self, features, mask):
        x = self.phi(features * self.scale) * mask.unsqueeze(-1)
        x = x.sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        x = x[:, [1, 0, 2, 3, 4, 5, 7, 6]]
        return self.rho(self.norm(x)).squeeze(-1)


class ConvolutionalTagger(nn.Module):
    """Convolutions over constituents [B, 7, N] with batch norms; one output for each of three classes."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(7, 6, 3, padding=1, bias=False), nn.BatchNorm1d(6), nn.SiLU(), nn.MaxPool1d(2),
            nn.Conv1d(6, 4, 3), nn.BatchNorm1d(4), nn.Softplus(), nn.AdaptiveAvgPool1d(2))
        self.output = nn.Linear(8, 3)

    def forward(self, points):
        return self.output(self.layers(points).flatten(1))


class AttentionTagger(nn.Module):
    """Softmax attention written out, layer norm, sizes computed from the batch, a weight that is used twice."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(4, 8)
        self.project = nn.Linear(8, 24)
        self.again = nn.Linear(8, 8)
        self.tied = nn.Linear(8, 8)
        self.tied.weight = self.again.weight
        self.norm = nn.LayerNorm(8)
        self.output = nn.Linear(8, 1)

    def forward(self, momenta, mask):
        B, N = momenta.shape[0], momenta.shape[1]
        x = self.embed(torch.asinh(momenta))
        q, k, v = self.project(x).reshape(B, N, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        scores = torch.einsum("bhic,bhjc->bhij", q, k) / 2.0
        scores = scores.masked_fill(~mask[:, None, None, :], float("-inf"))
        y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(B * N, 8).view(B, N, 8)
        x = self.norm(x + self.tied(torch.tanh(self.again(y))))
        x = (x * mask.to(x.dtype).unsqueeze(-1)).sum(1)
        return self.output(x)


class FusedTagger(nn.Module):
    """PyTorch's own encoder layer, whose attention is a fused kernel unless it is told otherwise."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(7, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.output = nn.Linear(8, 1)

    def forward(self, features):
        x = self.embed(features)
        y, _ = self.attention(x, x, x, need_weights=False)
        return self.output((x + y).mean(1)).squeeze(-1)


class InstanceNormTagger(nn.Module):
    """Instance norm over constituents; as jets of any length are given."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(7, 8)
        self.norm = nn.InstanceNorm1d(8, affine=True)
        self.output = nn.Linear(8, 1)

    def forward(self, features):
        x = self.norm(torch.tanh(self.embed(features)).transpose(1, 2))
        return self.output(torch.tanh(x).mean(2)).squeeze(-1)


def settle(model):
    """Batch norms as after a training: means and variances that are not 0 and 1."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
    return model.eval()


def loss_of(name, outputs, target):
    if name == "cross-entropy":
        return F.cross_entropy(outputs, target)
    if name == "mse":
        return F.mse_loss(outputs.reshape(target.shape), target)
    return F.binary_cross_entropy_with_logits(outputs.reshape(target.shape), target)


def oracle(model, inputs, target, loss_name):
    model = model.double()
    inputs = [x.double() if x.is_floating_point() else x for x in inputs]
    target = target.double() if target.is_floating_point() else target
    parameters = list(model.parameters())
    with sdpa_kernel(SDPBackend.MATH):
        outputs = model(*inputs)
    loss = loss_of(loss_name, outputs, target)
    flat = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, parameters, create_graph=True)])

    def product(vector):
        parts = torch.autograd.grad(flat @ vector, parameters, retain_graph=True, allow_unused=True)
        return torch.cat([(torch.zeros_like(p) if g is None else g).reshape(-1) for p, g in zip(parameters, parts)])

    vector = torch.randn(flat.numel(), dtype=torch.double)
    hessian = torch.stack([product(row) for row in torch.eye(flat.numel(), dtype=torch.double)])
    return {
        "outputs": outputs, "loss": loss.reshape(1), "gradient": flat, "vector": vector, "product": product(vector),
        "top": torch.linalg.eigvalsh((hessian + hessian.T) / 2)[-1].reshape(1),
    }


def write(folder, name, model, inputs, target, loss_name, script=True):
    batch = Dim("batch")
    save(export(model, tuple(inputs), dynamic_shapes=[{0: batch} for _ in inputs]), f"{folder}/{name}.pt2")
    module = torch.jit.script(model) if script else torch.jit.trace(model, tuple(inputs), check_trace=False)
    torch.jit.save(module, f"{folder}/{name}.pt")
    names = [n for n, _ in model.named_parameters()]
    tensors = {f"input.{i}": x for i, x in enumerate(inputs)} | {"target": target}
    tensors |= oracle(model, inputs, target, loss_name)
    tensors = {n: x.detach().clone().contiguous() for n, x in tensors.items()}
    save_file(tensors, f"{folder}/{name}.safetensors", metadata={"names": json.dumps(names), "loss": loss_name})
    model.float()


def main(folder):
    torch.set_num_threads(1)
    torch.manual_seed(3)
    count, slots = 12, 6
    features, momenta = torch.randn(count, slots, 7), 20 * torch.randn(count, slots, 4)
    mask = torch.arange(slots)[None] < torch.randint(2, slots + 1, (count, 1))
    binary = (torch.rand(count) > 0.5).float()
    batch = Dim("batch")

    write(folder, "deep-sets", settle(DeepSetsTagger()), [features, mask], binary, "bce")
    write(folder, "convolutional", settle(ConvolutionalTagger()), [features.transpose(1, 2).contiguous()],
          torch.randint(0, 3, (count,)), "cross-entropy")
    write(folder, "attention", settle(AttentionTagger()), [momenta, mask], binary, "mse")
    write(folder, "fused", settle(FusedTagger()), [features], binary, "bce", script=False)

    write(folder, "instance-norm", settle(InstanceNormTagger()), [features], binary, "bce")

    # Networks that can't be measured.
    def refused(name, program):
        save(program, f"{folder}/refused-{name}.pt2")

    shapes = [{0: batch}, {0: batch}]
    refused("training", export(DeepSetsTagger().train(), (features, mask), dynamic_shapes=shapes))
    refused("training-decomposed",
            export(DeepSetsTagger().train(), (features, mask), dynamic_shapes=shapes).run_decompositions())

    class Dropping(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(7, 1)

        def forward(self, features):
            return self.layer(F.dropout(features, 0.5, True)).sum((1, 2))

    refused("dropout", export(Dropping().eval(), (features,), dynamic_shapes=[{0: batch}]))
    torch.jit.save(torch.jit.trace(Dropping().eval(), (features,), check_trace=False), f"{folder}/refused-dropout.pt")
    refused("fixed-batch", export(Dropping().eval(), (features,)))

    class Fused(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(7, 8)

        def forward(self, features):
            x = self.layer(features).unsqueeze(1)
            return torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(x, x, x)[0].sum((1, 2, 3))

    refused("fused-attention", export(Fused().eval(), (features,), dynamic_shapes=[{0: batch}]))

    class BatchStatistics(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(7, track_running_stats=False)
            self.layer = nn.Linear(7, 1)

        def forward(self, features):
            return self.layer(self.norm(features.transpose(1, 2)).transpose(1, 2) ** 2).sum((1, 2))

    refused("batch-statistics", export(BatchStatistics().eval(), (features,), dynamic_shapes=[{0: batch}]))
    torch.jit.save(torch.jit.script(BatchStatistics().eval()), f"{folder}/refused-batch-statistics.pt")

    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(7, 1)
            self.register_buffer("calls", torch.zeros(1))

        def forward(self, features):
            self.calls += 1
            return self.layer(features).sum((1, 2)) * self.calls

    refused("buffer", export(Counting().eval(), (features,), dynamic_shapes=[{0: batch}]).run_decompositions())
    refused("buffer-in-place", export(Counting().eval(), (features,), dynamic_shapes=[{0: batch}]))
    torch.jit.save(torch.jit.script(Counting().eval()), f"{folder}/refused-buffer.pt")

    class Quiet(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(7, 1)

        def forward(self, features):
            with torch.no_grad():
                scale = features.abs().amax()
            return self.layer(features / scale).sum((1, 2))

    refused("no-grad", export(Quiet().eval(), (features,), dynamic_shapes=[{0: batch}]))

    @torch.library.custom_op("mine::double", mutates_args=())
    def double(x: torch.Tensor) -> torch.Tensor:
        return 2 * x

    double.register_fake(lambda x: torch.empty_like(x))

    class Custom(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(7, 1)

        def forward(self, features):
            return self.layer(torch.ops.mine.double(features)).sum((1, 2))

    refused("custom", export(Custom().eval(), (features,), dynamic_shapes=[{0: batch}]))
    torch.save(DeepSetsTagger().state_dict(), f"{folder}/refused-state-dict.pt")


if __name__ == "__main__":
    main(sys.argv[1])
