from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from labelfeed.data.pixels import read_pixels


@pytest.fixture
def save(tmp_path):
    def save(*levels):
        paths = []
        for row, level in enumerate(levels):
            paths.append(tmp_path / f"{row}.png")
            Image.fromarray(np.full((6, 5), level)).save(paths[-1])
        return paths, [path.name for path in paths]

    return save


def test_eight_bits_stay_as_they_are(save):
    seen = []
    found = read_pixels(*save(np.uint8(3), np.uint8(250)), (6, 5), "grey",
                        on_image=lambda done, total: seen.append((done, total)))  # fmt: skip
    assert found.pixels.dtype == np.uint8 and found.pixels[:, 0, 0, 0].tolist() == [3, 250]
    assert (found.white, found.notes, seen) == (None, (), [(1, 2), (2, 2)])


@pytest.mark.parametrize(
    ("brightest", "white"),
    [(0, 1), (255, 255), (256, 511), (4095, 4095), (4096, 8191), (65535,) * 2],
)
def test_white_follows_from_the_bits_that_are_used(save, brightest, white):
    found = read_pixels(*save(np.uint8(51), np.uint16(brightest)), (6, 5), "rgb")
    assert found.white == white and found.pixels.shape == (2, 6, 5, 3)
    assert found.pixels[0].max() == 51 * 257
    assert found.pixels[1].max() == round(brightest * 65535 / white)


def test_the_size_and_color_of_a_wide_picture(save):
    found = read_pixels(*save(np.uint16(4095)), (3, 9), "grey")
    assert found.pixels.shape == (1, 3, 9, 1) and (found.pixels == 65535).all()
