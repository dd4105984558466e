"""One step: what Keras's own step is handed, and what it hands back."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.models.wire import with_label
from labelfeed.visibility.policies import Hidden, Masked
from tests._core import COLOUR, FINDINGS, fed, losses_of, randomised, rows, weights_of


def test_compile_again_forgets_what_it_was_told() -> None:
    model, (x, y) = fed(COLOUR), rows(COLOUR)
    assert len(model.evaluate(x, y, verbose=0)) == 2
    model.compile("sgd", "sparse_categorical_crossentropy")
    loss = model.evaluate(x, y, verbose=0)
    assert np.ndim(loss) == 0
    np.testing.assert_allclose(
        loss, losses_of(y, model.predict(x, verbose=0), COLOUR)[y >= 0].mean(), rtol=1e-4
    )
    assert [m.name for m in model.metrics] == ["loss"]


def test_the_seed_of_the_draw_advances_with_every_step_and_no_other_time() -> None:
    model, (x, y) = fed(COLOUR), rows(COLOUR)

    def state() -> list[int]:
        return ops.convert_to_numpy(model._label_seed.state.value).tolist()

    seen = [state()]
    for _ in range(2):
        model.fit(x, y, batch_size=20, verbose=0)
        seen.append(state())
    assert len(set(map(tuple, seen))) == 3
    model.evaluate(x, y, verbose=0)
    model.predict(x, verbose=0)
    model.fit(with_label(x, y * 0 - 1), y, batch_size=20, verbose=0)  # nothing is drawn
    assert state() == seen[-1]


def test_every_step_draws_anew_in_one_compiled_function() -> None:
    model = randomised(fed(FINDINGS, Masked(0.5), optimizer=keras.optimizers.SGD(0.0)))
    x, y = rows(FINDINGS, 8, unknown=0)
    losses = model.fit(x, y, batch_size=8, epochs=4, verbose=0).history["loss"]
    assert len({round(loss, 5) for loss in losses}) > 1


def test_what_is_put_beside_x_replaces_the_draw() -> None:
    model = randomised(fed(FINDINGS, Masked(0.5), optimizer=keras.optimizers.SGD(0.0)))
    x, y = rows(FINDINGS, 20)
    known = np.where(np.arange(3) == 1, y, -1)
    expected = model.evaluate(x, y, known=known, batch_size=20, verbose=0)
    history = model.fit(with_label(x, known), y, batch_size=20, verbose=0).history
    np.testing.assert_allclose([history["loss"][0], history["accuracy"][0]], expected, rtol=1e-4)


def test_the_state_of_the_step_is_left_clean_after_an_error() -> None:
    model, (x, y) = fed(COLOUR, run_eagerly=True), rows(COLOUR)
    with pytest.raises(ValueError, match="shape"):
        model.fit(x, y, sample_weight=np.ones((20, 3)), verbose=0)
    assert model._counted is None
    assert model._loss_tracker.weight is None
    model.fit(x, y, verbose=0)


def test_hidden_equals_a_plain_model_fed_unknown_labels() -> None:
    x, y = rows(COLOUR, 16, unknown=0)
    model = randomised(fed(COLOUR, Hidden()))
    plain = randomised(keras.models.clone_model(model.network))
    plain.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    for _ in range(2):
        model.train_on_batch(x, y)
        plain.train_on_batch([x, np.full(16, -1, np.int32)], y)
    for a, b in zip(weights_of(model), weights_of(plain), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
