"""What a plain model must give: out-of-fold logits of every row, and a final model of all rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Protocol

import numpy as np

from labelfeed.labels.spec import LabelSpec

__all__ = ["CrossFitted", "FittedLogits", "Member", "Ready", "grouped", "over_folds"]


class FittedLogits(Protocol):
    """A fitted plain model."""

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return logits `(n, places)` of features `(n, d)`."""


@dataclasses.dataclass(frozen=True, eq=False)
class CrossFitted:
    """A plain model, fitted.

    Args:
        name: Name of the member.
        oof: float64 `(n, places)`: logits of each row from models that did not see its fold.
        final: The model of all rows; `None` where there is none for new rows (a given table).
        note: What was left out or shortened, in one line; "" for nothing.
    """

    name: str
    oof: np.ndarray
    final: FittedLogits | None
    note: str = ""


class Member(Protocol):
    """A kind of plain model that can be cross-fitted.

    One with an attribute `optional` that is true stays in a blend only where it pays; one with a
    method `grouped` is told which rows belong together.
    """

    @property
    def name(self) -> str:
        """Name for messages and options."""

    def cross_fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        folds: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        seed: int = 0,
    ) -> CrossFitted:
        """Fit on the rows outside of each fold to predict the fold, and once on all rows."""


@dataclasses.dataclass(frozen=True, eq=False)
class Ready:
    """A member that has been cross-fitted on these very rows and folds.

    Args:
        fitted: What `cross_fit` returns.
    """

    fitted: CrossFitted

    @property
    def name(self) -> str:
        """Name of the member."""
        return self.fitted.name

    def cross_fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        folds: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        seed: int = 0,
    ) -> CrossFitted:
        """Return what was fitted."""
        return self.fitted


def grouped(member: Member, groups: np.ndarray) -> Member:
    """Return a member that knows the groups of the rows, where it asks for them."""
    ask: Callable[[np.ndarray], Member] | None = getattr(member, "grouped", None)
    return member if ask is None else ask(groups)


def over_folds(
    folds: np.ndarray, places: int, fit: Callable[[np.ndarray], FittedLogits], x: np.ndarray
) -> np.ndarray:
    """Return out-of-fold logits `(n, places)`: `fit(rows)` gives the model of those rows."""
    out = np.zeros((len(folds), places))
    for fold in np.unique(folds):
        inside = folds == fold
        out[inside] = fit(np.flatnonzero(~inside)).logits(x[inside])
    return out
