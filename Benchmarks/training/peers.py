"""Times one training step of the paper's jet classifier in PyTorch and in JAX.

    .deps/peers/bin/python Benchmarks/training/peers.py eager --variant constrained --dropout 0.1

(on a GPU: --device cuda) prints one line of JSON: jets per second from the median step, and what it was measured with. The step is: seven
features from four-momenta, forward, binary cross-entropy (constrained: plus 0.1 times the mean squared difference
between the probabilities of the jets and of their boosted view, both views in one forward pass), backward, clipping of
the gradient's norm at 1, Adam with L2 weight decay.
"""

import argparse
import json
import os
import platform
import statistics
import time

import numpy as np

BATCH, CONSTITUENTS, FEATURES = 256, 32, 7
WIDTH, HEADS, LAYERS, FEED_FORWARD = 256, 4, 3, 256
HEAD = (256, 128, 128, 128, 1)
RATE, DECAY, CLIP, SYMMETRY_WEIGHT = 5e-4, 5e-4, 1.0, 0.1
BETAS, EPSILON = (0.9, 0.999), 1e-8


def jets(random):
    """Four-momenta (E, px, py, pz) [B, N, 4], mask [B, N] and labels [B] of jets that only cost what real ones do.

    Constituents per jet follow the data set's (median 46, 5 % to 95 %: 22 to 89), cut at N.
    """
    count = np.clip(np.exp(random.normal(np.log(46), 0.4, BATCH)), 5, CONSTITUENTS).astype(int)
    mask = np.arange(CONSTITUENTS)[None, :] < count[:, None]
    pt = np.sort(random.exponential(30, (BATCH, CONSTITUENTS)) + 0.5, axis=1)[:, ::-1]
    eta, phi = random.normal(0, 0.3, (2, BATCH, CONSTITUENTS))
    momenta = np.stack([pt * np.cosh(eta), pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], axis=-1)
    labels = random.integers(0, 2, BATCH)
    return (momenta * mask[..., None]).astype(np.float32), mask, labels.astype(np.float32)


def boosts(random):
    """Boost matrices [B, 4, 4]: isotropic, with a squared speed uniform in 0 to 0.95."""
    azimuth, cosine = 2 * np.pi * random.random(BATCH), 1 - 2 * random.random(BATCH)
    sine = np.sqrt(1 - cosine**2)
    speed = np.sqrt(0.95 * random.random(BATCH))
    beta = speed[:, None] * np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=1)
    gamma = 1 / np.sqrt(1 - speed**2)
    matrix = np.empty((BATCH, 4, 4))
    matrix[:, 0, 0] = gamma
    matrix[:, 0, 1:] = matrix[:, 1:, 0] = -gamma[:, None] * beta
    matrix[:, 1:, 1:] = np.eye(3) + (gamma**2 / (gamma + 1))[:, None, None] * beta[:, :, None] * beta[:, None, :]
    return matrix.astype(np.float32)


def features(backend, momenta, mask):
    """The seven features [B, N, 7] of four-momenta [B, N, 4], with PyTorch or with jax.numpy as the backend."""
    stack, where = backend.stack, backend.where
    e, x, y, z = (momenta[..., i] for i in range(4))
    total = momenta.sum(1)[:, None, :]
    E, X, Y, Z = (total[..., i] for i in range(4))
    pt = where(mask, backend.sqrt(x * x + y * y), 1)
    e = where(mask, e, 1)
    PT = backend.sqrt(X * X + Y * Y)
    delta_eta = backend.asinh(z / pt) - backend.asinh(Z / PT)
    turn = backend.atan2(y, x) - backend.atan2(Y, X)
    delta_phi = where(turn > np.pi, turn - 2 * np.pi, where(turn <= -np.pi, turn + 2 * np.pi, turn))
    delta_r = backend.sqrt(delta_eta**2 + delta_phi**2)
    log = backend.log
    columns = [delta_eta, delta_phi, log(pt / PT), log(pt), log(e / E), log(e), delta_r]
    return where(mask[..., None], stack(columns, -1), 0)


