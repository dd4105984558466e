"""Probes of multi labels, label by label: does the output of j follow the fed state of j?"""

from __future__ import annotations

import numpy as np

from labelfeed.audit.probes import AccuracyProbe, FollowProbe, PermutationProbe, ReadProbe
from labelfeed.audit.rows import take_rows
from labelfeed.audit.single import follow_probe, log_odds, read_probe
from labelfeed.labels.columns import other_classes, with_state
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.significance import agreement_test
from labelfeed.predictors.predictor import Predictor
from labelfeed.types import Features

__all__ = ["probe_multi"]

_MOST_LABELS = 32
_LEAST_ROWS = 5


def probe_multi(
    predictor: Predictor, features: Features, ids: np.ndarray, spec: LabelSpec, seed: int
) -> tuple[AccuracyProbe, ReadProbe, tuple[FollowProbe, ...], PermutationProbe]:
    """Run all probes of a multi label; only the own state of a label counts as following.

    For each label j, its state is fed as 0, as 1 and (where possible) as unknown, while the other
    labels stay as they are (`others shown`) and once more unknown (`others hidden`). What the
    *other* labels tell about j is legitimate use and is held fixed. A class of a column is fed
    with its column: present, the other classes are absent; absent, another class is present.

    Args:
        predictor: The predictor.
        features: Features of the rows.
        ids: 0, 1 or -1 of shape `(n, num_classes)`.
        spec: The label's spec.
        seed: Seed of the permuted states; also of the choice of labels beyond 32.
    """
    rng = np.random.default_rng(seed)
    labels = np.flatnonzero((ids >= 0).sum(0) >= _LEAST_ROWS)
    if len(labels) > _MOST_LABELS:
        labels = np.sort(rng.permutation(labels)[:_MOST_LABELS])
    follow: list[FollowProbe] = []
    tally = _Tally(ids.shape)
    for j in labels:
        known = ids[:, j] >= 0
        name = spec.name_of(int(j))
        odds = _odds_by_state(predictor, features, ids, spec, int(j))
        shown = (odds["absent"], odds["present"])
        follow.append(_follow(name, "others shown", ids[:, j], known, *shown))
        if predictor.takes_unknown:
            alone = (odds["absent alone"], odds["present alone"])
            follow.append(_follow(name, "others hidden", ids[:, j], known, *alone))
        tally.add(int(j), ids[:, j], *shown, odds.get("hidden"), rng)
    agreement = agreement_test(tally.predicted, tally.permuted, tally.counted, seed=seed)
    raw = [predictor.fed_scores(features, fed) for fed in (ids, other_classes(spec, ids), ids)]
    read = read_probe(raw[:2], raw[2])
    accuracy = tally.accuracy(ids[:, labels], predictor)
    return accuracy, read, tuple(follow), PermutationProbe(*agreement)


def _odds_by_state(
    predictor: Predictor, features: Features, ids: np.ndarray, spec: LabelSpec, label: int
) -> dict[str, np.ndarray]:
    """Return the log odds of `label` with its own state fed in each way, from one call."""
    hidden = np.full_like(ids, UNKNOWN)
    fed = {
        "absent": with_state(spec, ids, label, 0),
        "present": with_state(spec, ids, label, 1),
    }
    if predictor.takes_unknown:
        fed["hidden"] = with_state(spec, ids, label, UNKNOWN)
        fed["absent alone"] = with_state(spec, hidden, label, 0)
        fed["present alone"] = with_state(spec, hidden, label, 1)
    rows = np.tile(np.arange(len(ids)), len(fed))
    scores = predictor.fed_scores(take_rows(features, rows), np.vstack(list(fed.values())))
    if scores.shape[1] != ids.shape[1]:
        raise ValueError(
            f"The model gives {scores.shape[1]} scores, but the label has {ids.shape[1]}. If the "
            "label that is fed is not the target that is predicted, pass the target as target=."
        )
    return dict(zip(fed, np.split(log_odds(scores)[:, label], len(fed)), strict=True))


def _follow(
    name: str,
    context: str,
    true: np.ndarray,
    known: np.ndarray,
    absent: np.ndarray,
    present: np.ndarray,
) -> FollowProbe:
    true, absent, present = true[known], absent[known], present[known]
    by_true = np.where(true == 1, present, absent)
    by_wrong = np.where(true == 1, absent, present)
    follows, controls = (by_wrong > 0) != (true == 1), (by_true > 0) != (true == 1)
    within = absent.copy()
    for state in (0, 1):
        within[true == state] -= absent[true == state].mean() if (true == state).any() else 0.0
    return follow_probe(name, context, follows, controls, present - absent, float(within.std()))


class _Tally:
    """Collect right predictions per label, and the predictions from permuted states."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.predicted = np.zeros(shape, int)
        self.permuted = np.zeros(shape, int)
        self.counted = np.zeros(shape, bool)
        self.right: dict[str, list[np.ndarray]] = {k: [] for k in ("true", "wrong", "unknown")}

    def add(
        self,
        label: int,
        true: np.ndarray,
        absent: np.ndarray,
        present: np.ndarray,
        hidden: np.ndarray | None,
        rng: np.random.Generator,
    ) -> None:
        known = true >= 0
        yes = true == 1
        fed = true.copy()
        fed[known] = rng.permutation(true[known])
        self.permuted[:, label] = fed
        self.predicted[:, label] = np.where(fed == 1, present, absent) > 0
        self.counted[:, label] = known
        self.right["true"].append(((np.where(yes, present, absent) > 0) == yes)[known])
        self.right["wrong"].append(((np.where(yes, absent, present) > 0) == yes)[known])
        if hidden is not None:
            self.right["unknown"].append(((hidden > 0) == yes)[known])

    def accuracy(self, ids: np.ndarray, predictor: Predictor) -> AccuracyProbe:
        mean = {k: float(np.concatenate(v).mean()) if v else None for k, v in self.right.items()}
        known = ids >= 0
        share = (ids == 1).sum(0) / np.maximum(known.sum(0), 1)
        permuted = (self.predicted[:, self.counted.any(0)] == ids)[known]
        return AccuracyProbe(
            true=float(mean["true"] or 0.0),
            wrong=float(mean["wrong"] or 0.0),
            permuted=float(permuted.mean()) if permuted.size else float("nan"),
            unknown=mean["unknown"],
            unknown_how=predictor.unknown_how,
            majority=float(np.average(np.maximum(share, 1 - share), weights=known.sum(0))),
        )
