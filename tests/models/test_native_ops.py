"""Twin of labelfeed/models/native_ops.py: each against NumPy, on tensors and symbolic ones."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.models.native_ops import (
    at_least,
    cast,
    cross_entropy,
    flat,
    pick,
    total,
    written_out,
)

IDS = np.array([[1, -1, 0], [-1, 1, 1]], np.int32)
FLOATS = np.array([[0.5, -1.0, 2.0], [0.0, 1.0, -3.0]], np.float32)

CASES = {
    "pick ids": (lambda t: pick(t > 0, t, -1), IDS, np.where(IDS > 0, IDS, -1)),
    "pick floats": (lambda t: pick(t > 0, t, 0.25), FLOATS, np.where(FLOATS > 0, FLOATS, 0.25)),
    "floor of ids": (lambda t: at_least(t, 0), IDS, np.maximum(IDS, 0)),
    "floor of floats": (lambda t: at_least(t, 1.0), FLOATS, np.maximum(FLOATS, 1)),
    "cast of a mask": (lambda t: cast(t > 0), IDS, (IDS > 0).astype(np.float32)),
    "cast of ids": (cast, IDS, IDS.astype(np.float32)),
    "cast to another": (lambda t: cast(t, "float16"), FLOATS, FLOATS.astype(np.float16)),
    "total": (total, FLOATS, FLOATS.sum()),
    "flat": (flat, FLOATS, FLOATS.reshape(-1, 1)),
}


@pytest.mark.parametrize("function, given, expected", CASES.values(), ids=CASES)
def test_as_numpy(function: Callable, given: np.ndarray, expected: np.ndarray) -> None:
    found = ops.convert_to_numpy(function(ops.convert_to_tensor(given)))
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("function, given, expected", CASES.values(), ids=CASES)
def test_symbolic(function: Callable, given: np.ndarray, expected: np.ndarray) -> None:
    symbolic = keras.KerasTensor(given.shape, dtype=str(given.dtype))
    found = function(symbolic)
    assert tuple(found.shape) == expected.shape
    assert keras.backend.standardize_dtype(found.dtype) == str(expected.dtype)


def test_what_has_its_dtype_is_left_alone() -> None:
    tensor = ops.convert_to_tensor(FLOATS)
    assert cast(tensor) is tensor


def test_the_cross_entropy_written_out_for_cuda_is_that_of_keras_and_nan_of_nan() -> None:
    p = np.array([[0.0, 1e-4, 0.3, 0.9999, 1.0]], np.float32)
    y = np.array([[0.0, 1.0, 1.0, 0.0, 0.5]], np.float32)
    true, said = map(ops.convert_to_tensor, (y, p))
    found, keras_own = written_out(true, said), cross_entropy(true, said, False)
    np.testing.assert_allclose(*map(ops.convert_to_numpy, (found, keras_own)), rtol=1e-5, atol=1e-7)
    assert np.isnan(ops.convert_to_numpy(written_out(true, said * np.nan))).all()
