from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.near_duplicates import near_duplicates, picture_bits


def scattered(rows: int = 400, columns: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns))


def scenes(count: int = 120, seed: int = 0) -> np.ndarray:
    """Pictures of soft spots, each another one."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((count, 8, 8, 1)) * 255
    return coarse.repeat(4, axis=1).repeat(4, axis=2).astype(np.uint8)


@pytest.mark.parametrize("columns", [4, 8, 200])
def test_rows_with_a_little_noise_are_found_and_named(columns):
    x = scattered(columns=columns)
    assert near_duplicates(x).rows == 0
    x[-20:] = x[:20] + 0.003 * scattered(20, columns, seed=1)
    found = near_duplicates(x)
    assert found.rows == 40 and found.looked_at == 400
    assert found.pairs == ((0, 380), (1, 381), (2, 382))


def test_equal_rows_are_none_and_do_not_hide_near_ones():
    x = scattered()
    x[-40:] = x[:40]
    assert near_duplicates(x).rows == 0
    x[:40] += 0.003
    assert near_duplicates(x).rows == 80


def test_held_out_rows_are_compared_with_training_rows_only():
    x, others = scattered(), scattered(seed=1)
    x[-20:] = x[:20] + 0.001
    assert near_duplicates(x, others).rows == 0
    others[30:40] = x[50:60] + 0.001
    found = near_duplicates(x, others)
    assert found.rows == 10 and found.pairs[0] == (50, 30)


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_dense_rows_of_few_dimensions_are_near_by_chance_and_not_told(columns, seed):
    assert near_duplicates(scattered(3000, columns, seed)).rows == 0
    line = scattered(1000, 1, seed) @ scattered(1, 10, seed)  # ten columns, one free dimension
    assert near_duplicates(line).rows == 0


def test_pictures_that_are_brighter_or_noisy_are_near_and_equal_ones_are_not():
    x = scenes()
    assert near_duplicates(x).rows == 0
    noisy = x[:10] * 0.9 + 8 + np.random.default_rng(2).normal(0, 0.5, x[:10].shape)
    assert near_duplicates(np.concatenate([x, noisy.astype(np.uint8)])).rows == 20
    assert near_duplicates(np.concatenate([x, x[:10]])).rows == 0
    assert near_duplicates(noisy.astype(np.uint8), x).pairs == ((0, 0), (1, 1), (2, 2))


def test_plain_pictures_tell_nothing():
    x = np.zeros((40, 32, 32, 3), np.uint8)
    x[::2] = 7
    assert near_duplicates(x).rows == 0


def test_bits_are_of_16_by_16_places_of_any_size():
    rising = np.arange(20)[None, None, :, None] * np.ones((1, 30, 1, 1))
    assert picture_bits(rising).all() and picture_bits(rising).shape == (1, 256)
    assert not picture_bits(-rising).any()
    assert picture_bits(np.ones((2, 3, 5, 3))).shape == (2, 256)


def test_hardly_any_rows():
    assert near_duplicates(scattered(5)).rows == 0
    assert near_duplicates(scattered(0)).looked_at == 0
