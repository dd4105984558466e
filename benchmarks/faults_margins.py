"""Cosines of +-1, and as near to it as a float can be, through every margin and every head.

The embedding is at the cosine from the centre of its class and at a right angle to all others, in
the precision that is named. Loss and gradient are finite, and the loss does not grow with the
cosine.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from benchmarks.inputs_tally import Case, Tally
from labelfeed.losses import margins
from tests.contracts._heads import CLASSES, ROWS

__all__ = ["DTYPES", "FUNCTIONS", "cosines", "tallied"]

DTYPES = ("float16", "bfloat16", "float32")
# Rounding of the embedding changes its norm, and all cosines with it, by up to so much.
_ROUNDING = {"float16": 2e-2, "bfloat16": 1e-1, "float32": 2e-5}
_POLES = (0.0, 6e-8, 1.2e-7, 5e-7, 1e-6, 1e-5, 1e-3, 1e-2)
_WIDTH = 8
_LENGTHS = (1.0, 0.05, 20.0)

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    **{f"additive_angle {m:.3g}": functools.partial(margins.additive_angle, margin=m)
       for m in (0.0, 0.1, 0.5, 1.0, math.pi / 2)},
    **{f"combined_angle {f:g}, {m:g}": functools.partial(
           margins.combined_angle, factor=f, margin=m)
       for f, m in ((1.0, 0.5), (4.0, 0.0), (1.35, 0.2), (16.0, 1.5))},
    "safe_angle": lambda cosine: -margins.safe_angle(cosine),
}  # fmt: skip
"""What is done to a cosine; each rises with it."""


def tallied(count: int, seed: int) -> list[Tally]:
    """Return the outcomes: an input is a cosine in a precision through a margin or a head.

    Args:
        count: How many inputs.
        seed: Of the cosines between the poles, the lengths and the planes.
    """
    subjects = [(kind, name, dtype) for kind, names in (("margins", FUNCTIONS), ("heads", ROWS))
                for name in names for dtype in DTYPES]  # fmt: skip
    tallies = {"margins": Tally("margins", (), 60), "heads": Tally("heads", (), 60)}
    each, more = divmod(count, len(subjects))
    for at, (kind, name, dtype) in enumerate(subjects):
        if some := each + (at < more):
            given = np.random.default_rng([seed, at])
            case = (_of_function if kind == "margins" else _of_head)(name, dtype, some, given)
            for one in case:
                tallies[kind].take(one)
    return list(tallies.values())


def cosines(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return rising cosines in [-1, 1], of which the first few draws are at and near the poles."""
    near = [sign * (1 - step) for step in _POLES for sign in (1.0, -1.0)]
    found = np.concatenate([near, rng.uniform(-1, 1, max(count - len(near), 0))])
    return np.sort(found[:count])


def _of_function(name: str, dtype: str, count: int, rng: np.random.Generator) -> Iterator[Case]:
    given = ops.cast(ops.cast(ops.convert_to_tensor(cosines(count, rng)), dtype), "float32")
    at = np.asarray(ops.convert_to_numpy(given), np.float64)

    @functools.cache
    def measured() -> list[str]:
        value, slope = _differentiated(FUNCTIONS[name], given)
        return _faults(-value, slope[:, None], at, 1e-6)

    for i, cosine in enumerate(at):
        yield _case(f"{name}, {dtype}, cosine {cosine:.9g}", measured, i)


def _of_head(name: str, dtype: str, count: int, rng: np.random.Generator) -> Iterator[Case]:
    head: Any = ROWS[name].built(_WIDTH)
    centres = np.eye(CLASSES, _WIDTH, dtype=np.float32)
    if hasattr(head, "centres"):
        shape = tuple(head.centres.shape)
        head.centres.assign(np.repeat(centres, shape[0] // CLASSES, axis=0))
    if hasattr(head, "kernel"):  # a softmax beside the pull to the centre
        head.kernel.assign(centres.T)
    asked = cosines(count, rng)
    length = _LENGTHS[rng.integers(len(_LENGTHS))]
    side = np.zeros(_WIDTH)
    side[CLASSES:] = rng.normal(size=_WIDTH - CLASSES)
    side /= np.linalg.norm(side)
    sine = np.sqrt(np.maximum(1 - asked**2, 0))
    x = ops.cast(length * (asked[:, None] * centres[0] + sine[:, None] * side), dtype)
    rows = np.asarray(ops.convert_to_numpy(ops.cast(x, "float32")), np.float64)
    at = rows[:, 0] / np.linalg.norm(rows, axis=1)

    @functools.cache
    def measured() -> list[str]:
        alone = not head.by_row
        parts = [x[i : i + 1] for i in range(count)] if alone else [x]
        beside = ops.cast(centres[:2], dtype)  # one of its class, one of another
        found = [_of_rows(head, ops.concatenate([part, beside]), len(part)) for part in parts]
        value = np.array([part[0].sum() for part in found]) if alone else found[0][0][:count]
        slope = np.concatenate([part[1][:-2] for part in found])
        return _faults(value, slope, at, _ROUNDING[dtype])

    for i, cosine in enumerate(at):
        yield _case(f"{name}, {dtype}, length {length:g}, cosine {cosine:.9g}", measured, i)


def _case(what: str, measured: Callable[[], list[str]], at: int) -> Case:
    return Case(what, lambda: measured()[at], lambda found: found == "")


def _faults(losses: np.ndarray, slopes: np.ndarray, at: np.ndarray, rounding: float) -> list[str]:
    """Return what is wrong with each row; "" for nothing."""
    found = []
    order = np.argsort(at, kind="stable")
    least = dict(zip(order[1:], np.minimum.accumulate(losses[order])[:-1], strict=True))
    for i, (loss, slope) in enumerate(zip(losses, slopes, strict=True)):
        limit = least.get(i, np.inf) + rounding * max(1.0, abs(loss))
        told = "" if np.isfinite(loss) else f"loss {loss}"
        told = told or ("" if np.isfinite(slope).all() else f"gradient {slope}")
        found.append(told or ("" if loss <= limit else f"loss {loss} after {least[i]}"))
    return found


def _of_rows(head: Any, x: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    label = np.array([0] * count + [0, 1], np.int32)

    def losses(given: Any) -> Any:
        return head.row_losses(given, ops.convert_to_tensor(label), True).losses

    return _differentiated(losses, x)


def _differentiated(function: Callable, x: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the value of each row, and the gradient of their sum by x, as float64."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        def total(given: Any) -> Any:
            with keras.StatelessScope():  # what a head notes of the batch is dropped
                value = function(given)
            return ops.sum(value), value

        slope, value = jax.jit(jax.grad(total, has_aux=True))(x)
    elif backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
            total = tf.reduce_sum(value)
        slope = tape.gradient(total, x)
    else:
        x = x.detach().clone().requires_grad_(True)
        value = function(x)
        ops.sum(value).backward()
        slope = x.grad
    return _numpy(value), _numpy(slope)


def _numpy(tensor: Any) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")), np.float64)
