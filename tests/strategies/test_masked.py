"""The strategy `masked`."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.options import CONDITIONINGS
from labelfeed.strategies import masked
from labelfeed.visibility.policies import Masked
from tests.strategies._findings import SPEC, rows


def test_known_labels_tell_the_unknown_ones() -> None:
    keras.utils.set_random_seed(0)
    model = masked(SPEC, (3,), width=32, dropout=0.0, learning_rate=1e-2)
    model.fit(*rows(), batch_size=32, epochs=25, verbose=0)
    x, _ = rows(50, seed=1)
    yes = model.predict(x, known={"rash": 1}, verbose=0)
    no = model.predict(x, known={"rash": "no"}, verbose=0)
    assert yes[:, 3].mean() > 0.8 > 0.2 > no[:, 3].mean()


def test_what_is_hidden_by_default_depends_on_the_kind_of_label() -> None:
    assert masked(SPEC, (3,)).visibility == Masked("uniform")
    assert masked(LabelSpec.single(3), (3,)).visibility == Masked(0.5)
    assert masked(SPEC, (3,), visibility=Masked(0.25, seed=3)).visibility == Masked(0.25, seed=3)


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_the_label_enters_where_it_is_told(conditioning: str) -> None:
    model = masked(SPEC, (8, 8, 1), conditioning=conditioning, width=8, label_dropout=0.25)
    readers = [v for v in model.network.layers if hasattr(v, "label_dropout")]
    assert [v.label_dropout for v in readers] == [0.25]
    assert model.predict(np.zeros((2, 8, 8, 1)), known={"cough": 1}, verbose=0).shape == (2, 4)


def test_a_network_of_ones_own_is_trained() -> None:
    x, y = keras.Input((3,)), LabelInput(SPEC)
    hidden = LabelEmbedding(4, SPEC)([x, y])
    own = keras.Model([x, y], keras.layers.Dense(4, activation="sigmoid")(hidden))
    model = masked(SPEC, own)
    assert model.network is own
    model.fit(*rows(20), verbose=0)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="conditioning must be 'embedding'"):
        masked(SPEC, (3,), conditioning="film")
    features = keras.Input((3,))
    with pytest.raises(ValueError, match="label"):
        masked(SPEC, keras.Model(features, keras.layers.Dense(4)(features)))
