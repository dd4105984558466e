"""Labels as tensors: ids, masks and targets that are safe to compute on."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wire import (
    Counted,
    as_tensors,
    clean_targets,
    split_label,
    sure_ids,
    to_ids,
    unknown_like,
    with_label,
)

SINGLE, MULTI, ONE = LabelSpec.single(3), LabelSpec.multi(3), LabelSpec.multi(1)
NAN = float("nan")


def test_with_label_and_back() -> None:
    x, label = {"a": 1}, [0]
    assert split_label(with_label(x, label)) == (x, label)
    assert split_label(x) == (x, None)
    assert split_label([x]) == ([x], None)


IDS = {
    "int64": (SINGLE, np.array([2, -1]), [2, -1]),
    "uint8": (SINGLE, np.array([2, 0], np.uint8), [2, 0]),
    "bool": (SINGLE, np.array([True, False]), [1, 0]),
    "float with NaN": (SINGLE, np.array([2.0, NAN, -1.0]), [2, -1, -1]),
    "column": (SINGLE, np.array([[2], [-1]]), [2, -1]),
    "one-hot": (SINGLE, np.array([[0, 0, 1], [0, 0, 0], [-1, -1, -1]]), [2, -1, -1]),
    "soft": (SINGLE, np.array([[0.2, 0.5, 0.3], [NAN] * 3]), [1, -1]),
    "multi": (MULTI, np.array([[1, 0, -1]]), [[1, 0, -1]]),
    "multi float": (MULTI, np.array([[1.0, 0.0, NAN], [0.5, 0.4, -1]]), [[1, 0, -1], [1, 0, -1]]),
    "one label, flat": (ONE, np.array([1, 0, -1]), [[1], [0], [-1]]),
    "one label": (ONE, np.array([[1.0], [NAN]]), [[1], [-1]]),
}


@pytest.mark.parametrize("spec, y, expected", IDS.values(), ids=IDS)
def test_ids_of(spec: LabelSpec, y: np.ndarray, expected: list) -> None:
    ids = to_ids(y, spec)
    assert keras.backend.standardize_dtype(ids.dtype) == "int32"
    assert ops.convert_to_numpy(ids).tolist() == expected


@pytest.mark.parametrize(
    "spec, shape, needed",
    [
        (SINGLE, (4, 2), r"\(batch,\) or \(batch, 1\), got \(4, 2\)"),
        (SINGLE, (4, 3, 1), r"got \(4, 3, 1\)"),
        (MULTI, (4,), r"\(batch, num_classes\), got \(4,\)"),
        (MULTI, (4, 2), r"got \(4, 2\)"),
    ],
)
def test_targets_of_another_shape_are_refused(
    spec: LabelSpec, shape: tuple[int, ...], needed: str
) -> None:
    with pytest.raises(ValueError, match=needed):
        to_ids(np.zeros(shape), spec)


def test_what_counts_is_known_and_not_read() -> None:
    y = ops.convert_to_tensor(np.array([[1, 0, -1], [1, 0, -1]], np.int32))
    read = ops.convert_to_tensor(np.array([[1, -1, -1], [-1, 0, -1]], np.int32))
    x = np.zeros((2, 1), np.float32)
    alone, beside = Counted(x, y, MULTI), Counted(with_label(x, read), y, MULTI)
    assert ops.convert_to_numpy(alone.hidden).tolist() == [[1, 1, 0], [1, 1, 0]]
    assert ops.convert_to_numpy(beside.hidden).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert ops.convert_to_numpy(beside.known).tolist() == [[1, 1, 0], [1, 1, 0]]
    assert float(beside.total) == 2
    assert beside.fits(with_label(x, read), y) and not beside.fits(x, y)


CLEAN = {
    "ids": (SINGLE, np.array([2, -1]), [2, 0]),
    "float ids": (SINGLE, np.array([2.0, NAN]), [2, 0]),
    "soft": (SINGLE, np.array([[0.25, 0.75, 0], [NAN] * 3]), [[0.25, 0.75, 0], [1 / 3] * 3]),
    "multi": (MULTI, np.array([[1, 0, -1]]), [[1, 0, 0]]),
    "multi soft": (MULTI, np.array([[0.75, NAN, 0.0]]), [[0.75, 0, 0]]),
    "one label, flat": (ONE, np.array([1, -1]), [[1], [0]]),
}


@pytest.mark.parametrize("spec, y, expected", CLEAN.values(), ids=CLEAN)
def test_clean_targets_are_finite(spec: LabelSpec, y: np.ndarray, expected: list) -> None:
    clean = ops.convert_to_numpy(clean_targets(y, to_ids(y, spec), spec))
    np.testing.assert_allclose(clean, expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32", "uint8"])
@pytest.mark.parametrize("shape", [(4,), (4, 2), (4, 5, 5, 1)])
@pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
def test_unknown_like_any_features(spec: LabelSpec, shape: tuple[int, ...], dtype: str) -> None:
    features = ops.ones(shape, dtype=dtype)
    unknown = unknown_like(features, spec)
    assert keras.backend.standardize_dtype(unknown.dtype) == "int32"
    assert ops.convert_to_numpy(unknown).tolist() == np.full((4, *spec.shape), -1).tolist()


def test_unknown_like_keeps_the_batch_size_open_and_ignores_nan() -> None:
    for spec in (SINGLE, MULTI):
        layer = keras.layers.Lambda(unknown_like, arguments={"spec": spec})
        assert layer(keras.Input((4,))).shape == (None, *spec.shape)
        missing = ops.convert_to_tensor(np.full((2, 4), NAN, np.float32))
        assert (ops.convert_to_numpy(unknown_like(missing, spec)) == -1).all()


def test_as_tensors_converts_arrays_only() -> None:
    out = as_tensors({"x": np.ones(2), "n": None, "s": "text"})
    assert ops.is_tensor(out["x"])
    assert out["n"] is None
    assert out["s"] == "text"


def test_a_soft_target_is_never_read() -> None:
    soft = ops.convert_to_tensor(np.array([[1.0, 0.6, NAN], [0.0, 0.4, 1.0]], np.float32))
    found = sure_ids(soft, to_ids(soft, MULTI), MULTI)
    assert ops.convert_to_numpy(found).tolist() == [[1, -1, -1], [0, -1, 1]]
    rows = ops.convert_to_tensor(np.array([[0, 0, 1], [0.2, 0.5, 0.3], [0, 0, 0]], np.float32))
    found = sure_ids(rows, to_ids(rows, SINGLE), SINGLE)
    assert ops.convert_to_numpy(found).tolist() == [2, -1, -1]
    ids = ops.convert_to_tensor(np.array([2, -1], np.int32))
    assert ops.convert_to_numpy(sure_ids(ids, ids, SINGLE)).tolist() == [2, -1]
