"""Probes of a single label: feed the true, a wrong, a permuted and no label, and compare."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.audit.probes import AccuracyProbe, FollowProbe, PermutationProbe, ReadProbe
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.significance import agreement_test, mcnemar, sign_test
from labelfeed.predictors.predictor import Predictor
from labelfeed.types import Features

__all__ = ["follow_probe", "log_odds", "log_probabilities", "probe_single", "read_probe"]

_MOST_MARGINAL = 16
_TINY = 1e-30
_NEARLY_ONE = 1e-8  # float32 cannot tell a probability from 1 by less


def probe_single(
    predictor: Predictor, features: Features, ids: np.ndarray, spec: LabelSpec, seed: int
) -> tuple[AccuracyProbe, ReadProbe, FollowProbe, PermutationProbe]:
    """Run all probes of a single label on rows whose label is known.

    Each row is given a wrong label and, as its control, another label than that; a model that
    does not read the label predicts the same from both, so McNemar's test is exact.

    Args:
        predictor: The predictor.
        features: Features of the rows.
        ids: True ids of shape `(n,)`, none unknown.
        spec: The label's spec.
        seed: Seed of the wrong and permuted labels.
    """
    rng = np.random.default_rng(seed)
    count, rows = spec.num_classes, np.arange(len(ids))
    wrong = (ids + rng.integers(1, count, len(ids))) % count
    control = (wrong + rng.integers(1, count, len(ids))) % count
    permuted = rng.permutation(ids)

    raw = [predictor.fed_scores(features, label) for label in (ids, wrong, control, permuted)]
    by_true, by_wrong, by_control, by_permuted = (log_probabilities(r, count) for r in raw)
    unknown, how = _without_label(predictor, features, len(ids), count, rng)

    at_control = log_odds(np.exp(by_control[rows, wrong]))
    follow = follow_probe(
        spec.name,
        "",
        follows=by_wrong.argmax(1) == wrong,
        controls=by_control.argmax(1) == wrong,
        pull=log_odds(np.exp(by_wrong[rows, wrong])) - at_control,
        spread=float(at_control.std()),
    )
    accuracy = AccuracyProbe(
        true=float((by_true.argmax(1) == ids).mean()),
        wrong=float((by_wrong.argmax(1) == ids).mean()),
        permuted=float((by_permuted.argmax(1) == ids).mean()),
        unknown=float((unknown.argmax(1) == ids).mean()),
        unknown_how=how,
        majority=float(np.bincount(ids).max() / len(ids)),
    )
    agreement = agreement_test(by_permuted.argmax(1), permuted, seed=seed)
    read = read_probe(raw, predictor.fed_scores(features, ids))
    return accuracy, read, follow, PermutationProbe(*agreement)


def follow_probe(
    label: str,
    context: str,
    follows: np.ndarray,
    controls: np.ndarray,
    pull: np.ndarray,
    spread: float,
) -> FollowProbe:
    """Return the `FollowProbe` of one label from what was measured row by row.

    Args:
        label: Name of the label.
        context: What was fed beside it.
        follows: Whether the prediction is the wrong label that is fed, `(n,)`.
        controls: Whether it is that class while another label is fed, `(n,)`.
        pull: Log odds of a class when it is fed, less those when it is not, `(n,)`.
        spread: Standard deviation of the log odds between rows.
    """
    decided = pull[follows != controls]
    return FollowProbe(
        label=label,
        context=context,
        rows=len(pull),
        follow_rate=float(follows.mean()),
        control_rate=float(controls.mean()),
        p_follow=mcnemar(follows, controls).p_value,
        p_avoid=mcnemar(controls, follows).p_value,
        pull=float(np.median(pull)),
        p_pull=sign_test(pull).p_value,
        p_push=sign_test(-pull).p_value,
        spread=spread,
        pull_decided=float(np.median(decided)) if len(decided) else 0.0,
    )


def log_odds(scores: np.ndarray) -> np.ndarray:
    """Return log odds of scores in [0, 1]; other scores count as logits already."""
    if scores.size and scores.min() >= 0 and scores.max() <= 1:
        return np.log(np.maximum(scores, _TINY)) - np.log(np.maximum(1 - scores, _NEARLY_ONE))
    return scores


def read_probe(scores: Sequence[np.ndarray], again: np.ndarray) -> ReadProbe:
    """Tell whether any score changes with the fed label, beyond what repeating a call changes.

    Args:
        scores: Scores of the same rows under two or more labelings.
        again: Scores of a second call with the first labeling.
    """
    first = scores[0]
    repeat = float(np.max(np.abs(again - first), initial=0.0))
    change = max(float(np.max(np.abs(other - first), initial=0.0)) for other in scores[1:])
    rounding = 1e-6 * max(1.0, float(np.max(np.abs(first), initial=0.0)))
    return ReadProbe(change, repeat, change > 3 * repeat + rounding)


def log_probabilities(scores: np.ndarray, count: int) -> np.ndarray:
    """Return log probabilities `(n, count)` of probabilities, logits or one sigmoid unit.

    Args:
        scores: `(n, count)`; or `(n, 1)` for two classes. Rows that lie in [0, 1] and sum to 1
            are probabilities, everything else counts as logits.
        count: Number of classes.

    Raises:
        ValueError: The number of columns does not fit.
    """
    if scores.shape[1] == 1 and count == 2:
        if scores.min() >= 0 and scores.max() <= 1:
            scores = np.hstack([1 - scores, scores])
        else:
            scores = np.hstack([np.zeros_like(scores), scores])
    if scores.shape[1] != count:
        raise ValueError(
            f"The model gives {scores.shape[1]} scores, but the label has {count} classes. If the "
            "label that is fed is not the target that is predicted, pass the target as target=."
        )
    if scores.min() >= 0 and np.allclose(scores.sum(1), 1.0, atol=0.02):
        return np.log(np.maximum(scores, _TINY))
    shifted = scores - scores.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def _without_label(
    predictor: Predictor, features: Features, rows: int, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, str]:
    """Return log scores without the label: unknown if it can be fed, else a mean over labels."""

    def scores(label: int) -> np.ndarray:
        return log_probabilities(predictor.fed_scores(features, np.full(rows, label)), count)

    if predictor.takes_unknown:
        return scores(UNKNOWN), predictor.unknown_how
    some = min(count, _MOST_MARGINAL)
    total = sum(np.exp(scores(int(label))) for label in rng.permutation(count)[:some])
    what = "all labels" if some == count else f"{some} random labels"
    return np.log(np.maximum(total / some, _TINY)), f"not available: mean over {what}"
