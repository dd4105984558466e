"""Copies of the rows with some labels shown and the others to be scored, at every share known."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.column_math import column_of_place
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["MaskedCopies", "draw_copies", "known_others"]


class MaskedCopies:
    """Rows seen several times, each time with other labels shown.

    Args:
        row: int `(m,)`: which row each copy is of.
        states: int `(m, places)`: what is shown, -1 elsewhere.
        targets: int `(m, places)`: what is scored: the known labels that are not shown.
        copies: How often each row is there.
    """

    def __init__(
        self, row: np.ndarray, states: np.ndarray, targets: np.ndarray, copies: int
    ) -> None:
        """Store the arrays."""
        self.row, self.states, self.targets, self.copies = row, states, targets, copies


def draw_copies(y: np.ndarray, spec: LabelSpec, copies: int, seed: int) -> MaskedCopies:
    """Return masked copies: a share drawn uniformly for each, each known column shown with it.

    Args:
        y: int `(n, places)` of 1, 0, -1.
        spec: What the labels are; a column of classes is shown as a whole.
        copies: How often each row is seen; the shares of one row are spread evenly over [0, 1].
        seed: Seed of the draw.

    Example:
        >>> y = np.array([[1, 0, 1]])
        >>> masked = draw_copies(y, LabelSpec.multi(3), 4, seed=0)
        >>> bool(((masked.states == -1) == (masked.targets != -1)).all())
        True
    """
    rng = np.random.default_rng(seed)
    of = column_of_place(spec)
    shown, rows = [], len(y)
    first = rng.random((rows, 1))
    for copy in range(copies):
        share = (first + copy / copies) % 1.0
        shown.append((rng.random((rows, len(spec.label_columns))) < share)[:, of])
    show, all_y = np.concatenate(shown), np.tile(y, (copies, 1))
    return MaskedCopies(
        np.tile(np.arange(rows), copies),
        np.where(show, all_y, UNKNOWN),
        np.where(show, UNKNOWN, all_y),
        copies,
    )


def known_others(states: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return float `(n, places)`: how many columns besides the place's own are known."""
    known = (states[:, [c.places[0] for c in spec.label_columns]] != UNKNOWN).astype(np.float64)
    out: np.ndarray = (known.sum(axis=1, keepdims=True) - known)[:, column_of_place(spec)]
    return out
