"""Learned vectors of labels, from the network."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelEmbedding
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.runs.label_vectors import label_vectors
from tests._core import COLOUR, FINDINGS, WIDTH, fed


@pytest.mark.parametrize("spec", [COLOUR, FINDINGS], ids=["single", "multi"])
def test_an_embedding_has_a_vector_for_each_class_or_present_label(spec: LabelSpec) -> None:
    x, label = keras.Input((WIDTH,)), LabelInput(spec)
    layer = LabelEmbedding(5, spec)
    h = layer([x, label])
    out = keras.layers.Dense(
        spec.num_classes, activation="softmax" if spec is COLOUR else "sigmoid"
    )(h)
    vectors, names = label_vectors(LabelFedModel(keras.Model([x, label], out), spec))
    assert names == tuple(spec.name_of(i) for i in range(3)) and vectors.shape == (3, 5)
    features = np.zeros((3, WIDTH), np.float32)
    # Each alone: the others are unknown, whose vectors are the same for all.
    shown = np.arange(3) if spec is COLOUR else np.where(np.eye(3, dtype=int) == 1, 1, -1)
    fed_vectors = keras.ops.convert_to_numpy(layer([features, shown]))[:, WIDTH:]
    if spec is COLOUR:
        np.testing.assert_allclose(vectors, fed_vectors, atol=1e-6)
    else:
        none = keras.ops.convert_to_numpy(layer([features, np.full((3, 3), -1)]))[:, WIDTH:]
        table = keras.ops.convert_to_numpy(layer.embeddings)
        unknown = table[2::3]
        np.testing.assert_allclose(vectors - unknown, fed_vectors - none, atol=1e-6)


def test_what_has_learned_none_has_none() -> None:
    assert label_vectors(fed(FINDINGS)) == (None, ())
