from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.prior import (
    PriorError,
    even_prior,
    prior_shift,
    stated_prior,
    training_prior,
    yes_place,
)
from labelfeed.labels.spec import LabelSpec

ANIMALS = LabelSpec.single(["cat", "dog", "cow"], "animal")
SIGNS = LabelSpec.multi(["cough", "fever"])
MIXED = LabelSpec.columns([ANIMALS, "fever"])


@pytest.mark.parametrize(
    ("given", "spec", "expected"),
    [
        (0.02, LabelSpec.single(2), [0.98, 0.02]),
        ("0.02", LabelSpec.single(["No", "Yes"]), [0.98, 0.02]),
        ("ill=.1", LabelSpec.single(["ill", "well"]), [0.1, 0.9]),
        ({"cat": 0.5, "dog": 0.2}, ANIMALS, [0.5, 0.2, 0.3]),
        ("cat=.3334, dog=.3333, cow=.3334", ANIMALS, np.array([3334, 3333, 3334]) / 10001),
        ("fever=0.3", SIGNS, [np.nan, 0.3]),
        (0.3, LabelSpec.multi(["fever"]), [0.3]),
        ("animal=cat=.2,animal=dog=.2,animal=cow=.6", MIXED, [0.2, 0.2, 0.6, np.nan]),
    ],
)
def test_what_is_stated(given, spec, expected):
    np.testing.assert_allclose(stated_prior(given, spec), expected)


@pytest.mark.parametrize(
    ("given", "spec", "message"),
    [
        (0.02, LabelSpec.single(["ill", "well"]), "of which class .* ill=..., well="),
        (0.02, SIGNS, "of which label .* cough=..., fever="),
        ("pig=0.1", ANIMALS, "'pig'; expected one of 'cat', 'dog', 'cow'"),
        ("cat=0.1", ANIMALS, "sum to 0.1; expected 1 in all. Not named: dog, cow"),
        ("cat=.5,dog=.5,cow=.5", ANIMALS, "sum to 1.5"),
        ("cat=.5,dog=.6", ANIMALS, "sum to 1.1"),
        ("fever=2", SIGNS, "is 2; expected a share above 0 and below 1"),
        ("fever=0", SIGNS, "above 0"),
        ("fever=nan", SIGNS, "above 0"),
        ("fever=x", SIGNS, "'x' is no number"),
        ("fever=.1,fever=.2", SIGNS, "given twice"),
        ("", SIGNS, "of which label"),
        ({}, SIGNS, "No prior"),
        ({"fever": True}, SIGNS, "expected a number"),
        (">=65=.5,<65=.5", LabelSpec.number([1, 65, 70], "age", ranges=[65]), "is a number"),
    ],
)
def test_what_is_no_prior_is_refused(given, spec, message):
    with pytest.raises(PriorError, match=message):
        stated_prior(given, spec)


def test_shares_of_known_labels_by_their_weights():
    np.testing.assert_allclose(training_prior(np.array([0, 2, -1, 2]), ANIMALS), [1 / 3, 0, 2 / 3])
    weighted = training_prior(np.array([0, 2, -1, 2]), ANIMALS, [2, 1, 9, 1])
    np.testing.assert_allclose(weighted, [0.5, 0, 0.5])
    soft = np.array([[1, 0.5], [0, np.nan]])
    np.testing.assert_allclose(training_prior(soft, SIGNS), [0.5, 0.5])
    by_label = training_prior(np.array([[1, -1], [0, -1]]), SIGNS, np.array([[3.0, 1], [1, 1]]))
    np.testing.assert_allclose(by_label, [0.75, np.nan])


def test_the_shift_is_bayes_rule():
    """Densities p(x | y) under two priors: shifted logits of one are the logits of the other."""
    rng = np.random.default_rng(0)
    density = rng.random((20, 3))
    before, after = np.array([0.6, 0.3, 0.1]), np.array([0.1, 0.2, 0.7])
    shift = prior_shift(after, before, ANIMALS)
    p = density * before / (density @ before)[:, None]
    moved = p * np.exp(shift)
    expected = density * after / (density @ after)[:, None]
    np.testing.assert_allclose(moved / moved.sum(axis=1, keepdims=True), expected)
    logit = np.log([0.2 / 0.8, 0.9 / 0.1])
    of_signs = prior_shift(np.array([np.nan, 0.9]), np.array([0.5, 0.2]), SIGNS)
    np.testing.assert_allclose(of_signs, [0, logit[1] - logit[0]])


@pytest.mark.parametrize(("share", "amount"), [(0.0, "none"), (1.0, "all"), (np.nan, "none")])
def test_a_label_that_training_does_not_show_has_no_prior(share, amount):
    with pytest.raises(PriorError, match=f"'fever' is in {amount} of"):
        prior_shift(np.array([0.5, 0.5]), np.array([0.5, share]), SIGNS)


def test_what_is_there_or_not():
    assert yes_place(LabelSpec.multi(["fever"])) == 0
    assert yes_place(LabelSpec.single(["absent", "present"])) == 1
    assert yes_place(LabelSpec.single(["yes", "no"])) is None
    assert yes_place(ANIMALS) is None
    assert yes_place(SIGNS) is None


def test_equal_shares_are_of_what_rows_have():
    spec = LabelSpec.columns([LabelSpec.single(3, name="kind"), "hot", "never", "unknown"])
    trained = np.array([0.9, 0.1, 0.0, 0.3, 0.0, np.nan])
    even = even_prior(trained, spec)
    np.testing.assert_array_equal(even, [0.5, 0.5, 0.0, 0.5, 0.0, np.nan])
    shift = prior_shift(even, trained, spec)
    np.testing.assert_allclose(shift[:2], np.log([0.5 / 0.9, 0.5 / 0.1]))
    np.testing.assert_allclose(shift[2:], [0, np.log(0.7 / 0.3), 0, 0])
    age = LabelSpec.number(np.arange(90.0), "age", ranges=[18.0, 65.0])
    assert even_prior(np.array([0.2, 0.5, 0.3]), age).tolist() == [0.2, 0.5, 0.3]