def initial_weights(random):
    """Every parameter by its name in PyTorch, [out, in]: both libraries start from the same and must stay together."""
    weights = {}

    def linear(name, inputs, outputs, parts=("weight", "bias")):
        for part, shape in zip(parts, ((outputs, inputs), (outputs,))):
            weights[f"{name}{part}"] = random.uniform(-(inputs**-0.5), inputs**-0.5, shape).astype(np.float32)

    linear("embed.", FEATURES, WIDTH)
    for index in range(LAYERS):
        layer = f"encoder.layers.{index}."
        linear(f"{layer}self_attn.", WIDTH, 3 * WIDTH, ("in_proj_weight", "in_proj_bias"))
        linear(f"{layer}self_attn.out_proj.", WIDTH, WIDTH)
        linear(f"{layer}linear1.", WIDTH, FEED_FORWARD)
        linear(f"{layer}linear2.", FEED_FORWARD, WIDTH)
        for norm in ("norm1", "norm2"):
            weights[f"{layer}{norm}.weight"] = np.ones(WIDTH, np.float32)
            weights[f"{layer}{norm}.bias"] = np.zeros(WIDTH, np.float32)
    for index, (inputs, outputs) in enumerate(zip(HEAD, HEAD[1:])):
        linear(f"head.{2 * index}.", inputs, outputs)
    assert sum(w.size for w in weights.values()) == 1_255_425
    return weights


# --- PyTorch ---------------------------------------------------------------------------------------------------------


def torch_step(arguments):
    import torch
    from torch import nn

    torch.set_num_threads(arguments.cores)
    torch.manual_seed(0)
    device = arguments.device
    torch.backends.cuda.matmul.allow_tf32 = arguments.program.endswith("tf32")
    random = np.random.default_rng(0)

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            layer = nn.TransformerEncoderLayer(WIDTH, HEADS, FEED_FORWARD, arguments.dropout, batch_first=True)
            self.embed = nn.Linear(FEATURES, WIDTH)
            self.encoder = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
            linear = [nn.Linear(a, b) for a, b in zip(HEAD, HEAD[1:])]
            self.head = nn.Sequential(*[m for l in linear[:-1] for m in (l, nn.ReLU())], linear[-1])

        def forward(self, x, mask):
            x = self.encoder(torch.relu(self.embed(x)), src_key_padding_mask=~mask)
            mask = mask.to(x.dtype)
            pooled = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            return self.head(pooled)[:, 0]

    model = Classifier()
    model.load_state_dict({name: torch.from_numpy(w) for name, w in initial_weights(random).items()})
    model.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, betas=BETAS, eps=EPSILON, weight_decay=DECAY, fused=True)
    momenta, mask, labels = (torch.from_numpy(a).to(device) for a in jets(random))
    constrained = arguments.variant == "constrained"

    def loss(momenta, mask, labels, boost):
        if constrained:
            momenta = torch.cat([momenta, momenta @ boost])
            mask = torch.cat([mask, mask])
        with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=arguments.program.endswith("bfloat16")):
            logits = model(features(torch, momenta, mask), mask).float()
        value = nn.functional.binary_cross_entropy_with_logits(logits[:BATCH], labels)
        if constrained:
            one, other = torch.sigmoid(logits).chunk(2)
            value = value + SYMMETRY_WEIGHT * (one - other).square().mean()
        return value

    if arguments.program.startswith("compile"):
        # With `graphs` its steps are CUDA graphs, too.
        loss = torch.compile(loss, mode="reduce-overhead" if arguments.program == "compile-graphs" else None)
    # On a GPU boosts wait there, so that no program sends any during a step.
    ready = [torch.from_numpy(boosts(random)).to(device) for _ in range(8)] if device != "cpu" else []

    def step(number=0):
        optimizer.zero_grad()
        boost = None
        if constrained:
            boost = ready[number % len(ready)] if ready else torch.from_numpy(boosts(random))
        value = loss(momenta, mask, labels, boost)
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        return value.detach() if ready else value.item()

    return step, {"torch": torch.__version__}


