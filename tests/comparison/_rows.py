"""Rows to compare on, and results of splits as if they had been made."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.comparison.design import Design
from labelfeed.comparison.judged import SCORED
from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.spec import LabelSpec

NAMES = ("plain", "partial-labels", "bayes-product")


def findings(rows: int = 60, labels: int = 3, seed: int = 0, **more: Any) -> Dataset:
    """Return rows whose yes/no labels share what the features do not tell."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3)).astype(np.float32)
    hidden = 2 * rng.normal(size=(rows, 1))
    y = (x[:, :1] + hidden + 0.5 * rng.normal(size=(rows, labels)) > 0).astype(np.int32)
    spec = LabelSpec.multi([f"f{i}" for i in range(labels)])
    names = tuple(spec.names or ())
    return Dataset("arrays", x, y, spec, np.arange(rows), "rows", names, **more)


def turned(rows: int = 80, seed: int = 0) -> Dataset:
    """Return rows whose side label turns the sign of a feature."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 2)).astype(np.float32)
    side = rng.integers(0, 2, rows)
    y = (x[:, 0] * (2 * side - 1) > 0).astype(np.int32)
    sides = Sides((LabelSpec.single(["A", "B"], name="scanner"),), side[:, None].astype(np.int32))
    spec, ids = LabelSpec.single(["benign", "malignant"]), np.arange(rows)
    return Dataset("arrays", x, y, spec, ids, "rows", ("label",), sides=sides)


def rare(several: bool = False, rows: int = 120, seed: int = 0) -> Dataset:
    """Return rows of which one in fifteen has the second class, or the first of two labels."""
    rng = np.random.default_rng(seed)
    y = (np.arange(rows) % 15 == 0).astype(np.int32)
    x = (rng.normal(size=(rows, 2)) + 1.5 * y[:, None]).astype(np.float32)
    spec = LabelSpec.multi(["ill", "odd"]) if several else LabelSpec.single(["well", "ill"])
    labels = np.stack([y, np.arange(rows) % 2], axis=1) if several else y
    return Dataset("arrays", x, labels.astype(np.int32), spec, np.arange(rows), "rows", ("label",))


def corners(rows: int = 120, seed: int = 0) -> Dataset:
    """Return rows of a single target that lie in heaps which no line parts."""
    rng = np.random.default_rng(seed)
    x = (2 * rng.normal(size=(rows, 2))).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int32)
    return Dataset("arrays", x, y, LabelSpec.single(2), np.arange(rows), "rows", ("label",))


def design_of(dataset: Dataset, names: tuple[str, ...] = NAMES, **more: Any) -> Design:
    return Design(dataset, None, names, "logistic", **more)


def made_up(at: tuple[int, int], scores: dict[str, float], design: Design) -> dict[str, Any]:
    """Return the result of a split with these scores for the metric of the design."""
    point = design.verdict_point

    def one(value: float) -> dict[str, Any]:
        found = dict.fromkeys(SCORED, 0.5) | {"labels": 10, design.metric: value}
        by = {name: dict.fromkeys(set(words), found) for name, words in design.by.items()}
        return {"seconds": 1.0, "scores": {point: found, "0% known": found},
                "bins": [[0, 0.0, 0]] * 9 + [[30, 29.0, 28]], "by": by}  # fmt: skip

    return {
        "split": list(at),
        "rows": [80, 20],
        "took": 1.0,
        "contenders": {name: one(value) for name, value in scores.items()},
    }


def drawn(at: tuple[int, int], gain: float, design: Design, noise: float = 0.01) -> dict[str, Any]:
    """Return a result in which partial-labels is better by a gain, and all vary."""
    rng = np.random.default_rng([3, *at])
    scores = {name: 0.8 + noise * float(rng.normal()) for name in NAMES}
    scores["partial-labels"] += gain
    return made_up(at, scores, design)
