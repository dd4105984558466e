"""The strategy `noisy-labels`: its losses, and the matrix that the rows speak for."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.random_view import RandomView
from labelfeed.losses import ForwardCorrected, GeneralizedCrossentropy
from labelfeed.options import NoisyLabelsOptions
from labelfeed.strategies import noisy_labels
from labelfeed.strategies import repaired_rows as noise
from labelfeed.strategies.choose import build_model
from labelfeed.strategies.networks import NetworkError
from labelfeed.visibility.policies import Hidden
from tests.noise._rows import planted

SPEC = LabelSpec.single(3, name="kind")
X, TRUE, GIVEN = planted(300, rate=0.3)


def rows(labels=GIVEN, spec=SPEC):
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    ids = np.asarray(labels, np.int32)
    return Dataset("table", frame, ids, spec, np.arange(300), "rows", (spec.name,))


def test_a_known_matrix_gives_the_probabilities_of_the_true_classes() -> None:
    keras.utils.set_random_seed(0)
    matrix = 0.7 * np.eye(3) + 0.3 * np.eye(3)[[1, 2, 0]]
    model = noisy_labels(SPEC, (3,), matrix=matrix, width=16, depth=1, learning_rate=0.02)
    assert model.visibility == Hidden()
    model.fit(X, GIVEN, epochs=12, batch_size=32, verbose=0)
    p = model.predict(X, verbose=0)
    assert np.mean(p.argmax(axis=1) == TRUE) > 0.95
    assert np.median(p.max(axis=1)) > 0.9, "surer than the labels are, of which 30 % are wrong"


def test_the_loss_is_the_one_asked_for(monkeypatch) -> None:
    monkeypatch.setattr(noise, "suiting_plain", lambda plain, y: "logistic")
    losses = []
    for method in ("auto", "gce", "forward"):
        options = NoisyLabelsOptions(noise_method=method, width=4, depth=1)
        losses.append(build_model((3,), rows(), options).loss)
    crossentropy, gce, forward = losses
    assert isinstance(gce, GeneralizedCrossentropy) and isinstance(forward, ForwardCorrected)
    assert crossentropy == "sparse_categorical_crossentropy"
    np.testing.assert_allclose(np.diag(forward.matrix), 0.7, atol=0.12)
    assert forward.matrix[0, 1] > 0.18


def test_columns_of_classes_have_no_forward_correction() -> None:
    spec = LabelSpec.columns([LabelSpec.single(2, name="kind"), "hot"])
    labels = np.zeros((300, 3), int)
    with pytest.raises(NetworkError, match="columns of classes"):
        build_model((3,), rows(labels, spec), NoisyLabelsOptions(noise_method="forward"))


def test_pictures_are_moved_in_training_as_asked() -> None:
    def views(**given) -> int:
        network = noisy_labels(SPEC, (8, 8, 1), width=4, **given).network.layers[-1]
        return sum(isinstance(layer, RandomView) for layer in network.layers)

    assert views() == 1 and views(augment="none") == 0
