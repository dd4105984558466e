"""Plain models that stay in a blend only where they pay out of fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.estimators.blend import Blend, fit_blend
from labelfeed.estimators.column_math import column_losses, known_columns
from labelfeed.estimators.member import CrossFitted
from labelfeed.labels.spec import LabelSpec

__all__ = ["blend_of_paying"]

_ERRORS = 2.0  # standard errors by which an optional model must lower the log loss


def blend_of_paying(
    fitted: Sequence[CrossFitted],
    optional: Sequence[bool],
    y: np.ndarray,
    spec: LabelSpec,
    weight: np.ndarray | None = None,
) -> tuple[list[CrossFitted], Blend, str]:
    """Return the plain models that stay, their blend, and what was decided, in a line.

    Optional ones stay where the blend with them has the lower out-of-fold log loss, by two standard
    errors of the difference between rows: where they do not pay they cost nothing.

    Args:
        fitted: Plain models.
        optional: Whether each is.
        y: Labels `(n, places)`, -1 unknown.
        spec: What they are.
        weight: `(n,)` of the rows.

    Returns:
        The line is "" where no model is optional.

    Example:
        >>> y = (np.arange(40) % 2)[:, None]
        >>> one, none = CrossFitted("a", 2.0 * y - 1, None), CrossFitted("b", 0.0 * y, None)
        >>> kept, _, said = blend_of_paying([one, none], [False, True], y, LabelSpec.multi(1))
        >>> [m.name for m in kept], said
        (['a'], 'b left out: out of fold the log loss changes by +0.007 +- 0.000 a row')
    """
    every = fit_blend([m.oof for m in fitted], y, spec, weight=weight)
    usual = [m for m, free in zip(fitted, optional, strict=True) if not free]
    if len(usual) in (0, len(fitted)):
        return list(fitted), every, ""
    without = fit_blend([m.oof for m in usual], y, spec, weight=weight)
    w = np.ones(len(y)) if weight is None else weight
    lost = [
        (column_losses(y, blend.logits([m.oof for m in members]), spec).sum(axis=1)) * w
        for blend, members in ((without, usual), (every, fitted))
    ]
    gain = lost[0] - lost[1]
    gain = gain[known_columns(y, spec).any(axis=1)]
    error = gain.std() / max(len(gain), 1) ** 0.5
    names = ", ".join(m.name for m, free in zip(fitted, optional, strict=True) if free)
    change = f"out of fold the log loss changes by {-gain.mean():+.3f} +- {error:.3f} a row"
    if gain.mean() > _ERRORS * error and gain.mean() > 0:
        return list(fitted), every, f"{names} taken: {change}"
    return usual, without, f"{names} left out: {change}"
