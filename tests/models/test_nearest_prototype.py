"""Nearest prototypes: against slow definitions, and the rate at which strangers are accepted."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.nearest_prototype import NearestPrototype

RNG = np.random.default_rng(0)
SPEC = LabelSpec.single(["a", "b", "c"])
CENTRES = RNG.normal(size=(40, 12))


def rows(classes: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.7, (len(classes), 12))
    return 3 * (CENTRES[classes] + noise)


def test_scores_equal_their_definition() -> None:
    label = np.array([0, 0, 0, 1, 1, 2, -1])
    x = RNG.normal(size=(7, 12))
    nearest = NearestPrototype.fit(x, label, SPEC)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)

    def prototype(c, without=None):
        mean = sum(unit[i] for i in range(6) if label[i] == c and i != without)
        return mean / np.linalg.norm(mean)

    np.testing.assert_allclose(nearest.vectors, [prototype(c) for c in range(3)], atol=1e-6)
    np.testing.assert_allclose(
        nearest.cosines(x), [[u @ prototype(c) for c in range(3)] for u in unit], atol=1e-6
    )
    others = [max(unit[i] @ prototype(c) for c in range(3) if c != label[i]) for i in range(6)]
    np.testing.assert_allclose(nearest.impostors, others, atol=1e-6)
    own = [unit[i] @ prototype(label[i], without=i) for i in range(5)]  # row 5 is alone
    np.testing.assert_allclose(nearest.genuine, own, atol=1e-6)


def test_the_threshold_lets_the_stated_share_of_impostors_pass() -> None:
    nearest = NearestPrototype(SPEC, np.eye(3), np.linspace(0, 0.99, 100), np.array([0.5, 0.995]))
    for far in (0.0, 0.01, 0.1, 0.5):
        assert np.mean(nearest.impostors > nearest.threshold(far)) == pytest.approx(far)
    assert nearest.accepted(0.0) == 0.5
    x = np.array([[1.0, 0, 0], [1, 1, 1]])  # cosines 1 and .577
    assert nearest.predict(x, far=0.1).tolist() == [0, -1]
    assert nearest.predict(x).tolist() == [0, 0]


def test_strangers_are_accepted_about_as_often_as_estimated() -> None:
    """Classes drawn from one distribution: the estimate must hold for classes not listed."""
    listed, strangers = np.repeat(np.arange(20), 30), np.repeat(np.arange(20, 40), 30)
    spec = LabelSpec.single(20)
    nearest = NearestPrototype.fit(rows(listed, 1), listed, spec)
    found = nearest.predict(rows(strangers, 2), far=0.1)
    assert 0.02 < np.mean(found >= 0) < 0.25
    own = nearest.predict(rows(listed, 3), far=0.1)
    assert abs(np.mean(own >= 0) - nearest.accepted(0.1)) < 0.1
    assert np.mean(own == listed) > 0.7


def test_labels_may_be_names() -> None:
    x = RNG.normal(size=(5, 4))
    named = NearestPrototype.fit(x, ["b", "a", None, "c", "a"], SPEC)
    np.testing.assert_array_equal(
        named.vectors, NearestPrototype.fit(x, [1, 0, -1, 2, 0], SPEC).vectors
    )


def test_bad_input_is_refused() -> None:
    x = np.eye(3)
    with pytest.raises(ValueError, match="class 'b' has no labelled row"):
        NearestPrototype.fit(x, [0, 0, 2], SPEC)
    with pytest.raises(ValueError, match="a label for each of the 3 rows"):
        NearestPrototype.fit(x, [0, 1], SPEC)
    with pytest.raises(ValueError, match=r"must have the shape \(n, dimension\)"):
        NearestPrototype.fit(x[0], [0, 1, 2], SPEC)
    with pytest.raises(LabelError, match=r"Row 1.*'cc'"):
        NearestPrototype.fit(x, ["a", "cc", "b"], SPEC)
    with pytest.raises(LabelError, match=r"Row 2.*1\.7"):
        NearestPrototype.fit(x, [0, 1, 1.7], SPEC)
    with pytest.raises(ValueError, match="classes of a single label"):
        NearestPrototype.fit(x, [[1, 0, 1]] * 3, LabelSpec.multi(3))
    nearest = NearestPrototype.fit(x, [0, 1, 2], SPEC)
    assert nearest.accepted(0.1) is None  # one row a class: nothing to leave out
    with pytest.raises(ValueError, match="come from one embedder"):
        nearest.predict(np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"must be in \[0, 1\)"):
        nearest.threshold(1.0)
