import numpy as np

from labelfeed.judging.told_apart import told_apart


def _areas(real, made, words=None):
    words = np.zeros(real.shape[1], bool) if words is None else words
    return {one.by: one.auc for one in told_apart([real, made], [real, made], words, 0)}


def test_rows_of_one_kind_cannot_be_told_apart():
    rng = np.random.default_rng(0)
    found = _areas(rng.normal(size=(200, 3)), rng.normal(size=(200, 3)))
    assert all(auc.low < 0.5 < auc.high for auc in found.values())


def test_trees_see_what_a_line_does_not():
    rng = np.random.default_rng(0)
    real, made = rng.normal(size=(300, 2)), rng.normal(size=(300, 2))
    made[:, 1] = made[:, 0]  # the same means and spreads
    found = _areas(real, made)
    assert found["boosted trees"].low > 0.8 and found["logistic"].value < 0.6


def test_equal_rows_stand_on_one_side():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(150, 3))
    made = np.repeat(rng.normal(size=(15, 3)), 10, axis=0)  # each row ten times
    assert _areas(real, made)["logistic"].value < 0.75
