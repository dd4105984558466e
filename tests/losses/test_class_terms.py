"""The terms of a softmax over classes against NumPy in float64."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.losses.class_terms import class_terms


def exact(query: np.ndarray, centres: np.ndarray, label: np.ndarray, sub: int = 1) -> tuple:
    unit = centres / np.linalg.norm(centres, axis=1, keepdims=True)
    logits = (query @ unit.T).reshape(len(query), -1, sub).max(axis=2)
    target, rest, best = [], [], []
    for row, y in zip(logits, label, strict=True):
        others = np.delete(row, y) if y >= 0 else row
        target.append(row[y] if y >= 0 else 0.0)
        rest.append(np.logaddexp.reduce(others))
        best.append(others.max())
    return np.array(target), np.array(rest), np.array(best)


@pytest.mark.parametrize("scale", [1.0, 64.0, 500.0])
@pytest.mark.parametrize(("classes", "sub"), [(2, 1), (2, 3), (123, 1), (40, 2)])
def test_terms(classes: int, sub: int, scale: float) -> None:
    rng = np.random.default_rng(0)
    query = rng.normal(size=(9, 17))
    query *= scale / np.linalg.norm(query, axis=1, keepdims=True)
    centres = rng.normal(size=(classes * sub, 17))
    label = rng.integers(-1, classes, 9).astype(np.int32)
    found = class_terms(
        ops.convert_to_tensor(query.astype(np.float32)),
        ops.convert_to_tensor(centres.astype(np.float32)),
        ops.convert_to_tensor(label),
        sub,
    )
    for part, expected in zip(found, exact(query, centres, label, sub), strict=True):
        part = ops.convert_to_numpy(part)
        np.testing.assert_allclose(part, expected, rtol=1e-5, atol=1e-6 * scale)
