"""Blocked class terms against the full matrix and a float64 truth, in value and gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.heads import ArcFace, CurricularFace
from labelfeed.losses.blocks import blocked_terms, generic_blocked_terms
from labelfeed.losses.class_terms import class_terms
from tests.heads._gradients import loss_and_gradients
from tests.losses.test_class_terms import exact

# classes, block, depth: a block that divides, one that does not, two classes, odd shapes
SHAPES = [(64, 16, 8), (123, 50, 17), (2, 1, 3), (507, 100, 5)]


def data(classes: int, depth: int, scale: float = 64.0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(classes)
    query = rng.normal(size=(7, depth)).astype(np.float32)
    query *= scale / np.linalg.norm(query, axis=1, keepdims=True)
    label = np.array([0, classes - 1, -1, 1, 0, classes // 2, classes - 1], np.int32)
    return query, rng.normal(size=(classes, depth)).astype(np.float32), label


def terms_and_gradients(
    compute: Callable[..., Any], query: np.ndarray, centres: np.ndarray, label: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Return the terms, and the gradients of `sum(softplus(rest - target))`."""

    def total(q: Any, w: Any) -> tuple[Any, Any]:
        found = compute(q, w, ops.convert_to_tensor(label))
        return ops.sum(ops.softplus(found.rest - found.target)), found

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        step = jax.jit(jax.value_and_grad(total, argnums=(0, 1), has_aux=True))
        (_, found), slopes = step(query, centres)
    elif backend == "tensorflow":
        import tensorflow as tf

        @tf.function(jit_compile=True)
        def step(q: Any, w: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch((q, w))
                value, found = total(q, w)
            return tuple(found), tape.gradient(value, (q, w))

        found, slopes = step(tf.constant(query), tf.constant(centres))
    else:
        q, w = (ops.convert_to_tensor(v).clone().requires_grad_(True) for v in (query, centres))
        value, found = total(q, w)
        value.backward()
        slopes = q.grad, w.grad
    arrays = [ops.convert_to_numpy(part) for part in found]
    return arrays, ops.convert_to_numpy(slopes[0]), ops.convert_to_numpy(slopes[1])


@pytest.mark.parametrize(
    ("way", "shape"),
    [*((blocked_terms, shape) for shape in SHAPES), (generic_blocked_terms, SHAPES[1])],
)
def test_equal_to_the_truth_and_to_the_full_matrix(way: Any, shape: tuple) -> None:
    classes, block, depth = shape
    query, centres, label = data(classes, depth)
    found, by_query, by_centres = terms_and_gradients(
        lambda q, w, y: way(q, w, y, block), query, centres, label
    )
    truth = exact(query.astype(np.float64), centres.astype(np.float64), label)
    for part, expected in zip(found, truth, strict=True):
        np.testing.assert_allclose(part, expected, rtol=1e-5, atol=1e-4)
    _, full_query, full_centres = terms_and_gradients(class_terms, query, centres, label)
    np.testing.assert_allclose(by_query, full_query, atol=1e-5 * np.abs(full_query).max())
    np.testing.assert_allclose(by_centres, full_centres, atol=1e-5 * np.abs(full_centres).max())


def test_all_others_far_below_and_far_above() -> None:
    """No shift that is the same for all rows could hold both in float32."""
    centres = np.array([[1, 0], [-1, 0], [-1, 0.01]], np.float32)
    query = np.array([[500, 0], [-500, 0]], np.float32)
    label = np.array([0, 0], np.int32)
    found, by_query, by_centres = terms_and_gradients(
        lambda q, w, y: blocked_terms(q, w, y, 1), query, centres, label
    )
    np.testing.assert_allclose(found[1], exact(query, centres, label)[1], rtol=1e-5)
    assert np.isfinite(by_query).all()
    assert np.isfinite(by_centres).all()


@pytest.mark.parametrize("make", [ArcFace, CurricularFace])
def test_a_head_has_the_same_loss_and_gradient_in_blocks(make: Any) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 5)).astype(np.float32)
    y = np.array([0, 9, 3, -1, 4, 10], np.int32)
    whole, parts = make(11, block_size=None), make(11, block_size=4)
    for head in (whole, parts):
        head.build((None, 5))
    parts.set_weights(whole.get_weights())
    if make is CurricularFace:
        for head in (whole, parts):
            head.hardness.assign(0.5)
    for found, expected in zip(
        loss_and_gradients(parts, x, y), loss_and_gradients(whole, x, y), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def test_a_model_trains_in_blocks() -> None:
    features, label = keras.Input((5,)), keras.Input((), dtype="int32")
    head = ArcFace(7, block_size=3)
    model = keras.Model([features, label], head(keras.layers.Dense(4)(features), label))
    model.compile("adam", metrics=["accuracy"])
    x, y = np.random.default_rng(0).normal(size=(28, 5)), np.arange(28) % 7
    assert np.isfinite(model.fit([x, y], y, verbose=0).history["loss"]).all()
