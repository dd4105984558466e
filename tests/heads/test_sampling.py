"""A share of the classes: those of the batch always, every other one equally often."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed
from labelfeed import heads
from labelfeed.heads import sampling
from tests.heads._gradients import loss_and_gradients, rows_of

SAMPLED = {  # of so many classes
    "AdaFace": heads.AdaFace,
    "CombinedMargin": lambda n, **k: heads.CombinedMargin(n, 1.2, 0.3, 0.1, **k),
    "CosFace": heads.CosFace,
    "CurricularFace": heads.CurricularFace,
    "LDAM": lambda n, **k: heads.LDAM([7] * n, **k),
    "MagFace": lambda n, **k: heads.MagFace(n, norms=(0.5, 5.0), **k),
    "NormalizedSoftmax": heads.NormalizedSoftmax,
    "SphereFace": heads.SphereFace,
    "SubCenterArcFace": lambda n, **k: heads.SubCenterArcFace(n, sub_centres=2, **k),
}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 5)).astype(np.float32)
Y = np.array([3, 39, 3, -1, 0, 17], np.int32)


def arrays(*values: Any) -> list[np.ndarray]:
    return [ops.convert_to_numpy(v) for v in values]


def drawer(classes: int, count: int, label: np.ndarray) -> Any:
    """Return a function that draws; compiled where op by op is slow."""
    seed = keras.random.SeedGenerator(5)

    def draw() -> Any:
        places, start = sampling.draw_classes(classes, count, seed)
        ids, place = sampling.keep_labels(places, start, ops.convert_to_tensor(label), classes)
        return ops.mod(places + start, classes), ids, place

    if keras.backend.backend() != "jax":
        return lambda: arrays(*draw())
    import jax

    @jax.jit
    def run(state: Any) -> Any:
        with keras.StatelessScope(state_mapping=[(seed.state, state)]) as scope:
            return draw(), scope.get_current_value(seed.state)

    def advance() -> list[np.ndarray]:
        found, state = run(seed.state.value)
        seed.state.assign(state)
        return arrays(*found)

    return advance


@pytest.mark.parametrize(("classes", "count"), [(12, 3), (11, 4), (11, 8), (10, 5), (10, 9)])
def test_every_class_is_drawn_equally_often(classes: int, count: int) -> None:
    draw = drawer(classes, count, np.array([-1], np.int32))
    times = np.zeros(classes)
    rounds = 400
    for _ in range(rounds):
        ids, kept, _ = draw()
        assert len(set(ids.tolist())) == count
        np.testing.assert_array_equal(np.sort(ids), np.sort(kept))  # no label, nothing forced
        times[ids] += 1
    share = count / classes
    error = np.sqrt(share * (1 - share) / rounds)
    assert np.abs(times / rounds - share).max() < 4.5 * error


@pytest.mark.parametrize(("classes", "count"), [(40, 6), (40, 30), (40, 4)])
def test_the_classes_of_the_batch_are_always_kept(classes: int, count: int) -> None:
    draw = drawer(classes, count, Y)
    forced = 0
    for _ in range(60):
        drawn, ids, place = draw()
        assert len(set(ids.tolist())) == count
        assert place[3] == -1
        np.testing.assert_array_equal(ids[place[Y >= 0]], Y[Y >= 0])
        new = set(Y[Y >= 0]) - set(drawn.tolist())
        assert set(ids.tolist()) - set(drawn.tolist()) == new
        forced += len(new)
    assert forced > 0


def test_classes_that_find_no_place_are_not_passed_over() -> None:
    _, ids, place = drawer(40, 3, Y)()
    assert np.sum(place == 3) >= 1
    held = (place >= 0) & (place < 3)
    np.testing.assert_array_equal(ids[place[held]], Y[held])


@pytest.mark.parametrize("name", SAMPLED)
def test_the_loss_is_that_of_a_head_with_the_drawn_classes_alone(name: str) -> None:
    head, seen = SAMPLED[name](40, sample=0.25, seed=3), []
    head.build((None, 5))
    draw = head.draw
    head.draw = lambda label: seen.append(draw(label)) or seen[-1]
    x = ops.convert_to_tensor(X)
    rows = head.row_losses(x, ops.convert_to_tensor(Y), True)
    chosen, place = arrays(*seen[0])
    few = SAMPLED[name](10)
    few.build((None, 5))
    few.centres.assign(ops.convert_to_numpy(head.centres)[chosen])
    expected = few.row_losses(x, ops.convert_to_tensor(place), True)
    for found, wanted in zip(rows, expected, strict=True):
        np.testing.assert_allclose(*arrays(found, wanted), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("block", [None, 3])
def test_gradients_reach_the_rows_drawn_and_no_other(block: int | None) -> None:
    head = heads.ArcFace(40, sample=0.25, seed=1, block_size=block)
    value, by_x, by_centres = loss_and_gradients(head, X, Y)
    touched = np.flatnonzero(np.abs(by_centres).sum(axis=1))
    assert np.isfinite(value)
    assert np.any(by_x[:3])
    assert len(touched) == 10
    assert {0, 3, 17, 39} <= set(touched.tolist())


def test_a_share_of_one_and_validation_are_exact() -> None:
    head, part = heads.ArcFace(40, sample=1.0), heads.ArcFace(40, sample=0.25)
    plain = heads.ArcFace(40)
    for made in (head, part, plain):
        made.build((None, 5))
        made.centres.assign(np.random.default_rng(1).normal(size=(40, 5)))
    expected = loss_and_gradients(plain, X, Y)
    for found, wanted in zip(loss_and_gradients(head, X, Y), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(
        rows_of(part, X, Y, training=False).losses, rows_of(plain, X, Y, training=False).losses
    )
    np.testing.assert_array_equal(*arrays(part.scores(X), plain.scores(X)))


def test_every_step_draws_anew_and_a_seed_repeats_it() -> None:
    def losses(seed: int) -> list[float]:
        x = keras.Input((5,))
        embedder = keras.Model(x, keras.layers.Dense(5, kernel_initializer="identity")(x))
        head = heads.ArcFace(40, sample=0.25, seed=seed)
        model = labelfeed.MarginModel(embedder, head)
        head.centres.assign(np.random.default_rng(1).normal(size=(40, 5)))
        model.compile(keras.optimizers.SGD(0.0))
        return model.fit(X, Y, epochs=4, batch_size=6, shuffle=False, verbose=0).history["loss"]

    first = losses(1)
    assert len(set(first)) == 4
    assert first == losses(1)
    assert first != losses(2)


def test_bad_input_is_named() -> None:
    for share in (0, 1.5, True):
        with pytest.raises(ValueError, match=r"in \(0, 1\]"):
            heads.ArcFace(40, sample=share)
    with pytest.raises(ValueError, match="ProxyAnchor takes no sample"):
        heads.ProxyAnchor(40, sample=0.5)
    head = heads.ArcFace(40, sample=0.1)
    head.build((None, 5))
    with pytest.raises(ValueError, match="draws 4, fewer than the 6 rows"):
        head.row_losses(ops.convert_to_tensor(X), ops.convert_to_tensor(Y), True)
