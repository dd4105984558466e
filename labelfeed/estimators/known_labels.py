"""What known labels tell: one joint distribution of them, or readers that add up; or nothing."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.estimators.column_math import column_losses, column_of_place, known_columns
from labelfeed.estimators.kept_fits import kept_fit
from labelfeed.estimators.label_mixture import LabelMixture
from labelfeed.estimators.label_mixture_fit import MixtureProblem
from labelfeed.estimators.masked_copies import MaskedCopies
from labelfeed.estimators.readers import Readers, masked_copies, too_few, weighed_readers
from labelfeed.labels.spec import LabelSpec

__all__ = ["KnownLabels", "fit_known_labels", "what_is_read"]

KnownLabels = Readers | LabelMixture

_RIDGES = (0.1, 0.3, 1.0)
_FEW_ROWS = 500  # below which two folds judge, else one


def fit_known_labels(
    logits: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    folds: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    seed: int = 0,
) -> KnownLabels | None:
    """Return the label mixture or the readers, whichever loses less out of fold; or nothing.

    The mixture is coherent: the mean over the answers to a question is what was said before. Both
    are judged on masked copies of rows that they have not seen. The mixture has to save more than
    the standard error of what it saves, where there are no readers twice that.

    Args:
        logits: Plain out-of-fold logits `(n, places)`.
        y: Labels `(n, places)`, -1 where unknown.
        spec: What the labels are; with fewer than two columns there is nothing to read.
        folds: Fold of each row, `(n,)`.
        weight: `(n,)`, of the rows.
        seed: Seed of the draw of what is shown.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> y = np.repeat(rng.integers(0, 2, (200, 1)), 2, axis=1)
        >>> found = fit_known_labels(np.zeros((200, 2)), y, LabelSpec.multi(2), np.arange(200) % 5)
        >>> found.gain > 0.1
        True
    """
    if too_few(y, spec):
        return None
    given = {"plain": logits, "y": y, "folds": folds, "weight": weight, "seed": seed}
    return kept_fit("known labels", given, spec, lambda: _fit(logits, y, spec, folds, weight, seed))


def _fit(
    logits: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    folds: np.ndarray,
    weight: np.ndarray | None,
    seed: int,
) -> KnownLabels | None:
    masked = masked_copies(y, spec, seed)
    readers, read = weighed_readers(logits, y, masked, spec, folds, weight)
    w = np.ones(len(y)) if weight is None else weight
    judging = np.isin(folds, np.unique(folds)[: 2 if len(y) < _FEW_ROWS else 1])
    copies = np.flatnonzero(judging[masked.row])
    part = MaskedCopies(
        masked.row[copies], masked.states[copies], masked.targets[copies], masked.copies
    )
    by_copy = w[part.row] / masked.copies
    plain = column_losses(part.targets, logits[part.row], spec)
    by_readers = column_losses(part.targets, read[copies], spec)
    ridge, by_mixture = _best(logits, y, part, spec, folds, w, seed)

    def by_row(losses: np.ndarray) -> np.ndarray:
        out = np.zeros((len(y), losses.shape[1]))
        np.add.at(out, part.row, losses * by_copy[:, None])
        return out[judging]

    def error(values: np.ndarray) -> np.ndarray:
        out: np.ndarray = values.std(axis=0) * len(values) ** 0.5
        return out

    over = by_row(by_readers - by_mixture)
    saved = by_row(plain - by_mixture)
    needed = 2.0 if readers is None else 1.0
    lost = readers is not None and over.sum() < 0
    if lost or saved.sum() <= needed * error(saved.sum(axis=1)):
        return readers
    worse = saved.sum(axis=0) <= -2.0 * error(saved)
    hidden = float((known_columns(part.targets, spec) * by_copy[:, None]).sum())
    found = MixtureProblem(logits, y, spec, weight=weight, seed=seed).solve(ridge)
    return dataclasses.replace(
        found,
        offsets=np.where(worse[column_of_place(spec)], 0.0, found.offsets),
        gain=float(saved[:, ~worse].sum()) / max(hidden, 1e-9),
    )


def what_is_read(found: KnownLabels | None) -> str:
    """Return in a few words what known labels save, and whether they are read coherently."""
    if found is None or not found.gain:
        return "known labels: not read"
    how = " (coherent)" if isinstance(found, LabelMixture) else ""
    return f"known labels save {found.gain:.3f} a label{how}"


def _best(
    logits: np.ndarray,
    y: np.ndarray,
    part: MaskedCopies,
    spec: LabelSpec,
    folds: np.ndarray,
    w: np.ndarray,
    seed: int,
) -> tuple[float, np.ndarray]:
    """Return the ridge that loses least on the copies, and what is lost, `(m, columns)`.

    Each fold's copies are judged by a mixture of the other folds' rows.
    """
    groups = [(f, folds[part.row] == f) for f in np.unique(folds[part.row])]
    problems = [
        MixtureProblem(logits[folds != f], y[folds != f], spec, weight=w[folds != f], seed=seed)
        for f, _ in groups
    ]
    tried: list[tuple[float, float, np.ndarray]] = []
    for ridge in _RIDGES:
        losses = np.zeros((len(part.row), len(spec.label_columns)))
        for (_, inside), problem in zip(groups, problems, strict=True):
            z = logits[part.row[inside]]
            told = z + problem.solve(ridge).delta(z, part.states[inside])
            losses[inside] = column_losses(part.targets[inside], told, spec)
        total = float(w[part.row] @ losses.sum(axis=1))
        tried.append((total, ridge, losses))
        if len(tried) > 1 and tried[-1][0] > tried[-2][0]:
            break
    _, ridge, losses = min(tried, key=lambda one: one[0])
    return ridge, losses
