"""Canaries for what Keras keeps to itself about batches and graphs."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.models import keras_private
from tests.models.test_keras_private import X, Y, changed, plain


def test_an_error_in_the_first_batch_leaves_the_weights() -> None:
    class Broken(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> tuple:
            raise KeyError("on purpose")

    model = plain(metrics=["mae"])
    model.fit(X, Y, verbose=0)
    before = [ops.convert_to_numpy(v.value).copy() for v in model.variables]
    said = changed("_get_jax_state or _jax_state", "an error in a stream would lose the weights")
    for method in (model.fit, model.evaluate, model.predict):
        with pytest.raises(KeyError), keras_private.state_kept(model):
            method(Broken(), verbose=0)
        keras_private.write_back(model)
        after = [ops.convert_to_numpy(v.value) for v in model.variables]
        for new, old in zip(after, before, strict=True):
            np.testing.assert_array_equal(new, old, err_msg=said)
    model.fit(X, Y, verbose=0)


def test_validation_inside_fit_says_so() -> None:
    class Model(keras.Model):
        def evaluate(self, *args: Any, **kwargs: Any) -> Any:
            said.append(keras_private.cached_evaluation(kwargs))
            return super().evaluate(*args, **kwargs)

    said: list[bool] = []
    features = keras.Input((4,))
    model = Model(features, keras.layers.Dense(1)(features))
    model.compile("sgd", "mse")
    model.fit(X, Y, validation_data=(X, Y), verbose=0)
    model.evaluate(X, Y, verbose=0)
    why = changed("_use_cached_eval_dataset", "rows would be checked again at every epoch")
    assert said == [True, False], why


def test_a_network_runs_from_the_middle_on() -> None:
    x, label = keras.Input((2,)), keras.Input((1,))
    h = keras.layers.Dense(3)(x)
    network = keras.Model([x, label], keras.layers.Add()([h * 2.0, label]))
    skipped = frozenset(keras.Model(x, h).operations)
    value, one = ops.full((2, 3), 5.0), ops.ones((2, 1))
    out = keras_private.call_behind(network, skipped, value, [value, one])
    said = changed("_run_through_graph", "the trunk would run at each step of the second phase")
    assert np.array_equal(ops.convert_to_numpy(out), np.full((2, 3), 11.0)), said


def test_a_step_in_vain_leaves_everything_as_it_was() -> None:
    model = plain(metrics=["mae"])
    assert not model.optimizer.built
    kept = model.train_function
    with keras_private.stepped_in_vain(model):
        before = [ops.convert_to_numpy(v.value).copy() for v in model.trainable_variables]
        model.train_on_batch(X, Y)
        moved = [ops.convert_to_numpy(v.value) for v in model.trainable_variables]
    assert any(not np.array_equal(a, b) for a, b in zip(before, moved, strict=True))
    after = [ops.convert_to_numpy(v.value) for v in model.trainable_variables]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other, err_msg=changed("train_function", "a step stays"))
    assert model.train_function is kept and int(model.optimizer.iterations) == 0
    model.fit(X, Y, verbose=0)
