"""Choice among the readers of known labels: nothing, evidence, and pairwise on top of it."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.estimators.column_math import column_losses, column_of_place, known_columns
from labelfeed.estimators.evidence import EvidenceReader, fit_evidence
from labelfeed.estimators.masked_copies import MaskedCopies, draw_copies
from labelfeed.estimators.pairwise import PairwiseReader, fit_pairwise
from labelfeed.estimators.weights import fit_weights
from labelfeed.labels.spec import LabelSpec

__all__ = ["Readers", "fit_readers", "masked_copies", "too_few", "weighed_readers"]

_ROWS = 8000  # masked copies in all, about
_WORK = 4e8  # copies times places squared, times 8


@dataclasses.dataclass(frozen=True, eq=False)
class Readers:
    """`logits + by_evidence evidence.delta + by_pairs pairs.delta`; weights 0 are 'nothing'.

    Args:
        evidence: The naive-Bayes evidence.
        pairs: The ridge logistic regression on top of it.
        by_evidence: `(places,)`, weight of the evidence, >= 0.
        by_pairs: `(places,)`, weight of the ridge, >= 0.
        gain: Out-of-fold log loss saved on masked copies, in nats a hidden label; 0 for nothing.
    """

    evidence: EvidenceReader
    pairs: PairwiseReader
    by_evidence: np.ndarray
    by_pairs: np.ndarray
    gain: float

    def delta(self, logits: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Return what the known labels add to the plain logits `(n, places)`.

        Args:
            logits: Plain logits `(n, places)`.
            states: What is known, `(n, places)` of 1, 0, -1.
        """
        out: np.ndarray = self.by_evidence * self.evidence.delta(logits, states)
        out += self.by_pairs * self.pairs.delta(logits, states)
        return out


def fit_readers(
    logits: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    folds: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    seed: int = 0,
) -> Readers | None:
    """Return the readers fitted on plain out-of-fold logits, or `None` where nothing is gained.

    Every row is seen several times, each time with another share of its labels shown and the
    others scored. What a reader is weighed by comes of tables and regressions that did not see the
    row; a column's weights are shrunk to those that all share. Nothing is taken unless the gain
    over the rows is larger than its standard error; a column takes nothing where it loses more
    than twice that.

    Args:
        logits: Plain out-of-fold logits `(n, places)`.
        y: Labels `(n, places)`, -1 where unknown.
        spec: What the labels are; with fewer than two columns there is nothing to read.
        folds: Fold of each row, `(n,)`.
        weight: `(n,)`, of the rows.
        seed: Seed of the draw of what is shown.

    References:
        Dembczynski, Cheng and Huellermeier 2010, Bayes optimal multilabel classification via
        probabilistic classifier chains (labels depend on each other given the features).

    Example:
        >>> rng = np.random.default_rng(0)
        >>> y = np.repeat(rng.integers(0, 2, (200, 1)), 2, axis=1)
        >>> readers = fit_readers(np.zeros((200, 2)), y, LabelSpec.multi(2), np.arange(200) % 5)
        >>> readers.delta(np.zeros((2, 2)), np.array([[1, -1], [-1, -1]]))[:, 1].round(0).tolist()
        [6.0, 0.0]
    """
    if too_few(y, spec):
        return None
    masked = masked_copies(y, spec, seed)
    return weighed_readers(logits, y, masked, spec, folds, weight)[0]


def too_few(y: np.ndarray, spec: LabelSpec) -> bool:
    """Return whether too few labels are known together to learn what they tell of each other."""
    return len(spec.label_columns) < 2 or (known_columns(y, spec).sum(axis=1) > 1).sum() < 10


def masked_copies(y: np.ndarray, spec: LabelSpec, seed: int) -> MaskedCopies:
    """Return two to eight masked copies of the rows, as many as a budget allows."""
    copies = min(_ROWS / len(y), _WORK / (8 * len(y) * spec.num_classes**2))
    return draw_copies(y, spec, int(np.clip(round(copies), 2, 8)), seed)


def weighed_readers(
    logits: np.ndarray,
    y: np.ndarray,
    masked: MaskedCopies,
    spec: LabelSpec,
    folds: np.ndarray,
    weight: np.ndarray | None = None,
) -> tuple[Readers | None, np.ndarray]:
    """Return the readers, and their out-of-fold logits of the copies, `(m, places)`.

    Arguments are those of `fit_readers`, and the masked copies. Without readers the logits are the
    plain ones.
    """
    columns = len(spec.label_columns)
    w = (np.ones(len(y)) if weight is None else weight)[masked.row] / masked.copies
    z = logits[masked.row]
    evidence, first = fit_evidence(logits, y, masked, spec, folds, w)
    pairs, second = fit_pairwise(logits, z + first, masked, spec, folds, w)
    terms = np.stack([first, second])
    found = _weights(terms, z, masked, spec, w, np.ones(len(z), bool))
    fold, of = folds[masked.row], column_of_place(spec)
    read = z.copy()  # by weights that did not see the row either
    for f in np.unique(fold):
        inside = fold == f
        own = _weights(terms, z, masked, spec, w, ~inside)[:, of]
        read[inside] += own[0] * first[inside] + own[1] * second[inside]
    saved = column_losses(masked.targets, z, spec) - column_losses(masked.targets, read, spec)
    by_row = np.zeros((len(y), columns))
    np.add.at(by_row, masked.row, saved * w[:, None])
    whole = by_row.sum(axis=1)
    if whole.sum() <= whole.std() * np.sqrt(len(y)):
        return None, z
    # A rare label has too few rows to say that it is the exception.
    worse = by_row.sum(axis=0) <= -2.0 * by_row.std(axis=0) * np.sqrt(len(y))
    by_evidence, by_pairs = np.where(worse, 0.0, found)[:, of]
    hidden = float((known_columns(masked.targets, spec) * w[:, None]).sum())
    gain = float((w @ saved)[~worse].sum()) / max(hidden, 1e-9)
    return Readers(evidence, pairs, by_evidence, by_pairs, gain), read


def _weights(
    terms: np.ndarray,
    z: np.ndarray,
    masked: MaskedCopies,
    spec: LabelSpec,
    w: np.ndarray,
    rows: np.ndarray,
) -> np.ndarray:
    """Return the weights `(terms, columns)` of the deltas, shrunk to those that all share."""
    part, targets, start = terms[:, rows], masked.targets[rows], z[rows]
    half = np.full(len(terms), 0.5)
    shared = fit_weights(
        part, targets, spec, centre=half, weight=w[rows], offset=start, common=True
    )
    return fit_weights(
        part, targets, spec, centre=shared.weights[:, 0], weight=w[rows], offset=start
    ).weights
