"""One joint distribution: its marginals are the plain ones, and it is coherent at any known set."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.label_mixture import (
    LabelMixture,
    clipped_marginals,
    gated,
    shares,
    solved,
)
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
YES_NO = LabelSpec.multi(5)
MIXED = LabelSpec.columns(["fever", LabelSpec.single(3, name="size"), "rash"])


def made(spec: LabelSpec) -> tuple[LabelMixture, np.ndarray]:
    places = spec.num_classes
    offsets = 2.0 * RNG.normal(size=(7, places))
    gate = RNG.normal(size=(1 + places, 7))
    return LabelMixture(offsets, gate, spec), 2.0 * RNG.normal(size=(40, places))


@pytest.mark.parametrize("spec", [YES_NO, MIXED], ids=["yes/no", "classes"])
def test_marginals_are_the_plain_probabilities(spec: LabelSpec) -> None:
    mixture, z = made(spec)
    p = clipped_marginals(z, spec)
    weights = gated(p, mixture.gate)
    level = solved(p, z, weights, mixture.offsets, spec, mixture.steps)
    s = shares(level[:, None, :] + mixture.offsets, spec)
    np.testing.assert_allclose((weights[:, :, None] * s).sum(axis=1), p, atol=2e-4)


@pytest.mark.parametrize("spec", [YES_NO, MIXED], ids=["yes/no", "classes"])
@pytest.mark.parametrize("given", [False, True], ids=["nothing known", "one known"])
def test_the_mean_over_the_answers_is_what_was_said_before(spec: LabelSpec, given: bool) -> None:
    mixture, z = made(spec)
    known = np.full(z.shape, -1)
    known[:, -1] = given - 1 + given * (RNG.random(40) < 0.5)

    def p(states: np.ndarray) -> np.ndarray:
        return probabilities_of(z + mixture.delta(z, states), spec)

    now, asked = p(known), spec.label_columns[1]
    mean = np.zeros(z.shape)
    for answer, chance in enumerate(asked.probabilities(now).T):
        told = known.copy()
        asked.put(told, np.full(40, answer))
        mean += chance[:, None] * p(told)
    other = [j for j in range(spec.num_classes) if j not in asked.places]
    other = other[:-1] if given else other
    np.testing.assert_allclose(mean[:, other], now[:, other], atol=5e-4)
    if not given:
        np.testing.assert_array_equal(now, probabilities_of(z, spec))


def test_it_is_bayes_rule_on_patterns_by_hand() -> None:
    mixture, z = made(YES_NO)
    known = np.array([[1, -1, 0, -1, -1]] * 40)
    weights = gated(clipped_marginals(z, YES_NO), mixture.gate)
    level = solved(clipped_marginals(z, YES_NO), z, weights, mixture.offsets, YES_NO, 40)
    s = 1 / (1 + np.exp(-(level[:, None, :] + mixture.offsets)))
    told = weights * s[:, :, 0] * (1 - s[:, :, 2])
    wanted = (told[:, :, None] * s).sum(axis=1) / told.sum(axis=1, keepdims=True)
    found = probabilities_of(z + mixture.delta(z, known), YES_NO)
    np.testing.assert_allclose(found[:, [1, 3, 4]], wanted[:, [1, 3, 4]], atol=1e-5)
    own = weights * (1 - s[:, :, 2])  # of a known label: what the others say
    np.testing.assert_allclose(
        found[:, 0], (own * s[:, :, 0]).sum(axis=1) / own.sum(axis=1), atol=1e-5
    )


def test_a_class_known_to_be_absent_counts() -> None:
    offsets = np.array([[3.0, 3.0, 0.0, 0.0, 0.0], [-3.0, -3.0, 0.0, 0.0, 0.0]])
    mixture = LabelMixture(offsets, np.zeros((6, 2)), MIXED)
    states = np.array([[-1, 0, -1, -1, -1], [-1, 1, 0, 0, -1]])
    absent, present = mixture.delta(np.zeros((2, 5)), states)[:, 0]
    assert absent < -0.3 and present > 0.3
