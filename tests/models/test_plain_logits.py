"""Networks in two at the plain logits, and draws of their dropout."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import KnownLabelPath, LabelConditionalDense
from labelfeed.models import two_phase
from labelfeed.models.plain_logits import behind, one_draw, plain_draws, plain_part
from labelfeed.strategies import partial_labels
from tests.strategies._findings import SPEC, rows

TWO = LabelSpec.multi(2)


def test_both_parts_together_are_the_network() -> None:
    x, y = rows(12)
    model = partial_labels(SPEC, (3,), width=6, path_units=(4,))
    model.adapt(y)
    plain = plain_part(model.network, SPEC)
    drawn = plain_draws(plain, x, 3)
    assert drawn.shape == (12, 4, 4)
    assert all(np.abs(drawn[:, i] - drawn[:, j]).max() > 1e-3 for i in range(4) for j in range(i))
    known = np.where(y == 1, 1, -1)
    tensors = ops.convert_to_tensor(drawn[:, 0]), ops.convert_to_tensor(known)
    out = ops.convert_to_numpy(behind(model.network, plain, SPEC, *tensors))
    np.testing.assert_allclose(out, model.predict(x, known=known, verbose=0), atol=1e-6)


def test_what_reads_features_too_is_not_parted() -> None:
    x, label = keras.Input((3,), name="x"), LabelInput(TWO)
    h = keras.layers.Dense(2)(x)
    read = LabelConditionalDense(2, TWO)([h, label])
    assert plain_part(keras.Model([x, label], keras.layers.Dense(2)(read)), TWO)
    beside = keras.layers.Concatenate()([read, x])
    raw = LabelConditionalDense(2, TWO)([x, label])
    twice = KnownLabelPath(TWO, (2,))([keras.layers.Dense(2)(read), label])
    for out in (beside, raw, twice):
        network = keras.Model([x, label], keras.layers.Dense(2)(out))
        assert plain_part(network, TWO) is None


def test_a_draw_for_each_row_in_training_and_the_first_at_inference() -> None:
    logits = ops.convert_to_tensor(np.tile(np.arange(4.0)[:, None], (50, 1, 2)).astype("float32"))
    seed = keras.random.SeedGenerator(0)
    drawn = ops.convert_to_numpy(one_draw(logits, True, seed))
    assert set(drawn[:, 0]) == {1.0, 2.0, 3.0}
    np.testing.assert_array_equal(drawn[:, 0], drawn[:, 1])
    assert not ops.convert_to_numpy(one_draw(logits, False, seed)).any()


def test_the_second_phase_is_the_same_and_leaves_the_trunk_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without dropout there is one draw, and cached or not the weights are the same."""
    x, y = rows(32)
    held, out, cached = rows(20, seed=1), [], []
    for worth in (2, 99):
        monkeypatch.setattr(two_phase, "_WORTH", worth)
        keras.utils.set_random_seed(0)
        model = partial_labels(SPEC, (3,), width=6, path_units=(8,), dropout=0.0, path_dropout=0.0,
                               label_dropout=0.0)  # fmt: skip
        note = keras.callbacks.LambdaCallback(
            on_train_begin=lambda logs, m=model: cached.append(m._resting is not None)
        )
        history = model.fit(x, y, epochs=2, validation_data=held, callbacks=[note], shuffle=False,
                            verbose=0)  # fmt: skip
        out.append([model.predict(x, known=y, verbose=0), history.history["val_loss"]])
    assert cached == [False, True, False, False]
    np.testing.assert_allclose(out[0][0], out[1][0], atol=1e-5)
    np.testing.assert_allclose(out[0][1], out[1][1], atol=1e-5)
