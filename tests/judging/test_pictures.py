import numpy as np
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.judging.pictures import picture_frames


def _pictures(side, n=40):
    return np.random.default_rng(side).random((n, side, side, 1)), np.arange(n) % 2


def test_many_pixels_become_components_of_the_training_pictures():
    train, other = picture_frames([_pictures(16), _pictures(16)])
    assert train.shape == other.shape == (40, 33)
    assert np.allclose(train.drop(columns="label").mean(), 0)
    assert not np.allclose(other["component 1"], train["component 1"][::-1])


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(DataError, match="differ in size"):
        picture_frames([_pictures(8), _pictures(9)])
