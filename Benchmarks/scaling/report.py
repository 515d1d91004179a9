"""Tables and figures of `results.json`. Figures are Vega-Lite, drawn by the renderer that Goldstone's own are drawn by."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

repository = Path(__file__).resolve().parent.parent.parent
# Okabe and Ito's, as in the package's figures.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]
RENDER = """
import sys, vl_convert
version = max((v for v in vl_convert.get_vegalite_versions() if v.startswith("5.")), key=lambda v: [int(p) for p in v.split(".")])
for path in sys.argv[1:]:
    text = open(path).read()
    open(path.removesuffix(".vl.json") + ".svg", "w").write(vl_convert.vegalite_to_svg(text, vl_version=version))
"""


def slope(rows, get):
    """Bytes a jet between the two largest numbers of jets."""
    first, second = sorted(rows, key=lambda row: row["jets"])[-2:]
    return (get(second) - get(first)) / (second["jets"] - first["jets"])


def kept(record, where):
    return [row for row in record["parts"]["jets"]["rows"] if row["kept"] == where]


def megabytes(value):
    return f"{value / 1e6:,.0f}"


def table(head, rows):
    align = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in [head, align, *rows])


def jets_text(record):
    rows = []
    for row in record["parts"]["jets"]["rows"]:
        cells = [f"{row['jets']:,}", row["kept"]]
        for name in ("train", "evaluate", "curvature"):
            cells += [f"{row[name]['processorSeconds']:.1f}", megabytes(row[name]["anonymous"]), megabytes(row[name]["files"])]
        rows.append(cells)
    head = ["jets", "kept in", "train, s", "own, MB", "files, MB", "evaluate, s", "own, MB", "files, MB", "product, s",
            "own, MB", "files, MB"]  # fmt: skip
    streamed = [[f"{row['jets']:,}", *(cell for name in ("evaluateAll", "inspect") for cell in (
        f"{row[name]['processorSeconds']:.1f}", megabytes(row[name]["anonymous"])))] for row in kept(record, "files")]  # fmt: skip
    rates = [slope(kept(record, "files"), lambda row: row[name]["anonymous"]) for name in ("evaluateAll", "inspect")]
    slopes = [[name, *(f"{slope(kept(record, where), lambda row: row[name]['anonymous']):,.0f}" for where in ("memory", "files"))]
              for name in ("train", "evaluate", "curvature")]  # fmt: skip
    weights = {row["jets"]: row["weights"] for row in kept(record, "files")}
    same = all(weights[row["jets"]] == row["weights"] for row in kept(record, "memory"))
    return [
        "## Number of jets",
        "Reading, dividing and one epoch with an MLP over eight constituents (so that the jets, not the network, take the "
        "time); evaluation; one Hessian product on 512 jets. Times are those of the processors, both cores' together, which other programs "
        "lengthen least. `own` is the most anonymous memory that the process held, "
        "`files` the most mapped pages of files, LibTorch's own among them.",
        table(head, rows),
        "Own memory a jet, in bytes, between the two largest numbers of jets that were measured:",
        table(["", "jets in memory", "jets in files"], slopes),
        f"The trained weights are {'the same to the bit' if same else '**not** the same'} in memory and in files.",
        "Where nearly all jets are test jets, and `goldstone inspect`, which streams them: scores and exact quantiles need "
        f"numbers of every jet, {rates[0]:.0f} and {rates[1]:.0f} bytes a jet between the two largest numbers.",
        table(["jets in files", "evaluate, s", "own, MB", "inspect, s", "own, MB"], streamed),
    ]


def shape_text(record, part, title, first, cell):
    rows = [
        [cell(row), f"{row['jets'] / row['gradient']:,.0f}", f"{row['productFresh'] / row['gradient']:.2f}",
         f"{row['productKept'] / row['gradient']:.2f}", f"{row['graphBytesPerJet'] / 1e6:.3f}",
         megabytes(row["train"]["anonymous"]), megabytes(row["products"]["anonymous"])]
        for row in record["parts"][part]["rows"]
    ]  # fmt: skip
    head = [first, "jets/s, gradient", "product / gradient, fresh", "kept graph", "kept graph, MB a jet",
            "train, own MB", "products, own MB"]  # fmt: skip
    return [title, table(head, rows)]


def workers_text(record):
    rows = record["parts"]["workers"]["rows"]
    base = rows[0]["train"]["seconds"]
    cells = [[f"{row['processes']} × {row['threads']}", f"{row['train']['seconds']:.1f}",
              f"{base / row['train']['seconds']:.2f}", f"{row['train']['processorSeconds']:.1f}", megabytes(row["train"]["anonymous"])] for row in rows]  # fmt: skip
    return ["## Workers", "A training of 4,096 jets with the network of `quick`, one epoch, from start to end.",
            table(["processes × threads", "s", "times as fast", "of the processors, s", "own MB, each process"], cells)]  # fmt: skip


def disk_text(record):
    disk = record["parts"]["disk"]["rows"]
    return ["## Disk", "A mapped file that no memory holds yet, one reader: "
            f"{disk['random']:,.0f} rows of 512 bytes a second in random order "
            f"({disk['randomWithoutAdvice']:,.0f} where the system is not told so), "
            f"{disk['sequential'] / 1e9:.2f} GB/s in order."]  # fmt: skip


def ticks(values):
    """1, 2 and 5 times powers of ten around the values: those that there is room for."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    steps = (1, 2, 5) if max(values) < 400 * min(values) else (1,)
    return [step * 10.0**power for power in range(low - 1, high + 1) for step in steps]


