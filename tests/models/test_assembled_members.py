"""Plain models as networks of logits: each kind, with what was never seen in training."""

from __future__ import annotations

import importlib.util
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from labelfeed.estimators.any_classifier import ClassifierMember
from labelfeed.estimators.boosting import BoostingMember
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.given import GivenMember
from labelfeed.estimators.light_boosting import LightBoostingMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.estimators.member import CrossFitted
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled_members import member_logits

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 4)).astype(np.float32)
# Of four sizes one is never there; of two yes/no labels one is never absent.
SPEC = LabelSpec.columns(["fever", LabelSpec.single(4, name="size"), "always", "rash"])
Y = SPEC.encode(
    np.column_stack(
        [X[:, 0] > 0, np.digitize(X[:, 1], [-0.5, 0.5]), np.ones(90), X[:, 2] + X[:, 0] > 0]
    ).astype(int)
)
YES = LabelSpec.multi(2)
FOLDS = np.arange(90) % 2
PAIR = Y[:, [0, 6]]

CASES: dict[str, tuple[Any, np.ndarray, LabelSpec]] = {
    "boosting": (BoostingMember(10), Y, SPEC),
    "boosting, some features": (BoostingMember(10, most_features=2), PAIR, YES),
    "boosting, two classes": (BoostingMember(10), PAIR[:, :1] == [0, 1], LabelSpec.single(2)),
    "extra-trees": (ExtraTreesMember(10), Y, SPEC),
    "logistic": (LogisticMember(), Y, SPEC),
    "pipeline": (ClassifierMember(make_pipeline(StandardScaler(), LogisticRegression())), Y, SPEC),
    "trees of a user": (ClassifierMember(HistGradientBoostingClassifier(max_iter=5)), Y, SPEC),
    "all at once": (ClassifierMember(RandomForestClassifier(10), whole=True), PAIR, YES),
    "several": (
        ClassifierMember(MultiOutputClassifier(LogisticRegression()), whole=True), PAIR, YES,
    ),
    "one column a label": (
        ClassifierMember(MLPClassifier(3, solver="lbfgs", max_iter=500), whole=True), PAIR, YES,
    ),
}  # fmt: skip
if importlib.util.find_spec("lightgbm"):
    CASES["lightgbm"] = (LightBoostingMember(20), Y, SPEC)


@pytest.fixture(scope="module")
def fitted() -> dict[str, CrossFitted]:
    return {
        name: member.cross_fit(X, np.asarray(y).astype(np.int32), spec, FOLDS)
        for name, (member, y, spec) in CASES.items()
    }


def test_logits_are_those_of_the_plain_model(fitted: dict[str, CrossFitted]) -> None:
    x = keras.Input((4,))
    outputs = {name: member_logits(fitted[name], x, CASES[name][2]) for name in CASES}
    found = keras.Model(x, outputs).predict(X, batch_size=len(X), verbose=0)
    for name, member in fitted.items():
        assert member.final is not None
        wanted = member.final.logits(X)
        # Log-odds of 1 - 1e-4 have four digits in float32.
        np.testing.assert_allclose(found[name], wanted, rtol=1e-4, atol=2e-4, err_msg=name)


def test_given_probabilities_are_the_features() -> None:
    for p, spec in (
        (RNG.uniform(size=(9, 2)), YES),
        (RNG.uniform(size=(9, 1)), LabelSpec.single(2)),
    ):
        y = np.ones((9, 2), np.int32)
        member = GivenMember().cross_fit(p, y, spec, np.arange(9) % 2)
        assert member.final is not None
        x = keras.Input((p.shape[1],))
        found = keras.Model(x, member_logits(member, x, spec)).predict(p, verbose=0)
        np.testing.assert_allclose(found, member.final.logits(p), atol=1e-4)


def test_a_network_is_taken_as_it_is_and_others_are_refused_by_name() -> None:
    class Network:
        network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])

    x, zeros = keras.Input((4,)), np.zeros((90, 2))
    inside: Any = Network()
    model = keras.Model(x, member_logits(CrossFitted("net", zeros, inside), x, YES))
    wanted = Network.network.predict(X, batch_size=len(X), verbose=0)
    np.testing.assert_allclose(model.predict(X, verbose=0), wanted, rtol=1e-5, atol=1e-6)
    own = ClassifierMember(GaussianNB()).cross_fit(X, PAIR, YES, FOLDS)
    with pytest.raises(EstimatorError, match="GaussianNB cannot become a network"):
        member_logits(own, x, YES)
    with pytest.raises(EstimatorError, match=r"'mine' \(object\) .* boosting"):
        member_logits(CrossFitted("mine", zeros, object()), x, YES)  # type: ignore[arg-type]