# --- JAX -------------------------------------------------------------------------------------------------------------


def jax_step(arguments):
    import jax
    import jax.numpy as jnp
    from jax import nn

    random = np.random.default_rng(0)
    constrained = arguments.variant == "constrained"

    def linear(p, name, x, weight="weight", bias="bias"):
        return x @ p[f"{name}.{weight}"].T + p[f"{name}.{bias}"]

    def normalize(p, name, x):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * p[f"{name}.weight"] + p[f"{name}.bias"]

    def drop(key, x):
        if arguments.dropout == 0:
            return x
        keep = 1 - arguments.dropout
        return jnp.where(jax.random.bernoulli(key, keep, x.shape), x / keep, 0)

    def encode(p, name, x, mask, key):
        keys = jax.random.split(key, 4)
        packed = linear(p, f"{name}.self_attn", x, "in_proj_weight", "in_proj_bias")
        q, k, v = (part.reshape(*x.shape[:2], HEADS, -1) for part in jnp.split(packed, 3, axis=-1))
        scores = jnp.einsum("bihd,bjhd->bhij", q, k) / q.shape[-1] ** 0.5
        weights = drop(keys[0], nn.softmax(jnp.where(mask[:, None, None, :], scores, -jnp.inf)))
        attended = jnp.einsum("bhij,bjhd->bihd", weights, v).reshape(x.shape)
        x = normalize(p, f"{name}.norm1", x + drop(keys[1], linear(p, f"{name}.self_attn.out_proj", attended)))
        hidden = drop(keys[2], nn.relu(linear(p, f"{name}.linear1", x)))
        return normalize(p, f"{name}.norm2", x + drop(keys[3], linear(p, f"{name}.linear2", hidden)))

    def model(p, x, mask, key):
        x = nn.relu(linear(p, "embed", x))
        for index, key in enumerate(jax.random.split(key, LAYERS)):
            x = encode(p, f"encoder.layers.{index}", x, mask, key)
        x = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        last = len(HEAD) - 2
        for index in range(last):
            x = nn.relu(linear(p, f"head.{2 * index}", x))
        return linear(p, f"head.{2 * last}", x)[:, 0]

    def loss(p, momenta, mask, labels, boost, key):
        if constrained:
            momenta = jnp.concatenate([momenta, momenta @ boost])
            mask = jnp.concatenate([mask, mask])
        logits = model(p, features(jnp, momenta, mask), mask, key)
        plain = logits[:BATCH]
        value = (nn.softplus(plain) - labels * plain).mean()
        if constrained:
            one, other = jnp.split(nn.sigmoid(logits), 2)
            value += SYMMETRY_WEIGHT * ((one - other) ** 2).mean()
        return value

    def update(state, momenta, mask, labels, boost, key):
        p, first, second, count = state
        value, gradient = jax.value_and_grad(loss)(p, momenta, mask, labels, boost, key)
        tree = jax.tree.map
        size = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradient)))
        scale = jnp.minimum(CLIP / (size + 1e-6), 1)
        gradient = tree(lambda g, p: g * scale + DECAY * p, gradient, p)
        count += 1
        first = tree(lambda m, g: BETAS[0] * m + (1 - BETAS[0]) * g, first, gradient)
        second = tree(lambda v, g: BETAS[1] * v + (1 - BETAS[1]) * g**2, second, gradient)
        rate, root = RATE / (1 - BETAS[0] ** count), jnp.sqrt(1 - BETAS[1] ** count)
        p = tree(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + EPSILON), p, first, second)
        return (p, first, second, count), value

    parameters = {name: jnp.asarray(w) for name, w in initial_weights(random).items()}
    zeros = lambda: jax.tree.map(jnp.zeros_like, parameters)
    compiled = jax.jit(update, donate_argnums=0)
    state, key = (parameters, zeros(), zeros(), jnp.float32(0)), jax.random.key(0)
    momenta, mask, labels = (jnp.asarray(a) for a in jets(random))
    none = jnp.zeros((BATCH, 4, 4))

    def step():
        nonlocal state, key
        key, used = jax.random.split(key)
        state, value = compiled(state, momenta, mask, labels, boosts(random) if constrained else none, used)
        return float(value)

    return step, {"jax": jax.__version__}


