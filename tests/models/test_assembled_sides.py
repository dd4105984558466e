"""Plain models and readers of side labels as one network: the same numbers, saved and loaded."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.estimators.sides import SideBlend, SideMember, fit_side_blend
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled_sides import assembled_sides
from labelfeed.models.side_label import SideLabelModel

TARGET = LabelSpec.single(["a", "b", "c"], name="features")  # the name of an input elsewhere
SIDES = (LabelSpec.single(2, "turn"), LabelSpec.single(3, "site"))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(128, 3)).astype(np.float32)
IDS = np.stack([RNG.integers(0, 2, 128), RNG.integers(0, 3, 128)], axis=1).astype(np.int32)
Y = np.digitize(X[np.arange(128), IDS[:, 0]] + 0.3 * IDS[:, 1], [-0.3, 0.6])


def test_the_network_says_what_the_estimators_say(tmp_path: Path) -> None:
    members = [LogisticMember(), ExtraTreesMember(5)]
    classifier = LabelFedClassifier(members, TARGET, folds=2, read=False).fit(X, Y)
    plain = classifier.plain_logits(X)
    readers = [SideMember(members[0], crossed=True), SideMember(members[1], crossed=False)]
    found: SideBlend = fit_side_blend(
        plain, X, np.eye(3, dtype=int)[Y], IDS, TARGET, SIDES, classifier.folds_, readers
    )
    found.blend.weights[:] = [[0.5], [0.7], [0.4], [0.3]]  # whatever these rows chose
    assembled_sides(classifier, found).save(tmp_path / "all.keras")
    model = keras.saving.load_model(tmp_path / "all.keras")
    assert isinstance(model, SideLabelModel)
    assert not model.trainable_variables
    given = IDS.copy()
    given[::3, 0] = given[::2, 1] = -1
    p = model.predict(X, sides=list(given.T), verbose=0)
    expected = probabilities_of(found.logits(plain, X, given), TARGET)
    np.testing.assert_allclose(p, expected, atol=1e-5)
    blind = model.predict(X, verbose=0)
    np.testing.assert_allclose(blind, classifier.predict_proba(X), atol=1e-5)
    unknown = model.predict(X, sides={"turn": -1}, verbose=0)
    np.testing.assert_allclose(unknown, blind, atol=1e-6)
    assert [i.name for i in model.functional().inputs] == ["features_"]
