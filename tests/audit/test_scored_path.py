"""The scored path of a LabelFedModel, sound and broken on purpose."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import labelfeed
from labelfeed.audit.scored_path import probe_scored_path
from labelfeed.labels.spec import LabelSpec
from tests.audit.cases import EvaluateReads, ScoresShown, label_fed_network

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 5)).astype("float32")
SPECS = {"single": LabelSpec.single(3), "multi": LabelSpec.multi(4)}
LABELS = {"single": RNG.integers(0, 3, 80), "multi": RNG.integers(0, 2, (80, 4))}
LOSSES = {"single": "sparse_categorical_crossentropy", "multi": "binary_crossentropy"}


def made(kind: str, of: type = labelfeed.LabelFedModel, visibility=None):
    model = of(label_fed_network("branch", 5, SPECS[kind]), SPECS[kind], visibility)
    model.compile("adam", LOSSES[kind], jit_compile=False)
    return model


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_a_sound_model_scores_only_what_is_hidden(kind: str) -> None:
    labels = LABELS[kind].copy()
    labels[:7] = -1
    path = probe_scored_path(made(kind), X, labels, seed=0)
    assert path.evaluated_loss == pytest.approx(path.label_free_loss, rel=1e-4)
    assert (path.evaluate_reads_label, path.shown_is_scored) == (False, False)
    assert 0.3 < path.shown_share < 0.7


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_scoring_what_is_shown_is_caught(kind: str) -> None:
    path = probe_scored_path(made(kind, ScoresShown), X, LABELS[kind], seed=0)
    assert path.shown_is_scored
    assert path.shown_loss_change > 1e-3


def test_feeding_y_to_evaluate_is_caught() -> None:
    path = probe_scored_path(made("single", EvaluateReads), X, LABELS["single"], seed=0)
    assert path.evaluate_reads_label


def test_hidden_shows_nothing_and_uncompiled_models_tell_nothing() -> None:
    path = probe_scored_path(made("multi", visibility=labelfeed.Hidden()), X, LABELS["multi"], 0)
    assert (path.shown_share, path.shown_is_scored) == (0.0, False)
    bare = labelfeed.LabelFedModel(label_fed_network("branch", 5, SPECS["multi"]), SPECS["multi"])
    assert probe_scored_path(bare, X, LABELS["multi"], 0).evaluated_loss is None


def test_unlikely_classes_do_not_look_like_a_leak() -> None:
    """TensorFlow's graphs see logits where eager code sees probabilities clipped at 1e-7."""
    model = made("single")
    kernel, bias = model.network.layers[-1].get_weights()
    model.network.layers[-1].set_weights([200.0 * kernel, bias])
    path = probe_scored_path(model, X, LABELS["single"], seed=0)
    assert path.label_free_loss > 3
    assert not path.evaluate_reads_label
    assert not path.shown_is_scored


def test_the_audit_leaves_the_compiled_functions_alone() -> None:
    model = made("multi")
    model.evaluate(X, LABELS["multi"], verbose=0)
    before = (model.run_eagerly, model.test_function)
    probe_scored_path(model, X, LABELS["multi"], seed=0)
    assert (model.run_eagerly, model.test_function) == before


def test_the_audit_changes_nothing_in_the_model() -> None:
    keras.utils.set_random_seed(0)
    model = made("single")
    model.fit(X, LABELS["single"], epochs=1, verbose=0)
    variables = [*model.variables, *model.optimizer.variables]
    before = [keras.ops.convert_to_numpy(v).copy() for v in variables if "metric" not in v.path]
    labelfeed.audit.audit(model, X, LABELS["single"], SPECS["single"])
    after = [keras.ops.convert_to_numpy(v) for v in variables if "metric" not in v.path]
    assert len(before) > 10
    for old, new in zip(before, after, strict=True):
        if old.shape:  # the loss and metric trackers are scalars
            np.testing.assert_array_equal(old, new)
