"""The denoising network of pictures."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.generate.diffusion import ConditionalDiffusion
from labelfeed.generate.pictures import image_network
from tests.generate._models import KIND


@pytest.mark.parametrize("shape", [(28, 28, 1), (5, 8, 3), (6, 10, 1)])
def test_any_size_of_picture_comes_out_as_it_went_in(shape: tuple[int, int, int]) -> None:
    network = image_network(shape, KIND, width=4)
    assert tuple(network.output.shape) == (None, *shape)


def test_pictures_are_trained_and_made() -> None:
    model = ConditionalDiffusion(image_network((4, 4, 1), KIND, width=4), KIND)
    x = np.random.default_rng(0).uniform(-1, 1, (32, 4, 4, 1))
    model.fit(x, np.arange(32) % 3, epochs=1, batch_size=32, verbose=0)
    assert model.sample(2, "cow", steps=2).shape == (2, 4, 4, 1)
    with pytest.raises(ValueError, match="no input 'given'"):
        model.sample(2, given=x[:2])


def test_a_shape_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="height, width, channels"):
        image_network((8, 8), KIND)  # type: ignore[arg-type]
