"""Times curvature in PyTorch, JAX and curvlinops, on weights and jets that Goldstone wrote.

    .deps/peers/bin/python Benchmarks/curvature/peers.py torch --weights weights.safetensors --jets jets.safetensors

prints one line of JSON. All programs have the same network, loss (mean binary cross-entropy), weights and jets:

  torch       a gradient; a Hessian product by double backward, graph and all, and on a graph that is kept, all jets in one
              batch; the top eigenpair by power iteration and the trace by Hutchinson's estimator on the kept graph, which
              is what PyHessian does, but run to the accuracy that is asked for; the eigenpair once more in double
  curvlinops  its Hessian as an operator: a product, and the top eigenpair by SciPy's eigsh (ARPACK) through it
  jax         a gradient and a product by forward-over-reverse differentiation, compiled
"""

import argparse
import json
import math
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests/Parity"))


def fastest(body, repeats):
    """Seconds of the fastest of some calls, after a second of calls that don't count."""
    beginning = time.perf_counter()
    while True:
        body()
        if time.perf_counter() - beginning > 1:
            break
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return min(times)


def settings(weights):
    """The network that the weights belong to, from the file's metadata."""
    from safetensors import safe_open

    with safe_open(weights, "numpy") as file:
        return json.loads(file.metadata()["goldstone"])["network"]


def torch_model(arguments):
    import torch
    from tagger import Tagger

    torch.set_num_threads(arguments.cores)
    torch.manual_seed(arguments.seed)
    model = Tagger(settings(arguments.weights))
    model.load_state_dict({name: torch.from_numpy(w) for name, w in load_file(arguments.weights).items()})
    jets = {name: torch.from_numpy(t) for name, t in load_file(arguments.jets).items()}
    return model, jets["features"], jets["mask"] > 0, jets["labels"]


def torch_program(arguments):
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.nn.functional import binary_cross_entropy_with_logits

    model, features, mask, labels = torch_model(arguments)
    parameters = list(model.parameters())
    count = sum(p.numel() for p in parameters)

    data = [features, labels]

    def loss():
        return binary_cross_entropy_with_logits(model(data[0], mask), data[1])

    def gradient():
        return torch.autograd.grad(loss(), parameters)

    def slopes():
        with sdpa_kernel(SDPBackend.MATH):  # the fused kernels have no second derivative
            return torch.autograd.grad(loss(), parameters, create_graph=True)

    def split(vector):
        return [part.reshape(p.shape) for part, p in zip(vector.split([p.numel() for p in parameters]), parameters)]

    def product(graph, vector):
        parts = torch.autograd.grad(graph, parameters, grad_outputs=split(vector), retain_graph=True)
        return torch.cat([part.reshape(-1) for part in parts])

    result = {"parameters": count, "gradient": fastest(gradient, arguments.repeats)}
    vector = torch.randn(count)
    result["productFresh"] = fastest(lambda: product(slopes(), vector), arguments.repeats)
    graph = slopes()
    result["productKept"] = fastest(lambda: product(graph, vector), arguments.repeats)
    if arguments.products_only:
        return result

    def power(found, graph):
        """The next eigenpair of largest magnitude: power iteration in what is orthogonal to those found. The residual
        ‖Hv − λv‖ decides when it ends, as it does for Goldstone."""
        vector, products = torch.randn(count).to(data[0].dtype), 0
        while products < arguments.limit:
            for _, other in found:
                vector = vector - (vector @ other) * other
            vector = vector / vector.norm()
            image = product(graph, vector)
            products += 1
            value = float(vector @ image)
            residual = float((image - value * vector).norm()) / abs(value)
            if residual <= arguments.tolerance:
                break
            last, vector = vector, image
        else:
            vector = last
        found.append((value, vector))
        return products, residual

    start, found = time.perf_counter(), []
    products, residual = power(found, graph)
    result |= {"eigenvalue": found[0][0], "eigenpairProducts": products, "eigenpairResidual": residual,
               "eigenpairSeconds": time.perf_counter() - start}  # fmt: skip
    for _ in range(2):
        more, other = power(found, graph)
        products, residual = products + more, max(residual, other)
    result |= {"threePairsProducts": products, "threePairsResidual": residual,
               "threePairsSeconds": time.perf_counter() - start}  # fmt: skip

    # Hutchinson: signs, until the standard error of their mean is small enough.
    start, forms = time.perf_counter(), []
    while len(forms) < arguments.limit:
        signs = torch.randint(0, 2, (count,)).float() * 2 - 1
        forms.append(float(signs @ product(graph, signs)))
        if len(forms) >= 8 and np.std(forms, ddof=1) / math.sqrt(len(forms)) <= arguments.trace_error * abs(np.mean(forms)):
            break
    error = float(np.std(forms, ddof=1) / math.sqrt(len(forms)) / abs(np.mean(forms)))
    result |= {
        "trace": float(np.mean(forms)), "traceError": error, "traceProducts": len(forms),
        "traceSeconds": time.perf_counter() - start,
        # How many the wanted error takes, from the spread that was found: the error falls as 1/√products.
        "traceProductsNeeded": math.ceil(len(forms) * (error / arguments.trace_error) ** 2),
    }  # fmt: skip

    # The first eigenpair once more in double, to see what float does to it.
    del graph
    model.double()
    data[:] = [features.double(), labels.double()]
    found = []
    products, residual = power(found, slopes())
    return result | {"doubleEigenvalue": found[0][0], "doubleProducts": products, "doubleResidual": residual}


