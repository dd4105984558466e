"""`python -m benchmarks conditional-dense`: a kernel for each class, in time and memory.

One step is the forward and backward pass of one layer, with gradients of features and weights:
a shared `Dense`, `LabelConditionalDense` by gathering a kernel for each row, by grouping rows by
class, and of low rank. Each is measured in a process of its own. The floor is what memory
traffic alone takes: each kernel that occurs is read forward and backward and its gradient written,
at the bandwidth measured here; a dense gradient is written for the other classes too. On a machine
that does other things as well, compare the processor time, not the time on the wall.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import in_process, parser, progress, save_json, table

__all__ = ["CASES", "labels", "main", "measure", "step_of"]

BACKENDS = ("tensorflow", "jax", "torch")
BATCH = 1024
CASES = {  # name: classes, width of features and of the output, frequencies
    "3": (3, 256, "even"),
    "1000": (1000, 256, "even"),
    "1000 skewed": (1000, 256, "skewed"),
    "1000 mostly empty": (1000, 256, "few"),
    "100000": (100_000, 32, "even"),
    "100000 wide": (100_000, 256, "even"),  # full kernels: 26 GB, and their gradient as much
}
LAYERS = ("shared", "gather", "grouped", "low-rank")
_TOO_LARGE = 2**30  # numbers of the kernels of all classes: only low rank is measured


def labels(classes: int, frequencies: str, batch: int = BATCH) -> np.ndarray:
    """Return class ids; skewed: by Zipf's law; few: ten classes occur, the others are empty."""
    rng = np.random.default_rng(0)
    weight = np.ones(classes)
    if frequencies == "skewed":
        weight = 1 / np.arange(1, classes + 1)
    elif frequencies == "few":
        weight = np.arange(classes) % (classes // 10) == 0
    return rng.choice(classes, batch, p=weight / weight.sum()).astype("int32")


def step_of(kind: str, classes: int, width: int, ids: np.ndarray, compiled: bool) -> Callable:
    """Return a function that runs one forward and backward pass of a layer."""
    import keras

    from labelfeed import LabelSpec
    from labelfeed.layers import LabelConditionalDense

    rng = np.random.default_rng(0)
    x, grad = (rng.normal(size=(len(ids), width)).astype("float32") for _ in range(2))
    if kind == "shared":
        layer = keras.layers.Dense(width)
        layer.build(x.shape)
    else:
        options = {"kernel": "low-rank"} if kind == "low-rank" else {"method": kind}
        layer = LabelConditionalDense(width, LabelSpec.single(classes), **options)
        layer.build([x.shape, ids.shape])

    def forward(features: Any, label: Any) -> Any:
        return layer(features) if kind == "shared" else layer([features, label])

    make = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[keras.backend.backend()]
    return make(layer, forward, x, ids, grad, compiled)


def _tensorflow(layer: Any, forward: Any, x: Any, ids: Any, grad: Any, compiled: bool) -> Any:
    import tensorflow as tf

    x, ids, grad = tf.constant(x), tf.constant(ids), tf.constant(grad)

    def step() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = forward(x, ids)
        weights = [w.value for w in layer.trainable_weights]
        found = tape.gradient(out, [x, *weights], output_gradients=grad)
        return [g.values if isinstance(g, tf.IndexedSlices) else g for g in found]

    # What Keras runs on a CPU by default is a graph; XLA has a row of its own.
    return tf.function(step, jit_compile=True) if compiled else tf.function(step)


def _jax(layer: Any, forward: Any, x: Any, ids: Any, grad: Any, compiled: bool) -> Any:
    import jax
    import keras

    def gradients(weights: Any, x: Any, ids: Any, grad: Any) -> Any:
        def run(weights: Any, x: Any) -> Any:
            pairs = zip(layer.trainable_variables, weights, strict=True)
            with keras.StatelessScope(state_mapping=list(pairs)):
                return forward(x, ids)

        return jax.vjp(run, weights, x)[1](grad)

    run = jax.jit(gradients) if compiled else gradients
    x, ids, grad = jax.device_put((x, ids, grad))
    return lambda: jax.block_until_ready(
        run([w.value for w in layer.trainable_variables], x, ids, grad)
    )


def _torch(layer: Any, forward: Any, x: Any, ids: Any, grad: Any, compiled: bool) -> Any:
    import torch

    x = torch.tensor(x, requires_grad=True)
    ids, grad = torch.tensor(ids), torch.tensor(grad)
    run = torch.compile(forward, backend="aot_eager") if compiled else forward

    def step() -> None:
        x.grad = None
        for weight in layer.trainable_weights:
            weight.value.grad = None
        run(x, ids).backward(grad)

    return step


def measure(case: str, kind: str, compiled: bool, repeats: int = 5) -> dict[str, Any]:
    """Return seconds and extra memory of one layer; in a process of its own, as memory stays."""
    classes, width, frequencies = CASES[case]
    ids = labels(classes, frequencies)
    step = step_of(kind, classes, width, ids, compiled)
    before = _memory()
    step()
    _memory(reset=True)
    step()
    peak = _memory()
    seconds, processor = _times(step, repeats * (4 if kind == "shared" else 1))
    kernel = width * width * 4
    touched = len(np.unique(ids)) * kernel
    source = np.ones(2**24, np.float32)
    target = np.ones_like(source)
    copied = _times(lambda: np.copyto(target, source), 5)[1]
    return {
        "seconds": seconds,
        "processor_seconds": processor,
        "extra_mb": None if before is None or peak is None else max(0.0, peak[1] - before[0]),
        "gradient_mb": classes * kernel / 2**20,
        "touched_mb": touched / 2**20,
        "floor_seconds": 3 * touched * copied / (2 * source.nbytes),
    }


def _times(step: Callable, repeats: int) -> tuple[float, float]:
    """Return the median wall and processor seconds (of all threads) of a step."""
    walls, processors = [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        step()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return float(np.median(walls)), float(np.median(processors))


def _memory(reset: bool = False) -> tuple[float, float] | None:
    """Return resident memory now and at its highest since the reset, in MB; Linux only."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    size = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
    return int(size["VmRSS"]) / 1024, int(size["VmHWM"]) / 1024


def _rows(backend: str, case: str, how: str, found: dict[str, Any]) -> list[list[Any]]:
    shared = found["shared"]
    rows = []
    for kind, got in found.items():
        wall, processor, extra = got["seconds"], got["processor_seconds"], got["extra_mb"]
        own = kind in ("gather", "grouped")
        times = f"{1000 * wall:.1f}", f"{1000 * processor:.1f}"
        slower = (wall / shared["seconds"], processor / shared["processor_seconds"])
        ratios = [f"{ratio:.1f}" for ratio in slower]
        memory = "-" if extra is None else f"{extra:.0f}"
        floor = f"{1000 * got['floor_seconds']:.1f}" if own else "-"
        gradient = f"{got['gradient_mb']:.0f}" if own else "-"
        rows.append([backend, case, how, kind, *times, *ratios, memory, gradient, floor])
    return rows


def main(arguments: list[str] | None = None) -> None:
    """Run the measurements of every backend and print the tables."""
    made = parser("conditional-dense", __doc__.splitlines()[0])
    made.add_argument("--backend", nargs="+", choices=BACKENDS, default=list(BACKENDS))
    made.add_argument("--classes", nargs="+", choices=tuple(CASES), default=list(CASES))
    made.add_argument("--compiled", choices=("yes", "no", "both"), default="both")
    made.add_argument("--repeats", type=int, default=5)
    made.add_argument("--one", choices=LAYERS, help=argparse.SUPPRESS)
    options = made.parse_args(arguments)
    if options.one:
        compiled = options.compiled == "yes"
        print(json.dumps(measure(options.classes[0], options.one, compiled, options.repeats)))
        return
    rows, figures = [], {}
    ways = {"yes": ["yes"], "no": ["no"], "both": ["no", "yes"]}[options.compiled]
    for backend in options.backend:
        for case in options.classes:
            for compiled in ways:
                progress(f"{backend}, {case} classes, compiled: {compiled}")
                found = {}
                large = np.prod(CASES[case][:2]) * CASES[case][1] > _TOO_LARGE
                for kind in ("shared", "low-rank") if large else LAYERS:
                    arguments = ["--one", kind, "--classes", case, "--compiled", compiled]
                    found[kind] = in_process(
                        backend, "conditional-dense", *arguments, "--repeats", options.repeats
                    )
                figures[f"{backend} {case} compiled={compiled}"] = found
                rows += _rows(backend, case, compiled, found)
    header = ["backend", "classes", "compiled", "layer", "wall ms", "CPU ms", "wall x shared"]
    header += ["CPU x shared", "extra MB", "dense gradient MB", "floor ms"]
    print(table(rows, header))
    save_json(options.json, {"batch": BATCH, "figures": figures})
