"""How long a generator trains on a table of numbers, and how long it takes to make rows."""

from __future__ import annotations

import time

import keras
import numpy as np
import pandas as pd

from labelfeed.labels.spec import LabelSpec
from labelfeed.options import GenerateOptions
from labelfeed.strategies.generate import generate
from labelfeed.synthetic import TableCodec

__all__ = ["speed"]

_CLASSES = 4


def speed(
    rows: int, columns: int, made: int = 1000, options: GenerateOptions | None = None
) -> dict[str, float]:
    """Return seconds of the clock and of all cores for training, and for `made` rows.

    The first of two samplings compiles, and is not counted.

    Args:
        rows: Rows to learn from, drawn from a correlated normal distribution for each class.
        columns: Columns of numbers.
        made: Rows to make.
        options: Of the generator.
    """
    rng = np.random.default_rng(0)
    y = rng.integers(0, _CLASSES, rows)
    x = rng.normal(size=(rows, columns)) @ rng.normal(size=(columns, columns)) + y[:, None]
    table = pd.DataFrame(x, columns=[f"c{k}" for k in range(columns)])
    codec = TableCodec.fit(table)
    encoded = codec.encode(table, seed=0)
    keras.utils.set_random_seed(0)
    chosen = options or GenerateOptions()
    model = generate(
        LabelSpec.single(_CLASSES), encoded.shape[1:], groups=codec.groups, options=chosen
    )
    start, before = time.perf_counter(), time.process_time()
    model.fit(encoded, y, epochs=chosen.epochs or None, seed=0, verbose=0)
    found = {"train": time.perf_counter() - start, "processor": time.process_time() - before}
    known = np.arange(made) % _CLASSES
    for seed in range(2):
        start = time.perf_counter()
        model.sample(made, known=known, seed=seed, verbose=0)
        found["sample"] = time.perf_counter() - start
    return found
