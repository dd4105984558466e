"""The information curve."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from labelfeed.audit.information_curve import KNOWN_SHARES, hide_share, information_curve
from labelfeed.labels.spec import LabelSpec


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


def test_only_known_labels_are_given_and_one_stays_hidden() -> None:
    y = labels()
    for share in (*KNOWN_SHARES, 0.99):
        known = hide_share(y, share, 0)
        given = known >= 0
        assert (known[given] == y[given]).all()
        count = (y >= 0).sum(axis=1)
        wanted = count - 1 if share == "last" else np.floor(count * share + 0.5)
        assert (given.sum(axis=1) == np.clip(wanted, 0, np.maximum(count - 1, 0))).all()


def test_larger_shares_keep_what_smaller_ones_know() -> None:
    y = labels()
    less, more = (hide_share(y, share, 3) for share in (0.25, 0.75))
    assert (more[less >= 0] >= 0).all()
    assert (hide_share(y, 0.5, 3) != hide_share(y, 0.5, 4)).any()
    assert np.array_equal(hide_share(y, 0.5, 3), hide_share(y, 0.5, 3))


def test_each_label_is_as_likely_to_be_given() -> None:
    given = hide_share(np.ones((4000, 4), int), 0.5, 0) >= 0
    assert np.abs(given.mean(axis=0) - 0.5).max() < 4.5 * 0.5 / 4000**0.5


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
    for share in (1.0, -0.1, "half"):
        with pytest.raises(ValueError, match="share must be"):
            hide_share(labels(), share, 0)  # type: ignore[arg-type]
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
    known = hide_share(labels, 0.5, 0, spec)
    counts = [column.ids(known) >= 0 for column in spec.label_columns]
    assert set(np.sum(counts, axis=0)[8:].tolist()) == {2}
    assert not ((known[:, :3] >= 0).any(1) ^ (known[:, :3] >= 0).all(1)).any()
    last = hide_share(labels, "last", 0, spec)
    assert set(((last < 0) & (labels >= 0)).sum(axis=1)[8:].tolist()) <= {1, 3}
    copy = information_curve(lambda x, known: np.clip(known, 0.5, 1), None, labels, spec=spec)
    assert copy.interval("macro_auc", 0.5).mean == 0.5
