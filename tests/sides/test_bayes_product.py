"""Twin of labelfeed/sides/bayes_product.py."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.bayes_product import BayesProduct

Y, SITE = LabelSpec.single(3, "finding"), LabelSpec.single(["a", "b"], "site")
SIGNS = LabelSpec.multi(["fever", "cough"], "signs")


def _world(n: int = 4000) -> tuple[np.ndarray, ...]:
    """Features (a noisy posterior) and side labels that are independent given the class."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, n)
    likelihood = np.full((n, 3), 0.2)
    x = np.where(rng.random(n) < 0.6, y, rng.integers(0, 3, n))
    likelihood[np.arange(n), x] = 0.733
    plain = likelihood / likelihood.sum(1, keepdims=True)
    site = np.where(rng.random(n) < np.array([0.9, 0.5, 0.1])[y], 0, 1)
    fever = (rng.random(n) < np.array([0.8, 0.1, 0.1])[y]).astype(int)
    signs = np.stack([fever, np.full(n, -1)], axis=1)
    return y, plain, site, signs


def test_the_table_is_the_smoothed_share_and_the_product_is_bayes_rule() -> None:
    product = BayesProduct(Y, SITE, smoothing=2.0).fit([0, 0, 1, 2, 2, -1], [[0, 1, 1, 0, -1, 0]])
    expected = np.array([[3, 3], [2, 3], [3, 2]]) / np.array([[6], [5], [5]])
    np.testing.assert_allclose(np.exp(product.tables[0]), expected)
    plain = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    by_hand = plain[0] * expected[:, 1]
    found = product.predict_proba(plain, {"site": ["b", None]})
    np.testing.assert_allclose(found, [by_hand / by_hand.sum(), plain[1]])


def test_it_gains_over_the_plain_posterior_and_more_with_each_side_label() -> None:
    y, plain, site, signs = _world()
    one = BayesProduct(Y, [SITE]).fit(y, [site])
    two = BayesProduct(Y, [SITE, SIGNS]).fit(y, [site, signs])
    scores = [
        (plain.argmax(1) == y).mean(),
        (one.predict(plain, [site]) == y).mean(),
        (two.predict(plain, [site, signs]) == y).mean(),
    ]
    assert scores[0] + 0.02 < scores[1] < scores[2] - 0.02


def test_a_hard_mask_fails_on_wrong_labels_where_the_soft_one_holds() -> None:
    y, plain, _, _ = _world()
    coarse = np.array([0, 0, 1])[y]
    rng = np.random.default_rng(1)
    wrong = np.where(rng.random(len(y)) < 0.3, 1 - coarse, coarse)
    hard = BayesProduct(Y, SITE, mode="hard").fit(y, [coarse])
    soft = BayesProduct(Y, SITE, mode="soft").fit(y, [wrong])
    assert np.all(hard.predict_proba(plain, [coarse])[coarse == 0, 2] == 0)
    assert (hard.predict(plain, [coarse]) == y).mean() > (plain.argmax(1) == y).mean() + 0.1
    np.testing.assert_allclose(np.exp(soft.tables[0]).min(), 0.3, atol=0.03)
    accuracy = [(p.predict(plain, [wrong]) == y).mean() for p in (hard, soft)]
    assert accuracy[0] + 0.03 < accuracy[1]
    told = BayesProduct(Y, SITE, error_rate=0.3).fit(y, [coarse])
    assert abs((told.predict(plain, [wrong]) == y).mean() - accuracy[1]) < 0.02


def test_a_given_tree_needs_no_rows_and_contradictions_leave_the_posterior() -> None:
    product = BayesProduct(Y, SITE, mode="hard", coarse_of={"site": [0, 0, 1]}).fit([0], [[0]])
    plain = np.array([[1.0, 0.0, 0.0], [0.2, 0.4, 0.4]])
    found = product.predict_proba(plain, [[1, 1]])
    np.testing.assert_allclose(found, [[1, 0, 0], [0, 0, 1]])


def test_a_class_without_rows_is_not_ruled_out() -> None:
    product = BayesProduct(Y, SITE, mode="hard").fit([0, 1], [[0, 1]])
    assert product.predict_proba([[0.3, 0.3, 0.4]], [[0]])[0, 2] > 0


@pytest.mark.parametrize("mode", ["counts", "hard", "soft"])
def test_the_config_is_json_and_comes_back(mode: Any) -> None:
    y, plain, site, signs = _world(200)
    product = BayesProduct(Y, [SITE, SIGNS], mode=mode).fit(y, [site, signs])
    config = json.loads(json.dumps(product.get_config(), allow_nan=False))
    again = BayesProduct.from_config(config)
    assert again.get_config() == product.get_config()
    expected = product.predict_proba(plain, [site, signs])
    np.testing.assert_allclose(again.predict_proba(plain, [site, signs]), expected)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"target": SIGNS}, "needs a single target"),
        ({"sides": []}, "at least one side label"),
        ({"mode": "firm"}, "mode must be one of"),
        ({"smoothing": 0}, "smoothing must be > 0"),
        ({"error_rate": 1.0}, "error_rate must be None or in"),
        ({"coarse_of": {"place": [0, 0, 1]}}, "the side labels are"),
        ({"coarse_of": {"site": [0, 0, 2]}}, "needs 3 ids in 0..1"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BayesProduct(**({"target": Y, "sides": SITE} | arguments))


def test_bad_inputs_are_refused() -> None:
    product = BayesProduct(Y, SITE)
    with pytest.raises(ValueError, match="not fitted"):
        product.predict_proba([[1, 0, 0]], [[0]])
    product.fit([0, 1, 2], [[0, 0, 1]])
    with pytest.raises(ValueError, match="pass probabilities, not logits"):
        product.predict_proba([[1, 0, -3]], [[0]])
    with pytest.raises(ValueError, match=r"no side label 'place'; expected some of \['site'\]"):
        product.log_factor({"place": [0]})
    with pytest.raises(ValueError, match="has 2 rows, expected 3"):
        product.fit([0, 1, 2], [[0, 0]])


def test_a_side_label_that_is_absent_is_unknown() -> None:
    y, plain, site, signs = _world(200)
    product = BayesProduct(Y, [SITE, SIGNS]).fit(y, {"site": site, "signs": signs})
    unknown = product.predict_proba(plain, [np.full(200, -1), signs])
    np.testing.assert_array_equal(product.predict_proba(plain, {"signs": signs}), unknown)
    np.testing.assert_allclose(product.predict_proba(plain, {}), plain)
    with pytest.raises(ValueError, match="pass rows="):
        product.log_factor({})
    assert not product.log_factor({}, rows=2).any()
