"""A training step of `KnownLabelAttention` beside `KnownLabelPath`: what attention costs.

Both read 14 labels behind the same trunk (128 units on 103 features) and train all of it under
`Masked("uniform")`, in turn, epoch by epoch, in one process per backend.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from benchmarks.common import in_process, parser, progress, save_json, table

FEATURES, LABELS, UNITS, BATCH, STEPS = 103, 14, 128, 64, 40


def main(arguments: list[str] | None = None) -> None:
    made = parser("attention", __doc__ or "")
    made.add_argument("--backends", nargs="+", default=["tensorflow", "jax", "torch"])
    made.add_argument("--repeats", type=int, default=9, help="pairs of epochs that count")
    made.add_argument("--depths", nargs="+", type=int, default=[1, 2], help="blocks of attention")
    made.add_argument("--one", type=int, metavar="DEPTH", help="measure here, print JSON")
    options = made.parse_args(arguments)
    if options.one:
        print(json.dumps(measure(options.one, options.repeats)))
        return
    rows, figures = [], []
    for backend in options.backends:
        for depth in options.depths:
            progress(f"{backend}, depth {depth}")
            found = in_process(backend, "attention", "--one", depth, "--repeats", options.repeats)
            figures.append({"backend": backend, "depth": depth, **found})
            ratio = f"{found['ratio']:.2f} ({found['low']:.2f} to {found['high']:.2f})"
            ms = (f"{1e3 * found[k]:.2f}" for k in ("path", "attention"))
            rows.append([backend, depth, *ms, ratio])
    header = ["backend", "depth", "path, ms", "attention, ms", "ratio (quartiles)"]
    print(table(rows, header))
    print(
        f"\nMilliseconds a step of {BATCH} rows and {LABELS} labels, medians over epochs in turn."
    )
    save_json(options.json, {"attention": figures})


def measure(depth: int, repeats: int) -> dict[str, Any]:
    """Return seconds a step of both models, and the ratio of each pair of epochs."""
    import keras
    import numpy as np

    import labelfeed
    from labelfeed.layers import KnownLabelAttention, KnownLabelPath

    spec = labelfeed.LabelSpec.multi(LABELS)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(BATCH * STEPS, FEATURES)).astype("float32")
    y = rng.integers(0, 2, (len(x), LABELS)).astype("int32")

    def model(attention: bool) -> Any:
        features, label = keras.Input((FEATURES,), name="features"), labelfeed.LabelInput(spec)
        hidden = keras.layers.Dense(UNITS, activation="relu")(features)
        if attention:
            logits = KnownLabelAttention(spec, depth=depth)([hidden, label])
        else:
            logits = KnownLabelPath(spec)([keras.layers.Dense(LABELS)(hidden), label])
        network = keras.Model([features, label], keras.layers.Activation("sigmoid")(logits))
        made = labelfeed.LabelFedModel(network, spec, labelfeed.Masked("uniform"))
        made.compile("adam", "binary_crossentropy")
        return made

    def seconds(trained: Any) -> float:
        start = time.perf_counter()
        trained.fit(x, y, batch_size=BATCH, epochs=1, verbose=0, shuffle=False)
        return (time.perf_counter() - start) / STEPS

    path, attention = model(False), model(True)
    for trained in (path, attention):
        seconds(trained)
        seconds(trained)
    pairs = [(seconds(path), seconds(attention)) for _ in range(repeats)]
    low, ratio, high = statistics.quantiles([b / a for a, b in pairs], n=4)
    return {
        "path": statistics.median(a for a, _ in pairs),
        "attention": statistics.median(b for _, b in pairs),
        "ratio": ratio,
        "low": low,
        "high": high,
    }
