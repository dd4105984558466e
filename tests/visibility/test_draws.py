"""Twin of labelfeed/visibility/draws.py: the native draws against Keras's own."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.visibility import draws
from labelfeed.visibility.draws import uniform


def numbers(shape: tuple[int, ...], steps: int = 1, by_row: bool = False, seed: int = 7) -> list:
    generator = keras.random.SeedGenerator(seed)
    label = ops.zeros(shape, dtype="int32")
    return [ops.convert_to_numpy(uniform(label, generator, by_row)) for _ in range(steps)]


@pytest.mark.parametrize("shape, row", [((5,), (5,)), ((5, 3), (5, 1)), ((0, 3), (0, 1))])
def test_a_number_for_each_label_or_each_row(shape: tuple, row: tuple) -> None:
    assert numbers(shape)[0].shape == shape
    assert numbers(shape, by_row=True)[0].shape == row
    assert numbers(shape)[0].dtype == np.float32


def test_they_are_uniform_and_independent() -> None:
    first, second = numbers((200, 101), steps=2)
    for drawn in (first, second):
        assert drawn.min() >= 0 and drawn.max() < 1
        shares = np.histogram(drawn, 20, (0, 1))[0] / drawn.size
        np.testing.assert_allclose(shares, 1 / 20, atol=5 * np.sqrt(0.05 * 0.95 / drawn.size))
    pairs = {
        "steps": (first, second),
        "neighbours": (first[:, 1:], first[:, :-1]),
        "rows": (first[1:], first[:-1]),
        "halves": (first[:100], first[100:]),
        "seeds": (first, numbers((200, 101), seed=8)[0]),
    }
    for name, (a, b) in pairs.items():
        found = np.corrcoef(a.ravel(), b.ravel())[0, 1]
        assert abs(found) < 5 / np.sqrt(a.size), name


def test_the_state_goes_on_as_with_keras_and_tells_all() -> None:
    ours, keras_own = keras.random.SeedGenerator(3), keras.random.SeedGenerator(3)
    label = ops.zeros((4, 2), dtype="int32")
    for _ in range(3):
        drawn = ops.convert_to_numpy(uniform(label, ours))
        keras.random.uniform((4, 2), seed=keras_own)
    state = ops.convert_to_numpy(ours.state.value)
    np.testing.assert_array_equal(state, ops.convert_to_numpy(keras_own.state.value))
    again = keras.random.SeedGenerator(0)
    again.state.assign(state - np.array([0, 1], state.dtype))
    np.testing.assert_array_equal(ops.convert_to_numpy(uniform(label, again)), drawn)


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_torch_draws_the_very_numbers_of_keras(seed: int) -> None:
    if keras.backend.backend() != "torch":
        assert draws.native is None or keras.backend.backend() == "jax"
        return
    generator = keras.random.SeedGenerator(seed)
    for drawn in numbers((6, 5), steps=3, seed=seed):
        expected = ops.convert_to_numpy(keras.random.uniform((6, 5), seed=generator))
        np.testing.assert_array_equal(drawn, expected)


def test_jax_hashes_as_jax_does() -> None:
    if keras.backend.backend() != "jax":
        assert not hasattr(draws.native, "threefry")
        return
    import jax.numpy as jnp
    from jax.extend.random import threefry_2x32

    key, counts = jnp.array([7, 11], "uint32"), jnp.arange(1000, dtype="uint32")
    ours = jnp.concatenate(draws.native.threefry(key, counts))
    expected = threefry_2x32(key, jnp.concatenate([jnp.zeros_like(counts), counts]))
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(expected))
