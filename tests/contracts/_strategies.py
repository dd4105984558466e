"""One row for every public strategy, or several; a new strategy gets a row here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from labelfeed import strategies
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wire import with_label
from tests.contracts._layers import KIND, MIXED, SIGNS, label_of

WIDTH = 9
TARGET = LabelSpec.single(5, name="target")


class Row(NamedTuple):
    """A strategy to hold to the contract.

    Attributes:
        strategy: The public function.
        spec: The target.
        arguments: Its further arguments, small ones.
        sides: Side labels that it reads.
        reads: Whether the target may be put beside the features (`with_label`).
    """

    strategy: Callable[..., Any]
    spec: LabelSpec
    arguments: dict[str, Any]
    sides: tuple[LabelSpec, ...] = ()
    reads: bool = False

    def make(self) -> Any:
        """Return the compiled model."""
        return self.strategy(self.spec, (WIDTH,), **self.arguments)

    def data(self, n: int, seed: int = 0) -> tuple[Any, Any]:
        """Return features and encoded targets of n rows, the first target unknown."""
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(n, WIDTH)).astype(np.float32), label_of(self.spec, n, rng)
        y[0] = -1
        return x, y

    def beside(self, model: Any, x: Any, known: bool) -> Any:
        """Return features with labels beside them, all of them unknown or random."""
        rng = np.random.default_rng(1)
        of = {s.name: label_of(s, len(x), rng) for s in (self.spec, *self.sides)}
        of = of if known else {name: np.full_like(ids, -1) for name, ids in of.items()}
        if self.sides:
            return model.with_sides(x, {s.name: of[s.name] for s in self.sides})
        return with_label(x, of[self.spec.name])


_SMALL = {"width": 4, "depth": 1}

ROWS = {
    "margin": Row(strategies.margin, TARGET, {**_SMALL, "dimension": 3}),
    "masked": Row(strategies.masked, TARGET, _SMALL, reads=True),
    "partial_labels": Row(
        strategies.partial_labels, SIGNS, {**_SMALL, "path_units": (4,)}, reads=True
    ),
    "partial_labels-columns": Row(
        strategies.partial_labels, MIXED, {**_SMALL, "path_units": (4,)}, reads=True
    ),
    "neighbour_labels": Row(
        strategies.neighbour_labels,
        TARGET,
        {**_SMALL, "context": (np.arange(90.0).reshape(10, 9), np.arange(10) % 5)},
    ),
    "noisy_labels": Row(
        strategies.noisy_labels, TARGET, {**_SMALL, "matrix": np.eye(5) * 0.75 + 0.05}
    ),
    "noisy_labels-gce": Row(strategies.noisy_labels, SIGNS, _SMALL),
    "plain": Row(strategies.plain, SIGNS, _SMALL),
    "prior_adjusted": Row(strategies.prior_adjusted, TARGET, {**_SMALL, "prior": np.full(5, 0.2)}),
    "semi_supervised": Row(strategies.semi_supervised, TARGET, {**_SMALL, "weight": 0.5}),
    "side_label": Row(
        strategies.side_label, TARGET, {**_SMALL, "sides": [KIND, SIGNS]}, sides=(KIND, SIGNS)
    ),
    "side_label-multi": Row(
        strategies.side_label,
        SIGNS,
        {**_SMALL, "sides": [KIND], "layer": "ada-ln-zero"},
        sides=(KIND,),
    ),
    "training_only": Row(strategies.training_only, TARGET, {**_SMALL, "columns": 2}),
}
