"""The information curve."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from labelfeed.audit.information_curve import KNOWN_SHARES, information_curve
from labelfeed.labels.known_share import leave_known
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.information import METRICS
from labelfeed.metrics.probabilities import score


def labels(n: int = 120, unknown: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (n, 4)).astype(np.int32)
    y[:, 1] = y[:, 0]
    y[rng.random(y.shape) < unknown] = -1
    return y


def copies(x: object, known: np.ndarray) -> np.ndarray:
    """Predict each of the first two labels as the other where that is known."""
    p = np.full(known.shape, 0.5)
    for a, b in ((0, 1), (1, 0)):
        p[:, a] = np.where(known[:, b] >= 0, 0.1 + 0.8 * known[:, b], 0.5)
    return p


def test_scores_of_the_hidden_labels_grow_with_what_is_known() -> None:
    curve = information_curve(copies, None, labels(), seeds=3)
    means = [curve.interval("macro_auc", share).mean for share in KNOWN_SHARES]
    assert means[0] == 0.5
    assert means == sorted(means) and means[-1] == pytest.approx(0.75, abs=0.02)
    assert curve.scored[0] == (labels() >= 0).sum() and curve.scored[-1] < 121
    assert json.loads(json.dumps(curve.to_json()))["shares"] == [0.0, 0.25, 0.5, 0.75, "last"]


def test_intervals_and_gains_are_paired_t_intervals() -> None:
    mine = information_curve(copies, None, labels(), seeds=[1, 2, 3])
    chance = information_curve(lambda x, k: np.full(k.shape, 0.5), None, labels(), seeds=[1, 2, 3])
    gain = mine.gain(chance, "macro_auc", 0.5)
    values = np.array([row[2] for row in mine.values["macro_auc"]]) - 0.5
    low, high = stats.t.interval(0.95, 2, values.mean(), stats.sem(values))
    assert (gain.low, gain.high) == pytest.approx((low, high))
    assert (gain.wins, gain.seeds) == (3, 3)
    one = information_curve(copies, None, labels(), seeds=1).interval("micro_auc", 0.5)
    assert math.isnan(one.low) and not math.isnan(one.mean)


def test_a_list_has_a_model_and_rows_for_each_seed() -> None:
    seen = []

    def model(name: str) -> object:
        return lambda x, known: seen.append((name, x)) or np.full(known.shape, 0.5)

    parts = [labels(20), labels(30)]
    models = [model("a"), model("b")]
    information_curve(models, ["xa", "xb"], parts, shares=[0.0], seeds=2)
    assert seen == [("a", "xa"), ("b", "xb")]
    with pytest.raises(ValueError, match="one model a seed, got 2 for 3"):
        information_curve(models, None, labels(), seeds=3)


def test_bad_arguments_are_refused() -> None:
    curve = information_curve(copies, None, labels(), shares=[0.5], seeds=2)
    with pytest.raises(ValueError, match="metric must be one of"):
        curve.interval("accuracy", 0.5)
    with pytest.raises(ValueError, match="share must be one of"):
        curve.interval("macro_auc", 0.25)
    with pytest.raises(ValueError, match="cannot be paired"):
        curve.gain(information_curve(copies, None, labels(), [0.5], 3), "macro_auc", 0.5)


def test_a_column_of_classes_is_known_as_a_whole() -> None:
    spec = LabelSpec.columns([LabelSpec.single(["r", "g", "b"], name="colour"), "a", "b"])
    ids = np.random.default_rng(0).integers(0, [3, 2, 2], (80, 3))
    labels = spec.encode(ids)
    labels[:8] = -1
    copy = information_curve(lambda x, known: np.clip(known, 0.5, 1), None, labels, spec=spec)
    assert copy.interval("macro_auc", 0.5).mean == 0.5
    assert copy.scored == (3 * 72, 2 * 72, 1 * 72, 1 * 72, 1 * 72)
    # The same log loss as everywhere: of the true class, not of three yes/no labels.
    assert copy.interval("log_loss", 0.0).mean == pytest.approx(np.log(2))


def test_it_draws_and_scores_as_anything_else_does() -> None:
    y, spec = labels(), LabelSpec.multi(4)
    curve = information_curve(copies, None, y, seeds=[3])
    known = leave_known(y, 0.5, 3)
    found = score(np.where(known < 0, y, -1), copies(None, known), spec)
    for metric in METRICS:
        assert curve.values[metric][0][2] == getattr(found, metric)
    alike = information_curve(copies, None, np.ones((9, 4), int), seeds=1)
    assert math.isnan(alike.values["macro_auc"][0][0]) and alike.values["log_loss"][0][0] > 0
