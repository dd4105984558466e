"""The invariants of labels with columns of classes: whole columns are shown or hidden."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed.models.steps
from labelfeed.labels.columns import same_column
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.base import LabelLayer
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import with_label
from labelfeed.visibility.by_column import draw_columns, joint_draw, sample_columns
from labelfeed.visibility.patterns import LikeData
from labelfeed.visibility.policies import Hidden, Masked, Shown

COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
SPEC = LabelSpec.columns(["cough", COLOUR, "fever"])


def labels(n: int = 400, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    ids = np.stack([rng.integers(0, c, n) for c in (2, 3, 2)], axis=1)
    return SPEC.encode(np.where(rng.random(ids.shape) < 0.1, -1, ids))


def shown_by(face: str, visibility: Any, y: np.ndarray, seed: int = 0) -> np.ndarray:
    if face == "sample":
        return sample_columns(visibility, y, SPEC, seed=seed) >= 0
    draws = keras.random.SeedGenerator(seed)
    drawn = draw_columns(visibility, ops.convert_to_tensor(y), SPEC, draws)
    return ops.convert_to_numpy(drawn) & (y >= 0)


@pytest.mark.parametrize("face", ["draw", "sample"])
@pytest.mark.parametrize("rate", [0.3, "uniform"])
def test_a_column_is_drawn_once(face, rate) -> None:
    y = labels()
    shown = shown_by(face, Masked(rate), y)
    known = y[:, 1] >= 0
    assert np.array_equal(shown[:, 1], shown[:, 2]) and np.array_equal(shown[:, 1], shown[:, 3])
    share = shown[known, 1].mean()
    assert share == pytest.approx(0.7 if rate == 0.3 else 0.5, abs=0.08)
    assert not np.array_equal(shown[known, 1], shown[known, 0])  # each column by itself


@pytest.mark.parametrize("face", ["draw", "sample"])
def test_a_pattern_shows_a_column_as_often_as_its_present_class(face) -> None:
    rates = np.full((5, 2), 0.5)
    rates[1:4, 1] = [0.9, 0.1, 0.5]
    y = labels(1500)
    shown = shown_by(face, LikeData(rates), y)
    for place, rate in ((1, 0.9), (2, 0.1), (3, 0.5)):
        assert shown[y[:, place] == 1, 1:4].mean() == pytest.approx(rate, abs=0.07)


@pytest.mark.parametrize("face", ["draw", "sample"])
def test_half_known_columns_and_the_ends(face) -> None:
    y = np.tile(np.array([[1, -1, 0, -1, 0]], np.int32), (300, 1))  # not green
    assert shown_by(face, Masked(0.4), y)[:, 2].mean() == pytest.approx(0.6, abs=0.1)
    assert not shown_by(face, Hidden(), labels()).any()
    assert np.array_equal(shown_by(face, Shown(), labels()), labels() >= 0)


def test_without_columns_of_classes_the_draw_is_the_visibilitys_own() -> None:
    plain = LabelSpec.multi(3)
    y = np.random.default_rng(0).integers(-1, 2, (50, 3)).astype(np.int32)
    own = ops.convert_to_numpy(Masked(0.5).draw(y, keras.random.SeedGenerator(1)))
    ours = draw_columns(Masked(0.5), y, plain, keras.random.SeedGenerator(1))
    np.testing.assert_array_equal(ops.convert_to_numpy(ours), own)
    np.testing.assert_array_equal(ops.convert_to_numpy(joint_draw(own, y, plain)), own)
    sampled = sample_columns(Masked(0.5), y, plain, seed=2)
    np.testing.assert_array_equal(sampled, Masked(0.5).sample(y, seed=2))


class Siblings(LabelLayer):
    """Adds -20 to a label's logit where it reads a present sibling: a leak if that is scored."""

    def call(self, inputs: Any) -> Any:
        logits, label = inputs
        others = same_column(self.spec) - np.eye(self.spec.num_classes, dtype=np.float32)
        return logits - 20.0 * ops.matmul(ops.cast(label == 1, "float32"), others)


def sibling_model() -> LabelFedModel:
    x, label = keras.Input((2,)), LabelInput(SPEC)
    logits = keras.layers.Dense(5, kernel_initializer="zeros")(x)
    out = keras.layers.Activation("sigmoid")(Siblings(SPEC)([logits, label]))
    model = LabelFedModel(keras.Model([x, label], out), SPEC, Masked(0.5, seed=1))
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=["accuracy"])
    return model


def test_no_class_is_scored_while_a_sibling_is_read(monkeypatch) -> None:
    y = labels(64)
    x = np.ones((64, 2), np.float32)
    honest = sibling_model().train_on_batch(x, y, return_dict=True)["loss"]
    assert float(honest) == pytest.approx(np.log(2), abs=1e-5)
    # The test can fail: classes drawn one by one tell of each other.
    raw = lambda visibility, ids, spec, seed: visibility.draw(ids, seed)  # noqa: E731
    monkeypatch.setattr(labelfeed.models.steps, "draw_columns", raw)
    leaking = sibling_model().train_on_batch(x, y, return_dict=True)["loss"]
    assert float(leaking) != pytest.approx(np.log(2), abs=0.05)


def test_what_is_shown_is_not_scored_and_nothing_is_read_unasked() -> None:
    model, y, x = sibling_model(), labels(32), np.ones((32, 2), np.float32)
    known = SPEC.encode([{"colour": "red"}] * 32)
    other = y.copy()
    other[:, 1:4] = [0, 0, 1]
    first, second = (
        model.evaluate(with_label(x, known), t, verbose=0, return_dict=True)["loss"]
        for t in (y, other)
    )
    assert first == pytest.approx(second, abs=1e-7)
    np.testing.assert_allclose(model.predict(x, verbose=0), 0.5, atol=1e-6)
    fed = model.predict(x, known={"colour": "red"}, verbose=0)
    assert fed[:, 2:4].max() < 1e-6
