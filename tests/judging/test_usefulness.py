import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from labelfeed.judging.usefulness import _areas, usefulness


def _rows(seed, n=240, rare=0.3):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < rare).astype(int)
    return rng.normal(size=(n, 3)) + 1.5 * y[:, None], y


def _useful(train, synthetic, more=None):
    words = np.zeros(3, bool)
    return usefulness("y", train, _rows(1), synthetic, more or synthetic, words, 0)


@pytest.fixture(scope="module")
def of_noise():
    x, y = _rows(2)
    return _useful(_rows(0), (x, np.random.default_rng(5).permutation(y)))


def test_rows_without_a_meaning_do_not_train(of_noise):
    assert of_noise.scored("synthetic").balanced_accuracy < 0.65
    assert of_noise.alone.high < -0.1
    assert of_noise.over_real.value < 0


def test_more_rows_of_the_same_kind_help_where_there_are_few():
    few = _rows(0, 60)
    found = _useful(few, _rows(2, 600))
    assert found.alone.value > 0 and found.over_real.value > 0
    assert found.scored("real + synthetic").rows == 660


def test_rare_rows_are_repeated_until_classes_are_as_frequent(of_noise):
    _, y = _rows(0)
    assert of_noise.scored("real, oversampled").rows == 2 * np.sum(y == 0)


def test_areas_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 80)
    p = np.round(rng.random(80) + 0.3 * y, 1)  # with ties
    at = rng.integers(0, 80, 80)
    found = _areas(np.stack([1 - p, p], axis=1), y, np.array([1]), [at])
    assert found == pytest.approx([roc_auc_score(y, p), roc_auc_score(y[at], p[at])])


def test_one_class_cannot_be_learned():
    x, y = _rows(0)
    assert _useful((x, np.zeros_like(y)), _rows(2)) is None
