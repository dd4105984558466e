"""What a visibility policy costs: a step of LabelFedModel against the same network by hand.

The peer is the same network as a plain two-input Keras model that is fed (x, y) twice. It is the
floor too: a wrapper cannot be faster than what it wraps. Both train in turn, epoch by epoch, in
one process per backend.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from benchmarks.common import in_process, parser, progress, save_json, table
from benchmarks.memory import peak_memory_mb

SIZES = {"small": (32, 32), "medium": (128, 256), "large": (256, 1024)}  # batch, hidden units
FEATURES, CLASSES, STEPS = 64, 10, 60


def main(arguments: list[str] | None = None) -> None:
    made = parser("overhead", __doc__ or "")
    made.add_argument("--backends", nargs="+", default=["tensorflow", "jax", "torch"])
    made.add_argument("--repeats", type=int, default=11, help="pairs of epochs that count")
    made.add_argument("--one", nargs=2, metavar=("SIZE", "KIND"), help="measure here, print JSON")
    options = made.parse_args(arguments)
    if options.one:
        print(json.dumps(measure(*options.one, options.repeats)))
        return
    rows, figures = [], []
    for backend in options.backends:
        for kind in ("single", "multi"):
            for size in SIZES:
                progress(f"{backend}, {kind}, {size}")
                found = in_process(
                    backend, "overhead", "--one", size, kind, "--repeats", options.repeats
                )
                figures.append({"backend": backend, "kind": kind, "size": size, **found})
                batch, units = SIZES[size]
                ratio = f"{found['ratio']:.3f} ({found['low']:.2f} to {found['high']:.2f})"
                what = f"{kind}, batch {batch}, 2 x {units}"
                ms = (f"{1e3 * found[k]:.3f}" for k in ("hand", "ours"))
                rows.append([backend, what, *ms, ratio, f"{found['memory_mb']:+.1f}"])
    header = ["backend", "model", "by hand, ms", "labelfeed, ms", "ratio (quartiles)", "memory, MB"]
    print(table(rows, header))
    print("\nMilliseconds a step, medians; the ratio is the median over pairs of epochs, in turn.")
    print("Memory: peak of the process after labelfeed's epochs less its peak after the peer's.")
    save_json(options.json, {"overhead": figures})


def measure(size: str, kind: str, repeats: int) -> dict[str, Any]:
    """Return seconds a step of both models, and the ratio of each pair of epochs."""
    import keras
    import numpy as np

    import labelfeed

    batch, units = SIZES[size]
    spec = getattr(labelfeed.LabelSpec, kind)(CLASSES)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch * STEPS, FEATURES)).astype("float32")
    if kind == "single":
        y = rng.integers(0, CLASSES, len(x)).astype("int32")
        loss, last = "sparse_categorical_crossentropy", "softmax"
    else:
        y = rng.integers(0, 2, (len(x), CLASSES)).astype("int32")
        loss, last = "binary_crossentropy", "sigmoid"

    def network() -> Any:
        features, label = keras.Input((FEATURES,), name="features"), labelfeed.LabelInput(spec)
        hidden = labelfeed.layers.LabelEmbedding(16, spec)([features, label])
        for _ in range(2):
            hidden = keras.layers.Dense(units, activation="relu")(hidden)
        output = keras.layers.Dense(CLASSES, activation=last)(hidden)
        return keras.Model([features, label], output)

    metric = "accuracy" if kind == "single" else "binary_accuracy"
    hand = network()
    hand.compile("adam", loss, metrics=[metric])
    ours = labelfeed.LabelFedModel(network(), spec, labelfeed.Masked(0.5))
    ours.compile("adam", loss, metrics=[metric])

    def seconds(model: Any, inputs: Any) -> float:
        start = time.perf_counter()
        model.fit(inputs, y, batch_size=batch, epochs=1, verbose=0, shuffle=False)
        return (time.perf_counter() - start) / STEPS

    for _ in range(2):
        seconds(hand, [x, y])
    before = peak_memory_mb()
    for _ in range(2):
        seconds(ours, x)
    memory = peak_memory_mb() - before
    pairs = [(seconds(hand, [x, y]), seconds(ours, x)) for _ in range(repeats)]
    low, ratio, high = statistics.quantiles([b / a for a, b in pairs], n=4)
    return {
        "hand": statistics.median(a for a, _ in pairs),
        "ours": statistics.median(b for _, b in pairs),
        "ratio": ratio,
        "low": low,
        "high": high,
        "memory_mb": memory,
    }