def curvlinops_program(arguments):
    import torch
    from curvlinops import HessianLinearOperator
    from scipy.sparse.linalg import LinearOperator, eigsh
    from torch.nn.attention import SDPBackend, sdpa_kernel

    model, features, mask, labels = torch_model(arguments)

    class Flat(torch.nn.Module):
        """curvlinops gives a model one tensor: features, and the mask as one more."""

        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, x):
            return self.model(x[..., :-1], x[..., -1] > 0).unsqueeze(-1)

    flat = Flat()
    data = [(torch.cat([features, mask.unsqueeze(-1).float()], -1), labels.unsqueeze(-1))]
    parameters = list(flat.parameters())
    with sdpa_kernel(SDPBackend.MATH):
        hessian = HessianLinearOperator(
            flat, torch.nn.BCEWithLogitsLoss(), parameters, data, check_deterministic=False, progressbar=False)
        count = hessian.shape[1]
        vector = torch.randn(count)
        result = {"parameters": count, "productFresh": fastest(lambda: hessian @ vector, arguments.repeats)}
        if arguments.products_only:
            return result
        products = 0

        def times(x):
            nonlocal products
            products += 1
            return (hessian @ torch.from_numpy(x.astype(np.float32)).reshape(-1)).numpy()

        start = time.perf_counter()
        operator = LinearOperator((count, count), matvec=times, dtype=np.float32)
        first = np.random.default_rng(arguments.seed).standard_normal(count).astype(np.float32)
        values, vectors = eigsh(operator, k=1, which="LA", tol=arguments.tolerance, v0=first)
        seconds, needed = time.perf_counter() - start, products
        residual = float(np.linalg.norm(times(vectors[:, 0]) - values[0] * vectors[:, 0]) / abs(values[0]))
    return result | {"eigenvalue": float(values[0]), "eigenpairProducts": needed, "eigenpairResidual": residual,
                     "eigenpairSeconds": seconds}  # fmt: skip


def jax_program(arguments):
    import jax
    import jax.numpy as jnp
    from jax import nn

    s = settings(arguments.weights)
    weights = {name: jnp.asarray(w) for name, w in load_file(arguments.weights).items()}
    jets = load_file(arguments.jets)
    features, mask, labels = jnp.asarray(jets["features"]), jnp.asarray(jets["mask"] > 0), jnp.asarray(jets["labels"])

    def linear(p, name, x, weight="weight", bias="bias"):
        return x @ p[f"{name}.{weight}"].T + p[f"{name}.{bias}"]

    def normalize(p, name, x):
        centred = x - x.mean(-1, keepdims=True)
        return (centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + s["layerNormEpsilon"])
                * p[f"{name}.weight"] + p[f"{name}.bias"])  # fmt: skip

    def encode(p, name, x):
        packed = linear(p, f"{name}.self_attn", x, "in_proj_weight", "in_proj_bias")
        q, k, v = (part.reshape(*x.shape[:2], s["heads"], -1) for part in jnp.split(packed, 3, axis=-1))
        scores = jnp.einsum("bihd,bjhd->bhij", q, k) / q.shape[-1] ** 0.5
        attention = nn.softmax(jnp.where(mask[:, None, None, :], scores, -jnp.inf))
        mixed = jnp.einsum("bhij,bjhd->bihd", attention, v).reshape(x.shape)
        x = normalize(p, f"{name}.norm1", x + linear(p, f"{name}.self_attn.out_proj", mixed))
        fed = linear(p, f"{name}.linear2", nn.relu(linear(p, f"{name}.linear1", x)))
        return normalize(p, f"{name}.norm2", x + fed)

    def loss(p):
        x = nn.relu(linear(p, "embed", features))
        for layer in range(s["layers"]):
            x = encode(p, f"encoder.layers.{layer}", x)
        x = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        for index in range(len(s["head"])):
            x = nn.relu(linear(p, f"head.{2 * index}", x))
        logits = linear(p, f"head.{2 * len(s['head'])}", x)[:, 0]
        return (nn.softplus(logits) - labels * logits).mean()

    gradient = jax.jit(jax.grad(loss))
    product = jax.jit(lambda p, v: jax.jvp(jax.grad(loss), (p,), (v,))[1])
    random = np.random.default_rng(arguments.seed)
    vector = {name: jnp.asarray(random.standard_normal(w.shape, np.float32)) for name, w in weights.items()}
    jax.block_until_ready((gradient(weights), product(weights, vector)))
    return {
        "parameters": sum(w.size for w in weights.values()),
        "gradient": fastest(lambda: jax.block_until_ready(gradient(weights)), arguments.repeats),
        "productFresh": fastest(lambda: jax.block_until_ready(product(weights, vector)), arguments.repeats),
    }  # fmt: skip


PROGRAMS = {"torch": torch_program, "curvlinops": curvlinops_program, "jax": jax_program}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", choices=PROGRAMS)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--jets", required=True, help="features, mask and labels, of goldstone benchmark-curvature")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="of the eigenpair's relative residual")
    parser.add_argument("--trace-error", type=float, default=0.01)
    parser.add_argument("--limit", type=int, default=300, help="products of an iteration at the most")
    parser.add_argument("--products-only", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    result = PROGRAMS[arguments.program](arguments)
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    for name in ("torch", "jax", "curvlinops", "scipy"):
        if name in sys.modules:
            from importlib.metadata import version

            versions[name] = version({"curvlinops": "curvlinops-for-pytorch"}.get(name, name))
    print(json.dumps(result | {"program": arguments.program, "versions": versions}))


if __name__ == "__main__":
    main()
