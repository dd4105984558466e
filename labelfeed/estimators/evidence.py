"""Naive-Bayes evidence of the known labels, calibrated on masked copies."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.estimators.column_math import column_of_place
from labelfeed.estimators.masked_copies import MaskedCopies, known_others
from labelfeed.estimators.weights import fit_weights
from labelfeed.labels.columns import same_column
from labelfeed.labels.pairwise import pairwise_log_odds
from labelfeed.labels.spec import LabelSpec

__all__ = ["EvidenceReader", "fit_evidence"]

_CAP = 8.0
_REDUNDANCIES = (0.0, 0.03, 0.1, 0.3, 1.0)
_SMOOTHING = 2.0


@dataclasses.dataclass(frozen=True, eq=False)
class EvidenceReader:
    """`delta_j = share (scale_j logit_j + shift_j) + strength_j evidence_j`.

    `evidence_j = clip(sum_i T[i, y_i, j] / (1 + redundancy max(k_j - 1, 0)), -cap, cap)` over the
    `k_j` known columns besides that of place j, with the tables `T` of `pairwise_log_odds`; a
    column of classes speaks through its present class alone. `share` is `k_j` over the number of
    other columns, so that all of it is exactly 0 where nothing is known.

    Args:
        tables: `(2, places, places)`: of an absent and of a present label.
        redundancy: How much known labels repeat each other, >= 0; one number for all.
        scale: `(places,)`, of the plain logit.
        shift: `(places,)`.
        strength: `(places,)`, of the evidence.
        spec: What the labels are.
        cap: Bound of the evidence, > 0.

    References:
        Maron 1961, Automatic indexing: an experimental inquiry.

    Example:
        >>> says, zero = np.array([[0.0, 2.0], [0.0, 0.0]]), np.zeros(2)
        >>> reader = EvidenceReader(
        ...     np.stack([-says, says]), 0.0, zero, zero, np.full(2, 0.5), LabelSpec.multi(2)
        ... )
        >>> reader.delta(np.zeros((3, 2)), np.array([[1, -1], [0, -1], [-1, -1]]))[:, 1].tolist()
        [1.0, -1.0, 0.0]
    """

    tables: np.ndarray
    redundancy: float
    scale: np.ndarray
    shift: np.ndarray
    strength: np.ndarray
    spec: LabelSpec
    cap: float = _CAP

    def delta(self, logits: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Return what the known labels add to the plain logits, `(n, places)`."""
        sums = _sums(states, self.tables, self.spec)
        own, share, evidence = _terms(logits, states, sums, self.redundancy, self.spec)
        out: np.ndarray = self.scale * own + self.shift * share + self.strength * evidence
        return out


def fit_evidence(
    logits: np.ndarray,
    y: np.ndarray,
    masked: MaskedCopies,
    spec: LabelSpec,
    folds: np.ndarray,
    weight: np.ndarray,
) -> tuple[EvidenceReader, np.ndarray]:
    """Return the reader, and its out-of-fold deltas on the copies.

    Args:
        logits: Plain out-of-fold logits `(n, places)`.
        y: Labels `(n, places)`.
        masked: The masked copies.
        spec: What the labels are.
        folds: Fold of each row, `(n,)`.
        weight: Weight of each copy, `(m,)`.
    """
    z = logits[masked.row]
    sums = np.zeros(z.shape)
    for fold in np.unique(folds):
        inside = folds[masked.row] == fold
        tables = pairwise_log_odds(y[folds != fold], _SMOOTHING, spec)
        sums[inside] = _sums(masked.states[inside], tables, spec)
    tried = []
    for redundancy in _REDUNDANCIES:
        terms = np.stack(_terms(z, masked.states, sums, redundancy, spec))
        found = fit_weights(
            terms,
            masked.targets,
            spec,
            centre=np.array([0.0, 0.0, 0.5]),
            weight=weight,
            offset=z,
            common=True,
            lower=None,
        )
        tried.append((found.loss, redundancy, found.weights[:, 0]))
        if len(tried) > 1 and tried[-1][0] > tried[-2][0]:
            break
    _, redundancy, centre = min(tried, key=lambda one: one[0])
    terms = np.stack(_terms(z, masked.states, sums, redundancy, spec))
    of, fold = column_of_place(spec), folds[masked.row]

    def weigh(rows: np.ndarray) -> np.ndarray:
        found = fit_weights(
            terms[:, rows],
            masked.targets[rows],
            spec,
            centre=centre,
            weight=weight[rows],
            offset=z[rows],
            lower=None,
        )
        return found.weights[:, of]

    deltas = np.zeros(z.shape)
    for f in np.unique(fold):
        rows = fold == f
        deltas[rows] = (weigh(~rows)[:, None] * terms[:, rows]).sum(axis=0)
    own, shift, strength = weigh(np.ones(len(z), bool))
    tables = pairwise_log_odds(y, _SMOOTHING, spec).astype(np.float64)
    reader = EvidenceReader(tables, redundancy, own, shift, strength, spec)
    return reader, deltas


def _sums(states: np.ndarray, tables: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return the pairwise log-odds of all known labels added up, `(n, places)`."""
    absent, present = (states == 0) * 1.0, (states == 1) * 1.0
    if len(spec.label_columns) < spec.num_classes:  # the present class says it all, once
        absent = absent * (1.0 - present @ same_column(spec))
    out: np.ndarray = absent @ tables[0] + present @ tables[1]
    return out


def _terms(
    logits: np.ndarray, states: np.ndarray, sums: np.ndarray, redundancy: float, spec: LabelSpec
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    known = known_others(states, spec)
    share = known / max(len(spec.label_columns) - 1, 1)
    evidence = sums / (1.0 + redundancy * np.maximum(known - 1.0, 0.0))
    return share * logits, share, np.clip(evidence, -_CAP, _CAP)
