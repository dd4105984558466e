"""Optional plain models stay only where they pay, and change nothing where they do not."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.blend import fit_blend
from labelfeed.estimators.member import CrossFitted
from labelfeed.estimators.paying import blend_of_paying
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, (300, 1))
SPEC = LabelSpec.multi(1)
GOOD, OTHER, NOISE = (
    CrossFitted(name, (2.0 * Y - 1) * tells + RNG.normal(size=Y.shape), None)
    for name, tells in (("good", 1.0), ("other", 1.0), ("noise", 0.0))
)


def test_one_that_pays_stays() -> None:
    kept, blend, said = blend_of_paying([GOOD, OTHER], [False, True], Y, SPEC)
    assert [m.name for m in kept] == ["good", "other"]
    assert blend.weights.shape == (2, 1)
    assert said.startswith("other taken: out of fold the log loss changes by -0.")


def test_one_that_does_not_costs_nothing() -> None:
    kept, blend, said = blend_of_paying([GOOD, NOISE], [False, True], Y, SPEC)
    assert [m.name for m in kept] == ["good"]
    np.testing.assert_array_equal(blend.weights, fit_blend([GOOD.oof], Y, SPEC).weights)
    assert "left out" in said


def test_nothing_is_asked_where_none_or_all_are_optional() -> None:
    assert blend_of_paying([GOOD, NOISE], [False, False], Y, SPEC)[2] == ""
    assert [m.name for m in blend_of_paying([NOISE], [True], Y, SPEC)[0]] == ["noise"]
