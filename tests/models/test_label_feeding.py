"""Any two-input model, whatever its label input is called and takes."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

from labelfeed.audit.subject import make_subject, row_count, take_rows
from labelfeed.heads import ArcFace
from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies import margin

SPEC = LabelSpec.single(3, name="species")
X = np.arange(12, dtype="float32").reshape(6, 2)
IDS = np.array([0, 1, 2, 0, 1, 2])


def subject(model, spec=SPEC, label_input=None, label_format="auto", unknown_id=None):
    return make_subject(model, spec, label_input, label_format, unknown_id, 4)


def echo(shape, name="species", order=1, dtype=None, structure=list):
    """A model whose outputs are its label input: one-hot, or the id three times."""
    x = keras.Input((2,), name="features")
    y = keras.Input(shape, name=name, dtype=dtype)
    flat = layers.Reshape((-1,))(y)
    seen = layers.Concatenate()([flat] * 3) if shape != (3,) else flat
    out = layers.Identity()(keras.ops.cast(seen, "float32") + 0.0 * x[:, :1])
    inputs = [x, y] if order else [y, x]
    return keras.Model({"features": x, name: y} if structure is dict else inputs, out)


def ids_of(shape) -> np.ndarray:
    return np.eye(3)[IDS] if shape == (3,) else np.repeat(IDS[:, None], 3, 1)


@pytest.mark.parametrize("shape", [(), (1,), (3,)])
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("structure", [list, dict])
def test_shape_tells_ids_from_one_hot(shape, order, structure) -> None:
    found = subject(echo(shape, order=order, structure=structure)).scores(X, IDS)
    np.testing.assert_array_equal(found, ids_of(shape))


@pytest.mark.parametrize("name", ["label", "labels", "y", "label_ids"])
def test_the_label_is_found_by_common_names(name) -> None:
    np.testing.assert_array_equal(subject(echo((), name, 0)).scores(X, IDS), ids_of(()))


def test_label_input_may_be_named_or_numbered() -> None:
    model = echo((), "odd", 0)
    for given in ("odd", 0):
        found = subject(model, label_input=given).scores(X, IDS)
        np.testing.assert_array_equal(found, ids_of(()))
    with pytest.raises(ValueError, match="no input 'even'"):
        subject(model, label_input="even")


def test_unknown_is_zeros_an_id_or_not_available() -> None:
    hidden = np.full(6, -1)
    one_hot = subject(echo((3,)))
    assert (one_hot.can_hide, one_hot.hide_how) == (True, "zeros one-hot")
    assert not one_hot.scores(X, hidden).any()
    assert not subject(echo(())).can_hide
    coded = subject(echo((), dtype="int32"), unknown_id=3)
    assert coded.can_hide
    assert (coded.scores(X, hidden) == 3).all()


def test_functions_get_ids_or_one_hot() -> None:
    assert subject(lambda x, y: np.eye(3)[y]).scores(X, IDS).shape == (6, 3)
    found = subject(lambda x, y: y, label_format="one_hot").scores(X, IDS)
    np.testing.assert_array_equal(found, np.eye(3)[IDS])


def test_several_feature_inputs_by_list_and_by_name() -> None:
    a, b = keras.Input((2,), name="a"), keras.Input((1,), name="b")
    y = keras.Input((3,), name="label")
    out = layers.Identity()(y + b + 0.0 * a[:, :1])
    model = keras.Model([a, y, b], out)
    features = [X, np.ones((6, 1), "float32")]
    expected = np.eye(3)[IDS] + 1
    np.testing.assert_array_equal(subject(model).scores(features, IDS), expected)
    named = {"b": features[1], "a": features[0]}
    np.testing.assert_array_equal(subject(model).scores(named, IDS), expected)
    with pytest.raises(ValueError, match=r"lack \['b'\]"):
        subject(model).scores({"a": X}, IDS)


def test_errors_say_how_to_mend() -> None:
    x = keras.Input((2,), name="features")
    with pytest.raises(ValueError, match="no label can be fed"):
        subject(keras.Model(x, layers.Dense(3)(x)))
    with pytest.raises(ValueError, match="expected \\(\\) or \\(1,\\)"):
        subject(echo((5,)))
    with pytest.raises(TypeError, match="a function"):
        subject("model")
    with pytest.raises(ValueError, match="label_format"):
        subject(echo(()), label_format="onehot")
    with pytest.raises(ValueError, match="2 outputs"):
        subject(lambda x, y: [x, x]).scores(X, IDS)
    with pytest.raises(ValueError, match="scores of shape"):
        subject(lambda x, y: x[:2]).scores(X, IDS)
    inputs = [keras.Input((2,), name=n) for n in ("p", "q", "r")]
    with pytest.raises(ValueError, match="Which of the inputs"):
        subject(keras.Model(inputs, layers.Dense(3)(layers.Concatenate()(inputs))))


def test_rows_of_arrays_lists_dicts_and_tables() -> None:
    rows = np.array([4, 1])
    for features in (X, [X, X], {"a": X}, pd.DataFrame(X), keras.ops.convert_to_tensor(X)):
        assert row_count(features) == 6
        taken = take_rows(features, rows)
        taken = taken[0] if isinstance(taken, list) else taken
        taken = taken["a"] if isinstance(taken, dict) else taken
        np.testing.assert_array_equal(taken, X[rows])


def test_a_margin_model_gets_the_label_at_its_head_and_gives_probabilities() -> None:
    model = margin(SPEC, (2,), dimension=3)
    found = subject(model)
    assert found.what == "MarginModel" and found.can_hide
    blind = found.scores(X, np.full(6, -1))
    np.testing.assert_allclose(blind.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(found.scores(X, IDS), blind)
    np.testing.assert_array_equal(found.scores(X, IDS[::-1]), blind)

    class Leaky(ArcFace):
        def call(self, embedding, label=None, training=None):
            return super().call(embedding, label, training) + keras.ops.one_hot(label, 3)

    leaky = subject(margin(SPEC, (2,), Leaky(3), dimension=3))
    assert (leaky.scores(X, IDS) != leaky.scores(X, IDS[::-1])).any()
