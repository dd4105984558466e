"""What strategies hand to the commands, and how those that give probabilities compile."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import PlainOptions
from labelfeed.strategies.networks import without_label
from labelfeed.strategies.recipe import (
    Recipe,
    compile_probabilities,
    usual_hidden_rate,
    without_sides,
)
from labelfeed.visibility.policies import Hidden


@pytest.mark.parametrize(
    ("spec", "units", "loss"),
    [
        (LabelSpec.single(3), 3, "sparse_categorical_crossentropy"),
        (LabelSpec.single(2), 2, "sparse_categorical_crossentropy"),
        (LabelSpec.single(2), 1, "binary_crossentropy"),
        (LabelSpec.multi(3), 3, "binary_crossentropy"),
    ],
)
def test_the_loss_fits_the_label_and_the_columns(spec, units, loss):
    x = keras.Input((2,))
    network = keras.Model(x, keras.layers.Dense(units, activation="sigmoid")(x))
    model = LabelFedModel(without_label(network, spec), spec, Hidden())
    assert compile_probabilities(model, 0.5, 0.25) is model
    assert model._compile_arguments["loss"] == loss
    assert float(model.optimizer.learning_rate) == 0.5
    assert model.optimizer.weight_decay == 0.25


def test_side_labels_are_refused_by_name_and_rows_without_are_not():
    spec = LabelSpec.single(2)
    rows = Dataset("arrays", np.zeros((2, 1)), np.array([0, 1]), spec, np.arange(2), "rows")
    unsuited = without_sides("masked")
    assert unsuited(rows) is None and Recipe(PlainOptions, lambda *a: None).unsuited(rows) is None
    sides = Sides((LabelSpec.single(2, "scanner"),), np.zeros((2, 1), np.int32))
    assert "not with 'masked'" in unsuited(dataclasses.replace(rows, sides=sides))


def test_the_usual_hidden_rate():
    assert usual_hidden_rate(LabelSpec.single(2)) == 0.5
    assert usual_hidden_rate(LabelSpec.multi(2)) == "uniform"