def axis(title, values, **more):
    """A logarithmic axis that ends near the values."""
    domain = [0.8 * min(values), 1.25 * max(values)]
    shown = [tick for tick in ticks(values) if domain[0] <= tick <= domain[1]]
    label = "datum.value >= 1000 ? format(datum.value, '~s') : format(datum.value, '~g')"
    return {"type": "quantitative", "title": title, "scale": {"type": "log", "domain": domain, "nice": False},
            "axis": {"values": shown, "labelExpr": label} | more}  # fmt: skip


def figure(name, title, panels, output):
    """Panels side by side, each (title, x title, y title, rows of x, y and series), both axes logarithmic."""
    charts = []
    for heading, x, y, rows in panels:
        names = list(dict.fromkeys(row["series"] for row in rows))
        series = {"field": "series", "type": "nominal", "title": None}
        legend = {"orient": "bottom", "direction": "vertical", "labelLimit": 300, "symbolType": "stroke", "symbolSize": 400,
                  "symbolStrokeWidth": 2}  # fmt: skip
        charts.append({
            "title": {"text": heading, "fontSize": 14, "anchor": "middle", "offset": 6}, "width": 300, "height": 240,
            "data": {"values": rows},
            "encoding": {
                "x": {"field": "x"} | axis(x, [row["x"] for row in rows], grid=False),
                "y": {"field": "y"} | axis(y, [row["y"] for row in rows]),
                "color": series | {"scale": {"domain": names, "range": COLOURS[: len(names)]},
                                   "legend": legend if len(names) > 1 else None},
            },
            "layer": [
                {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"strokeDash": series | {"scale": {
                    "domain": names, "range": [[1, 0], [8, 3], [2, 2], [8, 3, 2, 3]][: len(names)]},
                    "legend": legend if len(names) > 1 else None}}},
                {"mark": {"type": "point", "filled": True, "size": 45}},
            ],
        })  # fmt: skip
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "background": "white", "padding": 12,
        "config": {"font": "Helvetica, Arial, Liberation Sans, sans-serif", "view": {"stroke": "#bbbbbb"},
                   "axis": {"labelFontSize": 12, "titleFontSize": 13, "titleFontWeight": "normal", "gridColor": "#eeeeee"},
                   "legend": {"labelFontSize": 12}},
        "title": {"text": title, "anchor": "start", "fontSize": 17, "offset": 14},
        "hconcat": charts, "spacing": 40, "resolve": {"scale": {"color": "independent", "strokeDash": "independent"}},
    }  # fmt: skip
    path = output / f"{name}.vl.json"
    path.write_text(json.dumps(specification, indent=1) + "\n")
    return path


def figures(record, output):
    memory, time = [], []
    for row in record["parts"]["jets"]["rows"]:
        where = "in memory" if row["kept"] == "memory" else "in files"
        memory.append({"x": row["jets"], "y": row["train"]["anonymous"] / 1e6, "series": f"own memory, jets {where}"})
        if row["kept"] == "files":
            memory.append({"x": row["jets"], "y": row["train"]["files"] / 1e6, "series": "mapped pages, which the system may drop"})
        for name in ("train", "evaluate"):
            if row["kept"] == "files" or name == "train":
                time.append({"x": row["jets"], "y": row[name]["processorSeconds"], "series": f"{name}, jets {where}"})
    paths = [figure("jets", "Memory and time against the number of jets", [
        ("Training: the most held", "jets", "MB", memory),
        ("From start to end: time of the processors", "jets", "s", time)], output)]  # fmt: skip
    panels = []
    for part, key, x in (("constituents", "constituents", "constituents"), ("parameters", "parameters", "parameters")):
        rows = record["parts"][part]["rows"]
        cost = [{"x": row[key], "y": row[name] / row["jets"] * 1e3, "series": label} for row in rows for name, label in
                (("gradient", "gradient"), ("productKept", "Hessian product, kept graph"), ("productFresh", "Hessian product, fresh"))]
        graph = [{"x": row[key], "y": row["graphBytesPerJet"] / 1e6, "series": "graph"} for row in rows]
        panels += [(f"Time a jet against {x}", x, "ms a jet, 2 threads", cost),
                   (f"A kept graph against {x}", x, "MB a jet", graph)]  # fmt: skip
    paths.append(figure("constituents", "Cost against the number of constituents (network of quick)", panels[:2], output))
    paths.append(figure("parameters", "Cost against the number of parameters (32 constituents)", panels[2:], output))
    environment = os.environ | {"PYTHONPATH": str(repository / ".deps/python")}
    subprocess.run([sys.executable, "-c", RENDER, *paths], check=True, env=environment)


def write(record, output):
    parts = record["parts"]
    machine = parts["jets"]["environment"]
    loads = ", ".join(f"{name} {part['load'][0]:.1f} to {part['load'][1]:.1f}" for name, part in parts.items())
    sections = [
        "# Memory and time as studies grow",
        f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory'] / 1e9:.0f} GB, Linux "
        f"{machine['kernel']}; commit {machine['commit']}. The machine's load from start to end of each part: {loads}; "
        "where it is above the number of cores, times are upper bounds, and ratios tell more.",
        *jets_text(record), "![Memory and time against the number of jets](jets.svg)",
        *shape_text(record, "constituents", "## Constituents", "constituents", lambda row: row["constituents"]),
        "![Cost against the number of constituents](constituents.svg)",
        *shape_text(record, "parameters", "## Parameters", "parameters", lambda row: f"{row['parameters']:,.0f}"),
        "![Cost against the number of parameters](parameters.svg)",
        *workers_text(record), *disk_text(record), "Every figure is in `results.json`.",
    ]  # fmt: skip
    figures(record, output)
    (output / "RESULTS.md").write_text("\n\n".join(sections) + "\n")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    write(json.loads((here / "results.json").read_text()), here)
