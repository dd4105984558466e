"""A canary for each private thing of Keras that we touch: which one changed, and what hangs on it.

`make test-oldest` runs this file on the oldest Keras that pyproject.toml promises.
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.models import keras_private
from tests._private_keras import KERAS_PRIVATE

ROOT = Path(__file__).parents[2]
X = np.linspace(-1, 1, 24, dtype="float32").reshape(6, 4)
Y = np.arange(6, dtype="float32")[:, None]


def changed(what: str, hangs: str) -> str:
    return f"Keras {keras.__version__} changed {what}; mend models/keras_private.py: {hangs}"


def plain(loss: Any = "mse", **arguments: Any) -> keras.Model:
    inside = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="leaf")], name="inner")
    features = keras.Input((4,))
    model = keras.Model(features, keras.layers.Dense(1, name="last")(inside(features)))
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss=loss, **arguments)
    return model


def variables_of(model: keras.Model) -> tuple[list, ...]:
    state = (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables)
    return (*state, model.metrics_variables)


def test_all_layers_finds_those_inside_others_after_them() -> None:
    model = plain()
    names = [layer.name for layer in keras_private.all_layers(model)]
    said = changed("Layer._flatten_layers", "training in phases freezes what it returns")
    assert names[0] == model.name, said
    assert {"inner", "leaf", "last"} <= set(names), said
    assert names.index("inner") < names.index("leaf"), said
    assert len(names) == len(set(names)), said


def test_call_inside_gives_what_the_network_gives() -> None:
    model = plain()
    found = keras_private.call_inside(model, ops.convert_to_tensor(X), False)
    wanted = model(ops.convert_to_tensor(X), training=False)
    np.testing.assert_allclose(
        *map(ops.convert_to_numpy, (found, wanted)),
        err_msg=changed("Functional.call", "LabelFedModel.call runs its network by it"),
    )


def test_forget_compiled_leaves_nothing_of_an_earlier_compile() -> None:
    model = plain(metrics=["mae"])
    model.fit(X, Y, verbose=0)
    said = changed("_compile_loss or _compile_metrics", "compile() again would keep old metrics")
    assert model._compile_loss is not None, said
    assert model._compile_metrics is not None, said
    keras_private.forget_compiled(model)
    model.compile("sgd")
    assert model.loss is model._compile_loss is None, said
    assert [metric.name for metric in model.metrics] == ["loss"], said


def test_the_loss_tracker_is_what_reports_the_loss() -> None:
    class Sevens(keras.metrics.Mean):
        def result(self) -> Any:
            return super().result() * 0 + 7.0

    model = plain()
    said = changed("Trainer._loss_tracker", "the loss would be a mean over rows, not over labels")
    assert isinstance(keras_private.loss_tracker(model), keras.metrics.Mean), said
    tracker = Sevens(name="loss")
    keras_private.replace_loss_tracker(model, tracker)
    assert keras_private.loss_tracker(model) is tracker
    assert [metric.name for metric in model.metrics] == ["loss"], said
    assert model.fit(X, Y, verbose=0).history["loss"] == [7.0], said
    assert model.evaluate(X, Y, verbose=0) == 7.0, said


def test_what_is_set_untracked_is_not_counted_as_the_models() -> None:
    model = plain()
    keras_private.set_untracked(model, "extra", keras.metrics.Mean(name="extra"))
    said = changed("attribute tracking", "metrics and layers in attributes would count twice")
    model.other = keras.metrics.Mean(name="other")  # else it is needed no more
    assert [metric.name for metric in model.metrics] == ["loss", "other"], said


def test_forget_train_step_takes_the_new_constant() -> None:
    class Scaled(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense, self.constant = keras.layers.Dense(1), 1.0

        def call(self, x: Any) -> Any:
            return self.dense(x) * 0 + self.constant

    model = Scaled()
    model.compile("sgd", "mse")
    zeros = np.zeros((6, 1), "float32")
    assert model.fit(X, zeros, verbose=0).history["loss"] == [1.0]
    model.constant = 2.0
    keras_private.forget_train_step(model)
    said = changed("Trainer.train_function", "class weights are constants of the compiled step")
    assert model.fit(X, zeros, verbose=0).history["loss"] == [4.0], said


def test_evaluated_anew_runs_eagerly_and_leaves_no_trace() -> None:
    model, eager = plain(), []

    def loss(y: Any, p: Any) -> Any:
        eager.append(model.run_eagerly)
        return ops.mean(ops.square(y - p), axis=-1)

    model.compile("sgd", loss)
    wanted = model.evaluate(X, Y, verbose=0)
    kept = model.test_function
    said = changed("Trainer.test_function", "the leak audit evaluates through it")
    assert kept is not None, said
    eager.clear()
    with keras_private.evaluated_anew(model):
        np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), wanted, rtol=1e-5)
    assert eager, said
    assert all(eager), said
    assert model.test_function is kept
    assert not model.run_eagerly


def test_a_built_optimizer_is_saved_and_goes_on(tmp_path: Path) -> None:
    model = plain()
    keras_private.build_optimizer(model.optimizer, model.trainable_variables)
    said = changed("Optimizer.build", "a model saved between phases would lose its optimizer")
    assert len(model.optimizer.variables) >= 2 + 2 * len(model.trainable_variables), said
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert len(again.optimizer.variables) == len(model.optimizer.variables), said


@pytest.mark.parametrize(
    ("name", "options", "count"),
    [("SGD", {}, 0), ("SGD", {"momentum": 0.9}, 1), ("Adam", {}, 2), ("Ftrl", {}, 2)],
)
def test_optimizer_slots_are_found_by_name(name: str, options: dict, count: int) -> None:
    optimizer, model = getattr(keras.optimizers, name)(**options), plain()
    keras_private.build_optimizer(optimizer, model.trainable_variables)
    said = changed(f"the names of {name}'s variables", "sparse_update moves them with the rows")
    for variable in model.trainable_variables:
        found = keras_private.optimizer_slots(optimizer, variable)
        assert [v.shape for v in found] == [variable.shape] * count, said


def test_the_data_of_a_step_come_last_and_its_state_holds_the_variables() -> None:
    seen: list[list[list[int]]] = []

    class Spy(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1)
            self.seed = keras.random.SeedGenerator(3)

        def call(self, x: Any) -> Any:
            return self.dense(x)

        def train_step(self, *args: Any) -> Any:
            state, data = keras_private.split_step(args)
            seen.append([[len(part) for part in whole] for whole in state])
            keras.utils.unpack_x_y_sample_weight(data)
            if state:  # a draw advances its seed, and the step carries the new one on
                found, state[0] = keras_private.on_state(
                    self, state[0], lambda: keras.random.uniform((), seed=self.seed)
                )
                assert found.shape == ()
            return super().train_step(*state, data)

    model = Spy()
    model.compile("adam", "mse")
    before = ops.convert_to_numpy(model.seed.state.value).tolist()
    model.fit(X, Y, batch_size=6, verbose=0)
    said = changed("the arguments of train_step", "labels are put beside x there")
    jax = keras.backend.backend() == "jax"
    groups = variables_of(model)
    assert seen[0] == [[len(g) for g in groups]] * jax, said
    after = ops.convert_to_numpy(model.seed.state.value).tolist()
    assert (after != before) is jax, changed("StatelessScope", "a draw would repeat at each step")


def test_on_state_leaves_alone_what_it_was_not_asked_for() -> None:
    model = plain()
    model.fit(X, Y, verbose=0)
    state = tuple([v.value for v in group] for group in variables_of(model))
    first = model.trainable_variables[0]
    held = ops.convert_to_numpy(first.value)

    def grow() -> str:
        first.assign(first + 1)
        return "done"

    found, after = keras_private.on_state(model, state, grow, ("trainable",))
    assert found == "done"
    np.testing.assert_allclose(ops.convert_to_numpy(after[0][0]), held + 1, rtol=1e-6)
    np.testing.assert_array_equal(ops.convert_to_numpy(first.value), held)
    assert all(new is old for new, old in zip(after[1:], state[1:], strict=True))


def test_weights_come_back_after_an_error_in_fit() -> None:
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            raise KeyError("on purpose")

    model = plain()
    model.predict(X, verbose=0)
    before = [ops.convert_to_numpy(v.value).copy() for v in model.trainable_variables]
    with pytest.raises(KeyError):
        model.fit(X, Y, verbose=0, callbacks=[Stop()])
    keras_private.write_back(model)
    said = changed("jax_state_sync", "an error in a stream would lose the weights")
    after = [ops.convert_to_numpy(v.value) for v in model.trainable_variables]
    assert any((a != b).any() for a, b in zip(after, before, strict=True)), said
    assert all(np.isfinite(v).all() for v in after), said
    model.predict(X, verbose=0)


def test_seeds_are_those_of_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    def numbers() -> list[float]:
        layer = keras.layers.Dense(2)
        layer.build((None, 2))
        drawn = [random.random(), np.random.rand()]
        tensors = (layer.kernel.value, keras.random.normal((3,)))
        return drawn + [float(v) for t in tensors for v in ops.convert_to_numpy(t).ravel()]

    keras.utils.set_random_seed(5)
    wanted = numbers()
    keras.utils.clear_session(free_memory=False)  # Keras 3.12 draws on where it was
    keras_private.set_random_seed(5)
    assert numbers() == wanted
    keras.utils.clear_session(free_memory=False)
    keras_private.set_random_seed(6)
    assert numbers() != wanted
    if keras.backend.backend() != "tensorflow":
        monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
        keras.utils.clear_session(free_memory=False)
        keras_private.set_random_seed(5)
        assert numbers() == wanted


def test_seeding_and_saving_import_tensorflow_only_where_it_is_the_backend(tmp_path: Path) -> None:
    lines = (
        "import sys",
        "from labelfeed.models import keras_private",
        "keras_private.set_random_seed(1)",
        "import keras",
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])",
        f"with keras_private.without_tensorflow(): model.save({str(tmp_path / 'm.keras')!r})",
        "assert ('tensorflow' in sys.modules) == (keras.backend.backend() == 'tensorflow')",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True)
    said = changed("LazyModule._available", "each run on JAX or Torch would load TensorFlow")
    assert done.returncode == 0, said + done.stderr.decode()


def test_the_names_that_the_rule_refuses_exist() -> None:
    model = plain(metrics=["mae"])
    model.fit(X, Y, verbose=0)
    model.evaluate(X, Y, verbose=0)
    missing = {name for name in KERAS_PRIVATE if not hasattr(model, name)}
    if keras.backend.backend() != "jax":
        missing.discard("jax_state_sync")
    assert not missing, changed(str(missing), "and KERAS_PRIVATE of tests/_private_keras.py")


def test_a_mask_is_seen() -> None:
    embedded = keras.layers.Embedding(3, 2, mask_zero=True)(ops.array([[0, 1]]))
    assert keras_private.is_masked(embedded), changed("_keras_mask", "masked labels would count")
    assert not keras_private.is_masked(ops.ones((1, 2)))


def test_a_mean_metric_has_its_function_and_arguments() -> None:
    found = keras_private.mean_of(keras.metrics.BinaryAccuracy(threshold=0.3))
    assert found is not None, "Keras keeps the function of MeanMetricWrapper elsewhere now"
    assert found[0] is keras.metrics.binary_accuracy
    assert found[1] == {"threshold": 0.3}
    assert keras_private.mean_of(keras.metrics.AUC()) is None
