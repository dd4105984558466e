import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.gathered import gathered, is_cut, undistributed
from labelfeed.scaling.shares import Sharing, current_sharing, shared_like
from labelfeed.strategies.margin import margin


@pytest.mark.only_backend("jax")
def test_centres_that_fill_up_the_classes_are_gone():
    with shared_like(Sharing(2, class_parts=2)):
        model = margin(LabelSpec.single(list("abc")), (4,), width=8, depth=1, dimension=2)
        assert model.head.centres.shape == (4, 2)
        assert is_cut()
    x = np.ones((2, 4), np.float32)
    whole = gathered(model)
    assert whole.head.centres.shape == (3, 2) and whole.compiled
    np.testing.assert_allclose(whole.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)


def test_a_model_of_one_device_keeps_its_weights():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    for one, other in zip(model.get_weights(), gathered(model).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_block_inside_of_devices_is_one_device_again():
    with shared_like(Sharing(2)), undistributed():
        assert current_sharing() == Sharing(1)


@pytest.mark.only_backend("tensorflow")
def test_in_the_block_tensorflow_cannot_gather():
    with shared_like(Sharing(2)), pytest.raises(ScalingError, match="behind the block"):
        gathered(keras.Sequential())
