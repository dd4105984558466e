"""The training step on random labels: one that feeds what it scores is found."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed
from labelfeed.audit.chance import convicts
from labelfeed.audit.leak import audit
from labelfeed.audit.training_step import probe_training_step
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 4)).astype("float32")
Y = RNG.integers(0, 3, 160)
SPEC = LabelSpec.single(3)


class Bypass(labelfeed.LabelFedModel):
    """Feeds every label and scores it, as a training step of one's own may; evaluation hides."""

    def train_step(self, data):
        x, y = data[:2]
        x, y = ops.convert_to_tensor(x), ops.convert_to_tensor(y)
        self.zero_grad()
        out = self.network({"features": x, self.label.input_name: y}, training=True)
        ops.mean(keras.losses.sparse_categorical_crossentropy(y, out)).backward()
        weights = self.trainable_variables
        self.optimizer.apply([v.value.grad for v in weights], weights)
        return self.compute_metrics(x, y, out)


def made(of: type = labelfeed.LabelFedModel, epochs: int = 0, **options):
    keras.utils.set_random_seed(0)
    x, y = keras.Input((4,), name="features"), labelfeed.LabelInput(SPEC)
    h = labelfeed.layers.LabelEmbedding(8, SPEC)([x, y])
    model = of(keras.Model([x, y], keras.layers.Dense(3, activation="softmax")(h)), SPEC)
    options = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], **options}
    model.compile(keras.optimizers.Adam(0.05), jit_compile=False, **options)
    if epochs:
        model.fit(X, Y, epochs=epochs, batch_size=32, verbose=0)
    return model


def test_a_sound_step_reports_chance_and_nothing_of_the_model_changes() -> None:
    model = made(epochs=1)
    before = [
        ops.convert_to_numpy(v).copy() for v in (*model.variables, *model.optimizer.variables)
    ]
    probe = probe_training_step(model, X, Y, SPEC, 0, shown=0.5)
    (score,) = probe.scores
    assert score.what == "training accuracy" and probe.rows == 160
    assert not convicts(score, 0.01)
    after = [ops.convert_to_numpy(v) for v in (*model.variables, *model.optimizer.variables)]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.only_backend("torch")
def test_a_step_past_the_visibility_is_a_leak_with_and_without_train() -> None:
    model = made(Bypass, epochs=15)
    result = audit(model, X, Y, SPEC)
    assert (result.verdict, result.leaks) == ("leak", True), str(result)
    assert result.findings[-1].kind == "training step reads label"
    assert result.scored_path.evaluate_reads_label is False

    def fresh(x, y):
        again = made(Bypass)
        again.fit(x, y, epochs=4, batch_size=64, verbose=0)
        return again

    found = audit(made(epochs=1), X, Y, SPEC, train=fresh)
    assert [f.kind for f in found.findings] == ["random labels learned"], str(found)
    assert "training accuracy" in found.reasons[0]


@pytest.mark.only_backend("torch")
def test_without_an_accuracy_the_cross_entropy_tells_and_without_a_loss_nothing_does() -> None:
    (score,) = probe_training_step(made(metrics=None), X, Y, SPEC, 0).scores
    assert score.what == "training loss" and not convicts(score, 0.01)
    bare = labelfeed.LabelFedModel(made().network, SPEC)
    assert probe_training_step(bare, X, Y, SPEC, 0) is None
