import numpy as np

from labelfeed.judging.fidelity import fidelity

NAMES = np.array(["a", "b", "c"])


def _rows(seed, n=150):
    y = np.arange(n) % 3
    return np.random.default_rng(seed).normal(size=(n, 2)) + 3 * np.stack([y, -y], axis=1), y


def test_rows_that_obey_score_as_real_ones():
    found = fidelity("y", _rows(0), _rows(1), NAMES, 0)
    assert found.gap.low < 0 < found.gap.high and found.has_effect
    assert found.chance == 1 / 3


def test_labels_drawn_at_random_have_no_effect():
    x, y = _rows(1)
    shuffled = np.random.default_rng(3).permutation(y)
    found = fidelity("y", _rows(0), (x, shuffled), NAMES, 0)
    assert not found.has_effect and found.gap.high < -0.3


def test_a_rare_class_counts_as_much_as_others_and_a_missing_one_is_told():
    x, y = _rows(0)
    kept = (y != 2) | (np.arange(150) < 9)  # three rows of class c
    found = fidelity("y", (x[kept], y[kept]), _rows(1), NAMES, 0)
    assert found.left_out == ("c",) and found.classes == ("a", "b")


def test_one_class_cannot_be_judged():
    x, _ = _rows(0)
    assert fidelity("y", (x, np.zeros(150, int)), _rows(1), NAMES, 0) is None
