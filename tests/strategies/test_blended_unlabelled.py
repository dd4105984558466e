"""Tables of which most rows have no label: pseudo-labels where they pay, plain where not."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import make_moons

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import SemiSupervisedOptions
from labelfeed.strategies.blended import fit_blended
from labelfeed.strategies.blended_unlabelled import fit_blended_unlabelled
from labelfeed.unlabelled import joining

SPEC = LabelSpec.single(2, name="kind")
OPTIONS = SemiSupervisedOptions(plain="logistic")


def rows(x: np.ndarray, true: np.ndarray, labelled: int) -> Dataset:
    labels = np.where(np.arange(len(x)) < labelled, true, -1).astype(np.int32)
    return Dataset("arrays", x.astype(np.float32), labels, SPEC, np.arange(len(x)), "rows")


def test_one_network_predicts_new_rows_where_pseudo_labels_pay(monkeypatch):
    monkeypatch.setattr(joining, "_NUMBERS", 0)
    monkeypatch.setattr(joining, "_FEWEST", 150)
    x, true = make_moons(300, noise=0.08, random_state=0)
    # A column of noise that a few labels cannot tell from the moons, and many can.
    x = np.concatenate([x, np.random.default_rng(0).normal(size=(300, 6))], axis=1)
    told: list[str] = []
    data = rows(x, true, 14)
    made = fit_blended_unlabelled(
        data.features, data, OPTIONS, on_member=lambda number, name, spent: told.append(name)
    )
    assert made.said.startswith("pseudo-labels of 150 rows, a sample of 286, ")
    assert told == ["logistic"] and made.seconds["pseudo-labels"] > 0
    assert made.model.predict(data.features[:3], verbose=0).shape == (3, 2)


def test_where_they_do_not_pay_it_is_the_plain_blend(monkeypatch):
    monkeypatch.setattr(joining, "_gain", lambda *_: (0.01, 0.03, 0.5))
    x, true = make_moons(60, noise=0.2, random_state=0)
    data = rows(x, true, 30)
    some = data.take(np.arange(30))
    plain = fit_blended(some.features, some, OPTIONS).model.predict(data.features, verbose=0)
    made = fit_blended_unlabelled(data.features, data, OPTIONS)
    assert "30 rows not taken: out of fold they save 0.010 +- 0.030 a row" in made.said
    np.testing.assert_allclose(made.model.predict(data.features, verbose=0), plain, atol=1e-6)


def test_when_they_are_not_tried():
    x, true = make_moons(40, noise=0.2, random_state=0)
    for labelled, said in (
        (40, ", as every row has a label"),
        (38, " with 2 rows without a label"),
    ):
        data = rows(x, true, labelled)
        made = fit_blended_unlabelled(data.features, data, OPTIONS)
        assert made.said.startswith(f"pseudo-labels not tried{said}"), made.said