# --- the machine -----------------------------------------------------------------------------------------------------


def products_step(arguments):
    """The step's matrix products alone, each into memory that is there: no other step on these libraries is faster."""
    import torch

    torch.set_num_threads(arguments.cores)
    precision = torch.bfloat16 if arguments.program.endswith("bfloat16") else torch.float32
    jets = BATCH * (2 if arguments.variant == "constrained" else 1)
    tokens, size = jets * CONSTITUENTS, WIDTH // HEADS
    make = lambda *shape: torch.randn(*shape).to(precision)
    calls = []

    def add(a, b):
        calls.append((a, b, a @ b))

    def linear(rows, inputs, outputs, first=False):
        x, weight, gradient = make(rows, inputs), make(outputs, inputs), make(rows, outputs)
        add(x, weight.T)
        add(gradient.T, x)
        if not first:
            add(gradient, weight)

    linear(tokens, FEATURES, WIDTH, first=True)
    for _ in range(LAYERS):
        for inputs, outputs in ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, FEED_FORWARD), (FEED_FORWARD, WIDTH)):
            linear(tokens, inputs, outputs)
        q, k, v, gradient = (make(jets * HEADS, CONSTITUENTS, size) for _ in range(4))
        weights = make(jets * HEADS, CONSTITUENTS, CONSTITUENTS)
        for a, b in ((q, k.mT), (weights, v), (gradient, v.mT), (weights.mT, gradient), (weights, k), (weights.mT, q)):
            add(a, b)
    for inputs, outputs in zip(HEAD, HEAD[1:]):
        linear(jets, inputs, outputs)

    def step():
        for a, b, c in calls:
            torch.matmul(a, b, out=c)
        return 0.0

    return step, {"torch": torch.__version__}


PROGRAMS = {
    "eager": torch_step, "eager-bfloat16": torch_step, "eager-tf32": torch_step, "compile": torch_step,
    "compile-graphs": torch_step, "compile-bfloat16": torch_step, "compile-tf32": torch_step, "jax": jax_step,
    "products": products_step, "products-bfloat16": products_step,
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", choices=PROGRAMS)
    parser.add_argument("--variant", choices=["unconstrained", "constrained"], default="unconstrained")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--steps", type=int, default=10, help="steps that are timed")
    parser.add_argument("--warm-up", type=int, default=3, help="steps before them, compilation included")
    parser.add_argument("--device", default="cpu", help="of the programs in PyTorch: cpu or cuda")
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)), help="threads of PyTorch")
    arguments = parser.parse_args()

    if arguments.device != "cpu" and PROGRAMS[arguments.program] is not torch_step:
        raise SystemExit(f"peers.py: {arguments.program} is timed on the CPU alone")
    step, versions = PROGRAMS[arguments.program](arguments)
    for _ in range(arguments.warm_up):
        step()
    seconds = []
    if arguments.device == "cpu":
        for _ in range(arguments.steps):
            start = time.perf_counter()
            value = step()
            seconds.append(time.perf_counter() - start)
    else:
        # Steps follow each other without waiting, as ours do; the GPU is waited for before the first and after the last.
        import torch

        torch.cuda.synchronize()
        start = time.perf_counter()
        for number in range(arguments.steps):
            value = step(number)
        torch.cuda.synchronize()
        seconds.append((time.perf_counter() - start) / arguments.steps)
        value = value.item()
        versions["GPU"] = torch.cuda.get_device_name()
    if not np.isfinite(value):
        raise SystemExit(f"peers.py: the loss of {arguments.program} is {value} after {len(seconds)} steps")
    result = {
        "program": arguments.program, "variant": arguments.variant, "dropout": arguments.dropout,
        "jetsPerSecond": BATCH / statistics.median(seconds), "steps": arguments.steps, "loss": value,
        "versions": versions | {"python": platform.python_version(), "numpy": np.__version__},
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
