"""Probes of multi labels: the own state counts, the other labels do not."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.audit.multi import probe_multi
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor

N, C = 240, 3
SPEC = LabelSpec.multi(["a", "b", "c"])
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, (N, C))
Y[:, 1] = np.where(RNG.random(N) < 0.9, Y[:, 0], 1 - Y[:, 0])  # a and b go together
X = RNG.normal(size=(N, C))


def probe(model, ids=Y, unknown_id=None):
    predictor = as_predictor(
        model, SPEC, reads_label=True, label_format="ids", unknown_id=unknown_id
    )
    accuracy, read, follow, permutation = probe_multi(predictor, X, ids, SPEC, seed=0)
    return accuracy, read, {(p.label, p.context): p for p in follow}, permutation


def test_only_the_label_that_copies_itself_is_followed() -> None:
    def model(x, y):
        return x + 9.0 * np.column_stack([2 * y[:, 0] - 1, 0 * y[:, 0], 0 * y[:, 0]])

    accuracy, read, follow, permutation = probe(model)
    assert read.read
    assert follow["a", "others shown"].excess == 1.0
    assert follow["b", "others shown"].excess == follow["c", "others shown"].pull == 0.0
    assert permutation.agreement > permutation.chance + 0.1
    assert accuracy.unknown is None
    assert accuracy.unknown_how == "not available"


def test_reading_the_other_labels_is_not_following() -> None:
    def model(x, y):
        return x + 4.0 * (2 * y[:, [1, 0, 0]] - 1)  # a from b, b from a, c from a

    accuracy, read, follow, permutation = probe(model)
    assert read.read
    assert all(p.excess == p.pull == 0.0 for p in follow.values())
    assert permutation.p_value > 0.01
    assert accuracy.true == accuracy.wrong > 0.7


def test_unknown_is_fed_where_it_can_be() -> None:
    def model(x, y):
        return x + 3.0 * np.where(y == -1, 0, 2 * y - 1)

    accuracy, _, follow, _ = probe(model, unknown_id=-1)
    assert {context for _, context in follow} == {"others shown", "others hidden"}
    assert accuracy.true > accuracy.unknown > accuracy.wrong
    assert accuracy.majority == pytest.approx(0.5, abs=0.1)


def test_unknown_labels_are_left_out_row_by_row() -> None:
    ids = Y.copy()
    ids[:200, 0] = -1
    ids[:, 2] = -1
    _, _, follow, permutation = probe(lambda x, y: x + 9.0 * (2.0 * y - 1), ids)
    assert {name: p.rows for (name, _), p in follow.items()} == {"a": 40, "b": 240}
    assert permutation.agreement == 1.0


def test_wrong_number_of_scores_is_named() -> None:
    with pytest.raises(ValueError, match="2 scores"):
        probe(lambda x, y: x[:, :2])
