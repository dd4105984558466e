"""Forward and backward of ArcFace at many classes: time and memory beside the peers'.

Each way runs in a process of its own. Three plain products of the same size are the yardstick: one
forward and two backward are what any exact way has to compute. "sampled" runs over a share of the
classes. "training" and "sampled-training" are whole steps of a `MarginModel` with SGD: seconds a
step, and the peak memory of the process with everything that it holds.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import accelerator, common

WAYS = ("products", "labelfeed", "sampled", "naive", "pytorch-metric-learning")
TRAINING = ("training", "sampled-training")
BACKENDS = ("tensorflow", "jax", "torch")


def main(arguments: list[str] | None = None) -> None:
    parse = common.parser("margin", __doc__)
    parse.add_argument("--backend", action="append", choices=BACKENDS, help="default: all three")
    parse.add_argument("--batch", type=int, default=256)
    parse.add_argument("--dimension", type=int, default=512)
    parse.add_argument("--classes", type=int, default=102_400)
    parse.add_argument("--block", type=int, default=2048)
    parse.add_argument("--repeats", type=int, default=5)
    parse.add_argument("--share", type=float, default=0.1, help="of the classes, when sampled")
    parse.add_argument(
        "--way", action="append", choices=WAYS + TRAINING, help="default: all but training"
    )
    parse.add_argument("--one", help="internal: measure one way in this process")
    args = parse.parse_args(arguments)
    if args.one:
        training = args.one in TRAINING
        print(json.dumps(train(args) if training else measure(args)))
        return
    gradient = args.classes * args.dimension * 4 / 2**20
    rows, found = [], []
    for backend in args.backend or BACKENDS:
        for way in args.way or WAYS:
            if way == "pytorch-metric-learning" and backend != "torch":
                continue
            result = _in_process(backend, way, args)
            found.append({"backend": backend, "way": way, **result})
            rows.append(
                [
                    backend,
                    way,
                    f"{result['seconds']:.4g}",
                    f"{result['cpu_seconds']:.2f}",
                    f"{result['extra_mb']:.0f}",
                    f"{result['extra_mb'] / gradient:.2f}",
                ]
            )
            common.progress(f"{backend} {way}: {result}")
    head = ["backend", "way", "seconds", "CPU seconds", "extra MB", "of the gradient"]
    print(common.table(rows, head))
    common.save_json(args.json, {"results": found, "gradient_mb": gradient})


def _in_process(backend: str, way: str, args: Any) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks", "margin", "--one", way]
    for name in ("batch", "dimension", "classes", "block", "repeats", "share"):
        command += [f"--{name}", str(getattr(args, name))]
    env = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise RuntimeError(f"{backend} {way} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(args: Any) -> dict[str, float]:
    """Return the least seconds of a step, and the most memory that it took beyond its inputs."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(args.batch, args.dimension)).astype(np.float32)
    centres = rng.standard_normal((args.classes, args.dimension), dtype=np.float32)
    label = rng.integers(0, args.classes, args.batch).astype(np.int32)
    step = _step(args, x, centres, label)
    del centres
    gc.collect()  # else what the preparation left in cycles counts as held before
    if accelerator.on_accelerator():
        return _on_accelerator(step, args.repeats)
    ballast = _use_up_freed_memory((args.classes, args.dimension))
    _forget_the_peak()
    before = _memory("VmRSS")
    wall, cpu, peak = [], [], 0.0
    for _ in range(args.repeats):
        start, busy = time.perf_counter(), time.process_time()
        step()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - busy)
        peak = max(peak, _memory("VmHWM"))
    del ballast
    return {"seconds": min(wall), "cpu_seconds": min(cpu), "extra_mb": peak - before}


def _on_accelerator(step: Callable[[], Any], repeats: int) -> dict[str, float]:
    before = accelerator.reset()
    wall, cpu = [], []
    for _ in range(repeats + 1):  # the first compiles, on Torch it finds its kernels
        start, busy = time.perf_counter(), time.process_time()
        step()
        accelerator.wait()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - busy)
    peak = accelerator.peak_mb()
    return {"seconds": min(wall[1:]), "cpu_seconds": min(cpu[1:]), "extra_mb": peak - before}


def train(args: Any) -> dict[str, float]:
    """Return the seconds of a training step, and the peak memory of the process (not of init)."""
    import keras

    import labelfeed

    rng = np.random.default_rng(0)
    rows = args.batch * args.repeats
    x = rng.normal(size=(rows, args.dimension)).astype(np.float32)
    y = rng.integers(0, args.classes, rows).astype(np.int32)
    inputs = keras.Input((args.dimension,))
    embedder = keras.Model(inputs, keras.layers.Dense(args.dimension)(inputs))
    sampled = args.one == "sampled-training"
    head = labelfeed.heads.ArcFace(args.classes, sample=args.share if sampled else None)
    model = labelfeed.MarginModel(embedder, head, sparse_update=sampled)
    model.compile(keras.optimizers.SGD(0.1))
    started = _memory("VmHWM")
    _forget_the_peak()
    fit = {"batch_size": args.batch, "verbose": 0}
    model.fit(x[: args.batch], y[: args.batch], **fit)  # compiles
    start, busy = time.perf_counter(), time.process_time()
    model.fit(x, y, **fit)
    seconds = (time.perf_counter() - start) / args.repeats
    cpu = (time.process_time() - busy) / args.repeats
    peak = _memory("VmHWM")
    return {"seconds": seconds, "cpu_seconds": cpu, "extra_mb": peak, "init_mb": started}


