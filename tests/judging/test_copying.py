import numpy as np

from labelfeed.judging.copying import copying


def _rows(seed, n=300):
    return np.random.default_rng(seed).normal(size=(n, 4))


def test_new_rows_are_as_near_to_held_out_ones_as_expected():
    found = copying(_rows(0, 600), _rows(1), _rows(2))
    assert found.nearer.low < found.expected < found.nearer.high
    assert not found.copies and found.equal == 0 and 0.02 < found.near < 0.1
    assert found.authenticity > 0.4


def test_copies_are_caught():
    train = _rows(0)
    found = copying(train, _rows(1), train[::-1])
    assert found.copies and found.equal == 1 and found.excess.value == 1
    assert found.near == 1 and found.authenticity == 0


def test_copies_with_a_little_noise_are_caught():
    train = _rows(0)
    found = copying(train, _rows(1), train + 0.05 * _rows(3))
    assert found.copies and found.equal == 0


def test_a_tenth_of_copies_is_caught_by_equal_rows():
    train = _rows(0)
    found = copying(train, _rows(1), np.concatenate([train[:30], _rows(2)[:270]]))
    assert found.copies and found.equal == 0.1


def test_equal_rows_that_the_data_has_anyway_are_no_copies():
    rng = np.random.default_rng(0)
    train, held_out, new = (rng.integers(0, 4, (400, 2)).astype(float) for _ in range(3))
    found = copying(train, held_out, new)
    assert found.equal == 1 == found.equal_held_out and not found.copies


def test_rows_that_crowd_in_one_place_are_one_row():
    made = _rows(1)[:1] + 1e-3 * _rows(2)  # all beside one row that is not a training row
    found = copying(_rows(0, 600), _rows(3), made)
    assert found.nearer.high - found.nearer.low > 0.5 and not found.copies
