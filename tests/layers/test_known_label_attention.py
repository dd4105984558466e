"""Label tokens that attend to each other and to the features."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.known_label_attention import KnownLabelAttention
from tests.layers._reference import call

SPEC = LabelSpec.multi(3, name="findings")
SHAPES = [(5,), (4, 5), (2, 3, 5)]


def rows(shape: tuple[int, ...], n: int = 6, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    label = rng.integers(-1, 2, (n, 3)).astype(np.int32)
    return [rng.normal(size=(n, *shape)).astype(np.float32), label]


def small(**kwargs: object) -> KnownLabelAttention:
    return KnownLabelAttention(SPEC, width=8, heads=2, **kwargs)  # type: ignore[arg-type]


def weight(layer: keras.layers.Layer, name: str) -> np.ndarray:
    return ops.convert_to_numpy(getattr(layer, name).value).astype(np.float64)


def dense(layer: keras.layers.Dense, h: np.ndarray) -> np.ndarray:
    return h @ weight(layer, "kernel") + weight(layer, "bias")


def normal(layer: keras.layers.Layer, h: np.ndarray) -> np.ndarray:
    h = h - h.mean(-1, keepdims=True)
    return h / np.sqrt(h.var(-1, keepdims=True) + layer.epsilon)


def test_forward_equals_the_formula() -> None:
    layer, (x, y) = small(depth=2, feature_tokens=2), rows((5,))
    found = call(layer, [x, y])
    tokens = dense(layer.project, x).reshape(6, 2, 8) + weight(layer, "positions")
    states = weight(layer, "state_tokens")[np.where(y < 0, 2, y)]
    h = np.concatenate([weight(layer, "label_tokens") + states, tokens], axis=1)
    for b in layer.blocks:
        n = normal(b["norm"], h)
        q = dense(b["ask"], n)
        k, v = np.split(dense(b["answer"], n), 2, axis=-1)
        parts = []
        for head in (slice(0, 4), slice(4, 8)):
            score = q[..., head] @ k[..., head].swapaxes(1, 2) / 2
            score = np.exp(score - score.max(-1, keepdims=True))
            parts.append(score / score.sum(-1, keepdims=True) @ v[..., head])
        h = h + dense(b["out"], np.concatenate(parts, axis=-1))
        h = h + dense(b["narrow"], np.maximum(dense(b["wide"], normal(b["norm_dense"], h)), 0))
    expected = (h[:, :3] * weight(layer, "readout")).sum(-1) + weight(layer, "bias")
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_vectors_tokens_and_images(shape: tuple[int, ...]) -> None:
    layer, (x, y) = small(), rows(shape)
    out = call(layer, [x, y])
    assert out.shape == layer.compute_output_shape([x.shape, y.shape]) == (6, 3)
    moved = x.copy()
    moved[:, ..., 0] += 1
    assert np.abs(call(layer, [moved, y]) - out).max() > 1e-6


def test_each_state_of_each_label_changes_the_logits_of_the_others() -> None:
    layer, (x, _) = small(), rows((5,), n=3)
    for label in range(3):
        y = np.full((3, 3), -1, np.int32)
        y[:, label] = [-1, 0, 1]
        out = call(layer, [x[[0, 0, 0]], y])
        for a, b in ((0, 1), (0, 2), (1, 2)):
            assert (np.abs(out[a] - out[b]) > 1e-7).sum() == 3


def test_float16_stays_finite_with_large_features() -> None:
    x, y = rows((5,))
    out = call(small(dtype="mixed_float16"), [200 * x, y])
    assert np.isfinite(out).all()


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="is single"):
        KnownLabelAttention(LabelSpec.single(3))
    with pytest.raises(ValueError, match="multiple of heads"):
        KnownLabelAttention(SPEC, width=9, heads=2)
    with pytest.raises(ValueError, match="must be >= 1"):
        small(depth=0)
    with pytest.raises(ValueError, match=r"takes features \(batch, d\)"):
        call(small(), rows((2, 2, 2, 2)))
