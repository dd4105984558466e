"""The exact search for neighbours beside faiss's flat index: queries a second and memory.

One thread each, on the same rows, in turns: `labelfeed.estimators.nearest` (cross-fitting),
`NeighbourLabels` (prediction, which also reads the labels), faiss `IndexFlatL2`. The floor is the
product of queries and keys alone. Peak memory is what a process grows by, each in one of its own.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.common import in_process, parser, progress, save_json, table

NEIGHBOURS, CLASSES, BATCH = 96, 10, 1024
SIZES = ((10_000, 32), (10_000, 128), (100_000, 32), (100_000, 128))
WAYS = ("nearest", "layer", "faiss", "product")


def main(arguments: list[str] | None = None) -> None:
    made = parser("neighbours", __doc__ or "")
    made.add_argument("--backends", nargs="+", default=["torch"])
    made.add_argument("--queries", type=int, default=2048)
    made.add_argument("--repeats", type=int, default=5, help="turns that count")
    made.add_argument("--neighbours", type=int, default=NEIGHBOURS)
    made.add_argument("--one", nargs=3, metavar=("ROWS", "WIDTH", "WAYS"), help="measure here")
    options = made.parse_args(arguments)
    if options.one:
        rows, width, ways = options.one
        sizes = (int(rows), int(width), options.queries, options.neighbours)
        print(json.dumps(measure(*sizes, ways.split(","), options.repeats)))
        return
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))
    more = ["--queries", options.queries, "--neighbours", options.neighbours]
    lines, figures = [], []
    for backend in options.backends:
        for rows, width in SIZES:
            progress(f"{backend}: {rows} x {width}")
            one = ["neighbours", "--repeats", options.repeats, *more, "--one", rows, width]
            found = in_process(backend, *one, ",".join(WAYS))
            single = ["neighbours", "--repeats", 1, *more, "--one", rows, width]
            peak = {way: in_process(backend, *single, way)["peak"] for way in WAYS[:3]}
            figures.append({"backend": backend, "rows": rows, "width": width, **found, "mb": peak})
            speed = [f"{found['speed'][way]:,.0f}" for way in WAYS]
            ratios = [f"{found['ratio'][way]:.2f}" for way in WAYS[:2]]
            memory = [f"{peak[way]:.0f}" for way in WAYS[:3]]
            lines.append([backend, f"{rows:,} x {width}", *speed, *ratios, *memory])
    head = ["backend", "keys", *(f"{way}, queries/s" for way in WAYS), "nearest / faiss",
            "layer / faiss", *(f"{way}, MB" for way in WAYS[:3])]  # fmt: skip
    print(table(lines, head))
    print(f"\n{options.neighbours} neighbours; medians of {options.repeats} turns, one thread.")
    save_json(options.json, {"neighbours": figures})


def measure(
    rows: int, width: int, queries: int, k: int, ways: list[str], repeats: int
) -> dict[str, Any]:
    """Return queries a second, ratios to faiss turn by turn, and MB that the process grew by."""
    rng = np.random.default_rng(0)
    keys = rng.normal(size=(rows, width)).astype(np.float32)
    asked = rng.normal(size=(queries, width)).astype(np.float32)
    classes = rng.integers(0, CLASSES, rows).astype(np.int32)
    prepared = {way: _MADE[way](keys, classes, k) for way in ways}
    for search in prepared.values():
        search(asked[:BATCH])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(repeats):
        for way, search in prepared.items():
            start = time.perf_counter()
            for first in range(0, queries, BATCH):
                search(asked[first : first + BATCH])
            seconds[way].append(time.perf_counter() - start)
    found: dict[str, Any] = {
        "speed": {way: queries / statistics.median(s) for way, s in seconds.items()},
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "grown": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }
    if "faiss" in ways:
        found["ratio"] = {
            way: statistics.median(f / s for f, s in zip(seconds["faiss"], own, strict=True))
            for way, own in seconds.items()
        }
    return found


def _nearest(keys: np.ndarray, classes: np.ndarray, k: int) -> Callable[[np.ndarray], Any]:
    from labelfeed.estimators.nearest import nearest_keys

    return lambda asked: nearest_keys(asked, keys, k)


def _layer(keys: np.ndarray, classes: np.ndarray, k: int) -> Callable[[np.ndarray], Any]:
    import keras

    from labelfeed import LabelSpec
    from labelfeed.layers import NeighbourLabels

    if keras.backend.backend() == "torch":
        import torch

        torch.set_num_threads(1)
    layer = NeighbourLabels(LabelSpec.single(CLASSES), len(keys), k)
    layer.adapt(keys, classes)
    features = keras.Input((keys.shape[1],))
    model = keras.Model(features, layer(features))
    return lambda asked: model.predict_on_batch(asked)


def _faiss(keys: np.ndarray, classes: np.ndarray, k: int) -> Callable[[np.ndarray], Any]:
    try:
        import faiss
    except ImportError as error:
        raise SystemExit("This needs faiss: pip install 'labelfeed[neighbours]'.") from error

    faiss.omp_set_num_threads(1)
    index: Any = faiss.IndexFlatL2(keys.shape[1])
    index.add(keys)
    return lambda asked: index.search(asked, k)


def _product(keys: np.ndarray, classes: np.ndarray, k: int) -> Callable[[np.ndarray], Any]:
    table = keys.T.copy()

    def search(asked: np.ndarray) -> None:
        for start in range(0, table.shape[1], 8192):
            asked @ table[:, start : start + 8192]

    return search


_MADE = {"nearest": _nearest, "layer": _layer, "faiss": _faiss, "product": _product}
