import numpy as np
import pytest

from benchmarks.generate_data import as_written
from benchmarks.generate_peers import PEERS


def _rows(n=120):
    y = np.arange(n) % 2
    x = np.random.default_rng(0).normal(size=(n, 3)) + 5 * y[:, None]
    return np.concatenate([x, np.ones((n, 1))], axis=1), y  # a constant column too


@pytest.mark.parametrize("name", ["smote", "mixture", "bootstrap", "copy"])
def test_rows_are_of_the_class_that_was_asked_for(name):
    x, y = _rows()
    wanted = np.array([1] * 40 + [0] * 10)
    made, classes = PEERS[name](x, y, 0)(wanted)
    assert made.shape == (50, 4) and classes.tolist() == wanted.tolist()
    assert abs(made[:40, 0].mean() - 5) < 0.8 and abs(made[40:, 0].mean()) < 1.2
    assert np.allclose(as_written(made, x)[:, 3], 1)


def test_smote_stays_between_rows_and_copies_are_rows():
    x, y = _rows()
    made, _ = PEERS["smote"](x, y, 0)(np.zeros(30, int))
    own = x[y == 0]
    assert (made >= own.min(axis=0) - 1e-9).all() and (made <= own.max(axis=0) + 1e-9).all()
    made, _ = PEERS["copy"](x, y, 0)(np.zeros(30, int))
    assert {row.tobytes() for row in made} <= {row.tobytes() for row in own}


def test_a_class_of_one_row_is_repeated():
    x, y = _rows(21)
    y[:] = 0
    y[0] = 1
    for name in ("smote", "bootstrap"):
        made, _ = PEERS[name](x, y, 0)(np.ones(4, int))
        assert np.allclose(made, x[0], atol=2)
