"""The fit of the mixture: an exact gradient, gaps, weights, and what it learns."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.label_mixture_fit import MixtureProblem
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
MIXED = LabelSpec.columns(["fever", LabelSpec.single(3, name="size"), "rash"])


def test_the_gradient_goes_through_the_pinned_marginals() -> None:
    y = MIXED.encode(np.column_stack([RNG.integers(-1, k, 60) for k in (2, 3, 2)]))
    problem = MixtureProblem(RNG.normal(size=(60, 5)), y, MIXED, weight=RNG.uniform(0.5, 2, 60))
    at = problem.start + 0.3 * RNG.normal(size=len(problem.start))

    def value(flat: np.ndarray) -> tuple[float, np.ndarray]:
        problem.level = None  # solved anew, so that no step is left over
        return problem.value(flat, 0.5)

    _, gradient = value(at)
    for place in RNG.permutation(len(at))[:12]:
        step = np.eye(len(at))[place] * 0.02
        wanted = (value(at + step)[0] - value(at - step)[0]) / 0.04
        np.testing.assert_allclose(gradient[place], wanted, rtol=0.03, atol=0.03)


def test_what_never_stands_together_is_learned_from_rows_with_gaps() -> None:
    first = RNG.integers(0, 2, 300)
    y = np.column_stack([first, 1 - first, RNG.integers(0, 2, 300)])
    y[RNG.random(y.shape) < 0.3] = -1
    spec = LabelSpec.multi(3)
    mixture = MixtureProblem(np.zeros((300, 3)), y, spec).solve(0.1)
    p = probabilities_of(
        mixture.delta(np.zeros((2, 3)), np.array([[1, -1, -1], [0, -1, -1]])), spec
    )
    assert p[0, 1] < 0.1 and p[1, 1] > 0.9
    assert np.abs(p[:, 2] - 0.5).max() < 0.2


def test_more_rows_than_the_budget_are_drawn() -> None:
    y = RNG.integers(0, 2, (30_000, 2))
    problem = MixtureProblem(np.zeros(y.shape), y, LabelSpec.multi(2))
    assert problem.patterns == 4  # no more than there are label sets
    assert len(problem.z) < 30_000
