from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from labelfeed.data.dataset import Dataset
from labelfeed.estimators import LabelFedClassifier
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import MarginOptions, PartialLabelsOptions, PlainOptions
from labelfeed.options.underneath import BLENDED
from labelfeed.strategies.blended import fit_blended, plain_models
from labelfeed.strategies.networks import NetworkError

SPEC = LabelSpec.multi(["cough", "fever"])


def made(rows=80, spec=SPEC):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 3)).astype(np.float32)
    ill = x[:, 0] + rng.normal(size=rows) > 0
    y = np.stack([ill, ill ^ (rng.random(rows) < 0.2)], axis=1).astype(np.int32)
    y[::9, 0] = -1
    y = y if spec.shape else y[:, 1]
    return Dataset("arrays", x, y, spec, np.arange(rows), "rows")


def test_which_plain_models_suit_the_rows():
    rows = made()
    assert plain_models(PartialLabelsOptions(), rows) == list(BLENDED)
    assert plain_models(PartialLabelsOptions(plain="boosting"), rows) == ["boosting"]
    assert plain_models(PartialLabelsOptions(epochs=3), rows) == []
    assert plain_models(MarginOptions(), rows) == []


@pytest.mark.parametrize("what", ["pictures", "soft targets", "weights of single labels"])
def test_what_only_a_network_learns_from(what):
    rows = made()
    change = {
        "pictures": {"features": np.zeros((80, 4, 4, 1), np.float32)},
        "soft targets": {"soft": np.full((80, 2), 0.5, np.float32)},
        "weights of single labels": {"weights": np.ones((80, 2), np.float32)},
    }[what]
    rows = dataclasses.replace(rows, **change)
    assert plain_models(PartialLabelsOptions(), rows) == []
    with pytest.raises(NetworkError, match=rf"--plain logistic cannot .* {what}.*--plain network"):
        plain_models(PartialLabelsOptions(plain="logistic"), rows)


def test_the_model_is_the_classifier():
    rows, told = made(), []
    fitted = fit_blended(
        rows.features,
        rows,
        PartialLabelsOptions(plain="logistic", seed=4),
        groups=np.arange(80) // 2,
        on_member=lambda number, name, seconds: told.append((number, name)),
    )
    same = LabelFedClassifier("logistic", SPEC, seed=4)
    same.fit(rows.features, rows.labels, groups=np.arange(80) // 2)
    known = np.where(np.arange(160).reshape(80, 2) % 3, -1, np.maximum(rows.labels, 0))
    for given in (None, known):
        p = fitted.model.predict(rows.features, known=given, verbose=0)
        assert np.allclose(p, same.predict_proba(rows.features, given), atol=1e-5)
    assert told == [(1, "logistic")]
    assert fitted.said.startswith("plain: logistic 100%") and fitted.seconds["logistic"] >= 0


def test_strategy_plain_reads_no_label():
    rows = made()
    fitted = fit_blended(rows.features, rows, PlainOptions(plain="logistic"))
    known = np.where(np.arange(160).reshape(80, 2) % 3, -1, np.maximum(rows.labels, 0))
    p = fitted.model.predict(rows.features, known=known, verbose=0)
    np.testing.assert_array_equal(p, fitted.model.predict(rows.features, verbose=0))
    assert fitted.said.endswith("known labels: not read")


def test_a_function_of_the_users(tmp_path, monkeypatch):
    (tmp_path / "mine_underneath.py").write_text(
        "from sklearn.svm import SVC\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "def tree(): return DecisionTreeClassifier(max_depth=2)\n"
        "def svc(): return SVC(probability=True)\n"
        "def broken(): raise RuntimeError('out of ideas')\n"
    )
    monkeypatch.chdir(tmp_path)
    rows = made(spec=LabelSpec.single(["no", "yes"]))

    def fit(name):
        return fit_blended(rows.features, rows, PlainOptions(plain=f"mine_underneath:{name}"))

    tree = DecisionTreeClassifier(max_depth=2)
    same = LabelFedClassifier(tree, rows.spec, read=False).fit(rows.features, rows.labels)
    p = fit("tree").model.predict(rows.features, verbose=0)
    assert np.allclose(p, same.predict_proba(rows.features), atol=1e-5)
    assert fit("tree").said.startswith("plain: DecisionTreeClassifier")
    with pytest.raises(NetworkError, match="SVC, which cannot be saved"):
        fit("svc")
    with pytest.raises(NetworkError, match="RuntimeError: out of ideas"):
        fit("broken")
    sys.modules.pop("mine_underneath")
