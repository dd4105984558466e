"""Small made-up rows for the tests of this room."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.spec import LabelSpec


def labels_that_hang_together(n: int = 240, labels: int = 4, seed: int = 0) -> tuple:
    """Return features that tell a little and labels that tell of each other what x does not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 5))
    hidden = rng.normal(size=(n, 1))
    logits = x[:, :labels] + 1.5 * hidden + 0.5 * rng.normal(size=(n, labels))
    return x.astype(np.float32), (logits > 0).astype(int)


def mixed(n: int = 200, seed: int = 0) -> tuple:
    """Return features, labels and spec of a column of three classes and two yes/no labels."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    spec = LabelSpec.columns([LabelSpec.single(["r", "g", "b"], name="colour"), "hot", "wet"])
    ids = np.argmax(x + 0.5 * rng.normal(size=(n, 3)), axis=1)
    y = np.column_stack([ids[:, None] == np.arange(3), ids == 0, rng.random(n) < 0.5])
    return x.astype(np.float32), y.astype(int), spec
