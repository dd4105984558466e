from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.layers.random_view import RandomView

DOT = np.zeros((64, 12, 20, 1), np.float32)
DOT[:, 4, 6] = 1.0
SPOT = np.zeros((64, 12, 20, 1), np.float32)
SPOT[:, 3:6, 5:8] = 1.0


def seen(pictures=DOT, **kwargs):
    layer = RandomView(**{"shift": 0, "rotation": 0, "zoom": 0, "share": 1, "seed": 0, **kwargs})
    out = keras.ops.convert_to_numpy(layer(pictures, training=True))
    return np.array([np.argwhere(one > 0.5)[:, :2].mean(axis=0) for one in out])


def test_a_picture_is_mirrored_left_for_right_in_half_of_the_draws():
    places = seen(flip=True)
    assert {tuple(p) for p in places.tolist()} == {(4, 6), (4, 13)}
    assert 16 < (places[:, 1] == 6).sum() < 48


def test_shifts_are_shares_of_height_and_width():
    places = seen(shift=0.25)  # 3 of 12, 5 of 20
    reach = np.abs(places - [4, 6]).max(axis=0)
    np.testing.assert_array_equal(reach, [3, 5])


def test_turns_and_zooms_about_the_middle():
    middle = np.array([5.5, 9.5])
    turned = np.linalg.norm(seen(SPOT, rotation=180) - middle, axis=1)
    np.testing.assert_allclose(turned, np.hypot(1.5, 3.5), atol=0.8)
    assert len(np.unique(seen(SPOT, rotation=180), axis=0)) > 8
    zoomed = np.linalg.norm(seen(SPOT, zoom=0.5) - middle, axis=1)
    assert zoomed.min() < 3.2 and zoomed.max() > 6


def test_the_grain_stays():
    noise = np.random.default_rng(0).normal(size=(64, 24, 24, 1)).astype(np.float32)
    out = keras.ops.convert_to_numpy(RandomView(share=1.0, seed=0)(noise, training=True))
    assert abs(out.std() - 1) < 0.05  # means of pixels would make it 0.7


def test_the_others_are_seen_as_they_are():
    places = seen(SPOT, shift=0.25, share=0.25)
    still = (places == [4, 6]).all(axis=1).sum()
    assert 36 < still < 60


@pytest.mark.parametrize("wrong", [{"share": 2}, {"shift": 1.0}, {"zoom": -0.1}, {"rotation": 200}])
def test_ranges(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RandomView(**wrong)
