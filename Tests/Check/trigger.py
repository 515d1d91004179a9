"""Converts trigger forms of networks with hls4ml and compares what comes out with ONNX Runtime.

    .deps/peers/bin/python Tests/Check/trigger.py Data/sample/jets.h5 NAME.trigger.onnx...

Prepares jets of the file as the model's own metadata say, and nothing else. Gives them to the model in ONNX Runtime; to
the form that takes momenta, NAME.momenta.onnx beside it, as they are; and to the C++ that hls4ml (by way of QONNX, which
puts channels last) makes of the model, compiled by g++: in fixed point with 32 bits, which must give the same logits, and
with hls4ml's own default of 16. Prints the differences and exits with 1 where they are too large.
"""

import io
import json
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

import h5py
import numpy as np
import onnx
import onnxruntime

JETS = 1000
CLASSES = {"gluon": "j_g", "quark": "j_q", "W": "j_w", "Z": "j_z", "top": "j_t"}
# Relative to the larger of a logit and all logits' root mean square.
GRAPH_TOLERANCE = 1e-4
WIDE_TOLERANCE = 1e-3
PRECISIONS = {"ap_fixed<32,12>": WIDE_TOLERANCE, "ap_fixed<16,6>": None}


def momenta(file, classes):
    """(E, px, py, pz) of the first jets of the classes, [jets, slots, 4], in double."""
    with h5py.File(file) as source:
        particles = [name.decode() for name in source["particleFeatureNames"][()]]
        labels = [name.decode() for name in source["jetFeatureNames"][()]]
        is_of = source["jets"][:, [labels.index(CLASSES[name]) for name in classes]] > 0
        chosen = np.flatnonzero(is_of.any(1))[:JETS]
        columns = [particles.index(name) for name in ("j1_e", "j1_px", "j1_py", "j1_pz")]
        return source["jetConstituentList"][: chosen[-1] + 1][chosen][:, :, columns].astype(np.float64)


def scaled_features(p, texts):
    """The model's input [jets, constituents, features], by its metadata."""
    assert texts["units"].startswith("GeV") and texts["constituent_order"] == "descending pT"
    assert texts["features"] == "Δη, Δφ, log(pT/pT_jet), log pT, log(E/E_jet), log E, ΔR"
    p = p.copy()
    p[..., 0] = np.maximum(p[..., 0], np.linalg.norm(p[..., 1:], axis=-1))
    jet = p.sum(1, keepdims=True)
    assert texts["jet_momentum"].startswith("the sum over all")
    p = p[:, : int(texts["constituents"])]
    filled = p[..., 0] > 0
    with np.errstate(all="ignore"):
        pt, jet_pt = np.hypot(p[..., 1], p[..., 2]), np.hypot(jet[..., 1], jet[..., 2])
        eta, jet_eta = np.arcsinh(p[..., 3] / pt), np.arcsinh(jet[..., 3] / jet_pt)
        phi, jet_phi = np.arctan2(p[..., 2], p[..., 1]), np.arctan2(jet[..., 2], jet[..., 1])
        deta, dphi = eta - jet_eta, np.pi - (np.pi - (phi - jet_phi)) % (2 * np.pi)
        features = np.stack([
            deta, dphi, np.log(pt / jet_pt), np.log(pt), np.log(p[..., 0] / jet[..., 0]), np.log(p[..., 0]),
            np.hypot(deta, dphi)], -1)
    if "feature_means" in texts:
        features = (features - json.loads(texts["feature_means"])) / json.loads(texts["feature_deviations"])
    return np.where(filled[..., None], features, 0).astype(np.float32)


def run(path, name, rows):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(["logit"], {name: row})[0].reshape(-1) for row in rows])


def simulate(model, features, precision, folder):
    """The logits of hls4ml's C++, as g++ compiles it."""
    import hls4ml
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.transformation.channels_last import ConvertToChannelsLastAndClean
    from qonnx.util.cleanup import cleanup_model

    wrapped = cleanup_model(ModelWrapper(model))
    if any(node.op_type == "Conv" for node in model.graph.node):
        wrapped = cleanup_model(wrapped.transform(ConvertToChannelsLastAndClean(make_input_channels_last=True)))
    config = hls4ml.utils.config_from_onnx_model(
        wrapped, granularity="name", backend="Vitis", default_precision=precision)
    converted = hls4ml.converters.convert_from_onnx_model(
        wrapped, output_dir=folder, backend="Vitis", io_type="io_parallel", hls_config=config)
    converted.compile()
    return converted.predict(np.ascontiguousarray(features)).reshape(-1)


def difference(ours, theirs):
    return np.max(np.abs(ours - theirs) / np.maximum(np.abs(ours), np.sqrt(np.mean(ours**2))))


def check(jets, path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    texts = {entry.key: entry.value for entry in model.metadata_props}
    raw = momenta(jets, texts["classes"].split(", "))
    features = scaled_features(raw, texts)
    convolves = any(node.op_type == "Conv" for node in model.graph.node)
    flat = features.transpose(0, 2, 1) if convolves else features.reshape(len(features), -1)
    logits = run(path, "features", [row[None] for row in np.ascontiguousarray(flat)])
    print(f"{Path(path).name}: {texts['network']}; {len(logits)} jets, root mean square of their logits "
          f"{np.sqrt(np.mean(logits**2)):.3g}")
    passed = True

    def report(what, found, tolerance):
        nonlocal passed
        apart = difference(logits, found)
        judged = "" if tolerance is None else f", at most {tolerance:g} allowed"
        alike = np.mean((logits > 0) == (found > 0))
        print(f"  {what}: largest relative difference {apart:.2e}{judged}; decisions alike {alike:.4f}")
        passed &= tolerance is None or apart <= tolerance

    other = Path(str(path).replace(".trigger.", ".momenta."))
    report("the form that takes momenta", run(other, "constituents", [raw.astype(np.float32)]), GRAPH_TOLERANCE)
    for precision, tolerance in PRECISIONS.items():
        with tempfile.TemporaryDirectory() as folder:
            # The converter lists every layer.
            with redirect_stdout(io.StringIO()):
                found = simulate(model, features if convolves else flat, precision, folder)
            report(f"hls4ml, {precision}", found, tolerance)
    return passed


if __name__ == "__main__":
    results = [check(sys.argv[1], path) for path in sys.argv[2:]]
    sys.exit(0 if results and all(results) else 1)