def _use_up_freed_memory(shape: tuple[int, int]) -> list[Any]:
    """Return tables that fill what the backend freed but did not give back to the system.

    Else a step's gradient may lie in memory that the preparation had used, and cost nothing.
    """
    from keras import ops

    ballast: list[Any] = []
    for _ in range(8):
        before = _memory("VmRSS")
        ballast.append(ops.convert_to_tensor(ops.ones(shape) * 2.0))
        if not _memory("VmRSS") - before < 0.9 * shape[0] * shape[1] * 4 / 2**20:
            break
    return ballast


def _forget_the_peak() -> None:
    if platform.system() == "Linux":
        Path("/proc/self/clear_refs").write_text("5")


def _memory(field: str) -> float:
    if platform.system() != "Linux":
        return float("nan")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def _step(args: Any, x: np.ndarray, centres: np.ndarray, label: np.ndarray) -> Callable[[], Any]:
    """Return a function that runs forward and backward once; compiled, but not yet run."""
    way = args.one
    if way == "pytorch-metric-learning":
        return _peer(x, centres, label)
    import keras
    from keras import ops

    from labelfeed.heads import ArcFace

    block = args.block if way in ("labelfeed", "sampled") else None
    share = args.share if way == "sampled" else None
    head = ArcFace(len(centres), block_size=block, sample=share, seed=0)
    head.centre_initializer = keras.initializers.Zeros()  # filled below, without a second copy
    head.build((None, x.shape[1]))
    head.centres.assign(centres)
    q, y = ops.convert_to_tensor(x), ops.convert_to_tensor(label)

    def loss(q: Any) -> Any:
        return ops.mean(head.row_losses(q, y, training=True).losses)

    def products(q: Any, w: Any) -> tuple[Any, Any]:
        logits = ops.matmul(q, ops.transpose(w))
        return ops.matmul(logits, w), ops.matmul(ops.transpose(logits), q)

    backend, plain = keras.backend.backend(), way == "products"
    if backend == "jax":
        import jax

        def graded(q: Any, w: Any) -> Any:
            mapping = [(head.centres, w)] if seed is None else [(head.centres, w), seed]
            with keras.StatelessScope(state_mapping=mapping):
                return loss(q)

        # The draw of the same classes each time: what is timed does not depend on which.
        state = head.non_trainable_variables
        seed = (state[0], jax.numpy.array([0, 1], "uint32")) if state else None
        run = jax.jit(products if plain else jax.value_and_grad(graded, argnums=(0, 1)))
        compiled = run.lower(q, head.centres.value).compile()
        return lambda: jax.block_until_ready(compiled(q, head.centres.value))
    if backend == "tensorflow":
        import tensorflow as tf

        @tf.function(jit_compile=True)
        def run(q: Any) -> Any:
            if plain:
                return products(q, head.centres.value)
            with tf.GradientTape() as tape:
                tape.watch(q)
                value = loss(q)
            slopes = tape.gradient(value, (q, head.centres.value))
            return value, [tf.convert_to_tensor(slope) for slope in slopes]

        # Compiles, as for JAX: else the first step's peak is the compiler's own memory.
        run.experimental_get_compiler_ir(q)(stage="optimized_hlo")
        return lambda: run(q)
    import torch

    if plain:
        weight = head.centres.value.detach()
        return lambda: products(q, weight)

    def backward() -> None:
        leaf = q.detach().clone().requires_grad_(True)
        head.centres.value.grad = None
        loss(leaf).backward()
        assert torch.is_tensor(leaf.grad)

    return backward


def _peer(x: np.ndarray, centres: np.ndarray, label: np.ndarray) -> Callable[[], Any]:
    import torch
    from pytorch_metric_learning.losses import ArcFaceLoss

    device = "cuda" if torch.cuda.is_available() else "cpu"
    loss = ArcFaceLoss(len(centres), x.shape[1])
    loss.W = torch.nn.Parameter(torch.from_numpy(centres.T.copy()).to(device))
    y = torch.from_numpy(label.astype(np.int64)).to(device)
    rows = torch.from_numpy(x).to(device)

    def backward() -> None:
        leaf = rows.detach().clone().requires_grad_(True)
        loss.W.grad = None
        loss(leaf, y).backward()

    return backward
