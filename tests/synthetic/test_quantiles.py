"""Numbers by their quantiles."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.synthetic.quantiles import Quantiles


def _made(kind: str) -> np.ndarray:
    rng = np.random.default_rng(0)
    return {
        "continuous": rng.normal(size=500),
        "heavy": np.exp(3 * rng.normal(size=3000)),
        "atom": np.where(rng.random(800) < 0.6, 0.0, rng.gamma(2, size=800)),
        "whole": rng.integers(-3, 9, 400).astype(float),
        "two": np.array([1.0, 2.0]),
        "one": np.array([4.0, 4.0]),
        "large": rng.integers(0, 10**9, 2000).astype(float),
    }[kind]


@pytest.mark.parametrize("kind", ["continuous", "heavy", "atom", "whole", "two", "one", "large"])
def test_values_that_were_seen_come_back(kind: str) -> None:
    values = _made(kind)
    made = Quantiles.fit(values)
    made.check()
    z = made.encode(values).astype(np.float32)
    np.testing.assert_allclose(made.decode(z), values, rtol=1e-5, atol=1e-6)
    if kind in ("whole", "two", "one"):
        assert made.decode(z).tolist() == values.tolist()


@pytest.mark.parametrize(("kind", "spread"), [("continuous", 1), ("heavy", 1), ("whole", 0.97)])
def test_numbers_become_standard_normal(kind: str, spread: float) -> None:
    values = _made(kind)
    z = Quantiles.fit(values).encode(values)
    assert abs(z.mean()) < 0.05 and abs(z.std() - spread) < 0.05
    assert abs(np.mean(z**3)) < 0.2


def test_an_atom_is_one_number_away_from_all_others() -> None:
    values = _made("atom")
    z = Quantiles.fit(values).encode(values)
    assert len(set(z[values == 0])) == 1 and np.min(z[values > 0] - z[values == 0][0]) > 0.5


def test_normal_numbers_have_the_shares_of_atoms_and_stay_within_the_ends() -> None:
    values = _made("atom")
    made = Quantiles.fit(values)
    drawn = made.decode(np.random.default_rng(2).normal(size=20000))
    assert abs(np.mean(drawn == 0) - np.mean(values == 0)) < 0.01
    assert drawn.min() == 0 and drawn.max() <= values.max()
    assert not ((drawn > 0) & (drawn < values[values > 0].min())).any()  # nothing beside an atom


def test_tails_keep_their_values() -> None:
    values = np.sort(_made("heavy"))
    assert set(values[-40:]) <= set(Quantiles.fit(values).values)


def test_beyond_the_ends_the_ends_are_taken() -> None:
    made = Quantiles.fit(np.array([1.0, 2, 3]))
    z = made.encode(np.array([-9.0, 1, 2.5, 3, 99]))
    np.testing.assert_allclose(made.decode(z), [1, 1, 2.5, 3, 3])


@pytest.mark.parametrize(
    ("at", "values"), [((0, 1), (2, 1)), ((0.1, 1), (1, 2)), ((0, 1), (1,)), ((0, 2, 1), (1, 2, 3))]
)
def test_knots_that_do_not_fit_are_refused(at: tuple, values: tuple) -> None:
    with pytest.raises(ValueError, match="at"):
        Quantiles(at, values).check()
