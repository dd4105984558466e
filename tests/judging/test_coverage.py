import numpy as np

from labelfeed.judging.coverage import coverage


def _rows(seed, n=400):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)) + 6 * (np.arange(n) % 2)[:, None]


def test_rows_of_the_same_kind_are_typical_and_varied():
    found = coverage(_rows(0), _rows(1))
    assert found.precision > 0.85 and 0.4 < found.recall < 0.6


def test_rows_of_one_group_alone_lose_recall():
    half = _rows(1, 800)[::2]
    assert coverage(_rows(0), half).recall < 0.35


def test_noise_outside_loses_precision():
    far = _rows(1) + 20
    found = coverage(_rows(0), far)
    assert found.precision < 0.1 and found.recall < 0.1
