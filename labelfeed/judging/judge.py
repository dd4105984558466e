"""Judge synthetic rows against real ones: one call, Keras-free."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.judging.copying import copying
from labelfeed.judging.coverage import coverage
from labelfeed.judging.fidelity import Fidelity, fidelity
from labelfeed.judging.judged import Judged, Likeness
from labelfeed.judging.rows import Coder, Columns, plain_frame
from labelfeed.judging.shapes import column_shapes, pair_trends
from labelfeed.judging.told_apart import told_apart
from labelfeed.judging.usefulness import usefulness

__all__ = ["Judge", "judge"]

_MOST = 5000  # rows of a kind that are told apart, and whose distances are taken
_LEAST = 20  # rows of each kind, without which no figure means anything


def judge(
    train: pd.DataFrame,
    held_out: pd.DataFrame,
    synthetic: pd.DataFrame,
    target: str | Sequence[str],
    *,
    beside: pd.DataFrame | None = None,
    seed: int = 0,
) -> Judged:
    """Judge synthetic rows: do they look real, obey the label, copy anyone, help a classifier?

    Every figure stands beside that of real rows, which is what a perfect generator gets: training
    rows against held-out ones.

    Args:
        train: Rows that the generator was trained on.
        held_out: Real rows of the same source that it has never seen.
        synthetic: Its rows, with the label that each was asked for in the label columns; about as
            frequent as in the real rows.
        target: Label column, or columns.
        beside: Synthetic rows to put beside the real ones when a classifier is trained on both, as
            to fill rare classes up; `synthetic` without them.
        seed: Of folds, draws and trees.

    Raises:
        DataError: A column is missing, or there are too few rows.

    Example:
        >>> import numpy as np, pandas as pd
        >>> rng = np.random.default_rng(0)
        >>> def rows(n):
        ...     y = rng.integers(0, 2, n)
        ...     x = rng.normal(size=(n, 2)) + 3 * y[:, None]
        ...     return pd.DataFrame(x, columns=["a", "b"]).assign(y=y)
        >>> found = judge(rows(200), rows(100), rows(100), "y")
        >>> found.copying.copies, found.fidelity[0].has_effect
        (False, True)
    """
    return Judge(train, held_out, target, seed=seed)(synthetic, beside)


class Judge:
    """Judges the rows of several generators: what real rows get is computed once.

    Args:
        train: Rows that the generators were trained on.
        held_out: Real rows that they have never seen.
        target: Label column, or columns.
        seed: Of folds, draws and trees.
        progress: Is told what is computed now.
    """

    def __init__(
        self,
        train: pd.DataFrame,
        held_out: pd.DataFrame,
        target: str | Sequence[str],
        *,
        seed: int = 0,
        progress: Callable[[str], None] = lambda text: None,
    ) -> None:
        train = plain_frame(train)
        self._columns = Columns.of(train, target)
        self._train = _checked(train, self._columns, "training")
        self._held_out = _checked(plain_frame(held_out), self._columns, "held-out")
        self._coder = Coder(self._train, self._columns)
        self._seed, self._progress = seed, progress
        self._known: dict[str, dict[str, np.ndarray]] = {}
        self._real: Likeness | None = None

    @property
    def real(self) -> Likeness:
        """How alike training rows and held-out rows are."""
        if self._real is None:
            self._real = self._likeness(self._train)
        return self._real

    def __call__(self, synthetic: pd.DataFrame, beside: pd.DataFrame | None = None) -> Judged:
        """Judge the rows of one generator; the arguments are those of `judge`."""
        columns, coder = self._columns, self._coder
        synthetic = _checked(plain_frame(synthetic), columns, "synthetic")
        more = synthetic
        if beside is not None:
            more = _checked(plain_frame(beside), columns, "synthetic", 0)
        likeness, real = self._likeness(synthetic), self.real
        self._progress("copies")
        kinds = (self._train, self._held_out, synthetic)
        vectors = [coder.vectors(self._some(frame)) for frame in kinds]
        found = copying(*vectors)
        fidelities, uses = [], []
        for name in columns.target:
            self._progress(f"the label {name}")
            ids = [coder.ids(self._some(frame), name) for frame in kinds]
            one = fidelity(
                name, (vectors[1], ids[1]), (vectors[2], ids[2]), coder.classes(name), self._seed
            )
            fidelities += [] if one is None else [one]
            self._progress(f"classifiers of {name}")
            trained, scored, made, put = (
                (coder.codes(frame), coder.ids(frame, name)) for frame in (*kinds, more)
            )
            of_words = coder.of_words[: len(columns.features)]
            known = self._known.setdefault(name, {})
            use = usefulness(name, trained, scored, made, put, of_words, self._seed, known)
            uses += [] if use is None else [use]
        return Judged(
            columns.target, len(self._train), len(self._held_out), len(synthetic), likeness, real,
            found, tuple(fidelities), tuple(uses), self._notes(fidelities),
        )  # fmt: skip

    def _likeness(self, frame: pd.DataFrame) -> Likeness:
        """Return how alike rows are to as many held-out ones."""
        self._progress("columns and pairs")
        size = min(len(frame), len(self._held_out), _MOST)
        real, other = self._some(self._held_out, size), self._some(frame, size)
        coder = self._coder
        codes = [coder.codes(rows, with_target=True) for rows in (real, other)]
        full = [coder.vectors(rows, with_target=True) for rows in (real, other)]
        vectors = [coder.vectors(rows) for rows in (real, other)]
        shapes = column_shapes(self._held_out, frame, self._columns)
        pairs = pair_trends(self._held_out, frame, self._columns)
        self._progress("telling rows apart")
        apart = told_apart(codes, full, coder.of_words, self._seed)
        return Likeness(shapes, pairs, apart, coverage(*vectors))

    def _some(self, frame: pd.DataFrame, most: int = 4 * _MOST) -> pd.DataFrame:
        """Return so many rows at most, drawn by the seed."""
        if len(frame) <= most:
            return frame
        at = np.random.default_rng(self._seed).permutation(len(frame))[:most]
        return frame.iloc[at]

    def _notes(self, fidelities: Sequence[Fidelity]) -> tuple[str, ...]:
        notes = [
            f"column {name} is left out: {self._train[name].nunique()} different words"
            for name in self._columns.left_out
        ]
        notes += [
            f"{one.target}: {', '.join(one.left_out)} left out of the label's figure, fewer than 5 "
            "held-out rows"
            for one in fidelities
            if one.left_out
        ]
        return tuple(notes)


def _checked(frame: pd.DataFrame, columns: Columns, what: str, least: int = _LEAST) -> pd.DataFrame:
    if len(frame) < least:
        raise DataError(
            f"{len(frame)} {what} rows are too few to judge by: {least} of each kind are needed."
        )
    wanted = (*columns.features, *columns.target)
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise DataError(
            f"The {what} rows have no column {', '.join(map(repr, missing[:3]))}, which the "
            "training rows have: give the same columns."
        )
    return frame
