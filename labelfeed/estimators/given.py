"""A table of given probabilities as a plain model."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.column_math import logits_of
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.member import CrossFitted
from labelfeed.labels.spec import LabelSpec

__all__ = ["GivenLogits", "GivenMember", "checked_probabilities"]

_SLACK = 1e-4  # how far rounding may take a probability beyond 0 or 1
_LEAST = 1e-6


class GivenLogits:
    """Logits of probabilities that stand where the features would.

    Args:
        spec: What the labels are.
    """

    def __init__(self, spec: LabelSpec) -> None:
        """Store the spec."""
        self.spec = spec

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return logits `(n, places)` of probabilities `(n, places)`."""
        return logits_of(checked_probabilities(x, self.spec, len(x)), self.spec, _LEAST)


class GivenMember:
    """Probabilities from elsewhere: any model, a rule, another program.

    They must be out of fold: each row's from a model that did not see the row. Probabilities that
    a model gives for its own training rows are too sure, and then nothing is read of the labels.

    Args:
        probabilities: `(n, places)` in [0, 1], for two classes or one yes/no label also `(n,)`.
            `None`: the features of `cross_fit` are the probabilities.

    Example:
        >>> member = GivenMember(np.array([[0.5], [0.25]]))
        >>> spec, rows = LabelSpec.multi(1), np.zeros((2, 0))
        >>> member.cross_fit(rows, np.array([[1], [0]]), spec, np.arange(2)).oof.round(2).tolist()
        [[0.0], [-1.1]]
    """

    name = "given"

    def __init__(self, probabilities: np.ndarray | None = None) -> None:
        """Store the table."""
        self.probabilities = probabilities

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
        """Return the logits of the table; new rows bring their own probabilities as features."""
        table = x if self.probabilities is None else self.probabilities
        p = checked_probabilities(table, spec, len(y))
        return CrossFitted(self.name, logits_of(p, spec, _LEAST), GivenLogits(spec))


def checked_probabilities(table: np.ndarray, spec: LabelSpec, rows: int) -> np.ndarray:
    """Return probabilities as `(rows, places)`, a single column as both of two classes.

    Raises:
        EstimatorError: Another number of rows or columns, or a value outside of [0, 1].
    """
    try:
        p = np.asarray(table, np.float64)
    except (TypeError, ValueError) as error:
        raise EstimatorError(f"The given probabilities are no numbers: {error}") from error
    p = p[:, None] if p.ndim == 1 else p
    if p.ndim == 2 and p.shape[1] == 1 and spec.kind == "single" and spec.num_classes == 2:
        p = np.concatenate([1 - p, p], axis=1)
    if p.shape != (rows, spec.num_classes):
        raise EstimatorError(
            f"The given probabilities have shape {p.shape}; ({rows}, {spec.num_classes}) was "
            f"expected: a row for each row of labels, a column for each class or label of "
            f"{spec.name!r}."
        )
    bad = np.argwhere(~((p >= -_SLACK) & (p <= 1 + _SLACK)))
    if len(bad):
        row, column = (int(i) for i in bad[0])
        raise EstimatorError(
            f"Row {row}, column {column}: got {p[row, column]:.6g}, and a probability lies in "
            f"[0, 1]; {len(bad)} of {p.size} values do not. Logits are made probabilities by a "
            f"{spec.activation}."
        )
    return np.clip(p, 0.0, 1.0)
