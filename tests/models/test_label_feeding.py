"""Any two-input model or function, whatever its label input is called and takes."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor

SPEC = LabelSpec.single(3, name="species")
X = np.arange(12, dtype="float32").reshape(6, 2)
IDS = np.array([0, 1, 2, 0, 1, 2])


def fed(model, spec=SPEC, **how):
    return as_predictor(model, spec, reads_label=True, batch_size=4, **{"unknown_id": None, **how})


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
    found = fed(echo(shape, order=order, structure=structure)).fed_scores(X, IDS)
    np.testing.assert_array_equal(found, ids_of(shape))


@pytest.mark.parametrize("name", ["label", "labels", "y", "label_ids"])
def test_the_label_is_found_by_common_names(name) -> None:
    np.testing.assert_array_equal(fed(echo((), name, 0)).fed_scores(X, IDS), ids_of(()))


def test_label_input_may_be_named_or_numbered() -> None:
    model = echo((), "odd", 0)
    for given in ("odd", 0):
        found = fed(model, label_input=given).fed_scores(X, IDS)
        np.testing.assert_array_equal(found, ids_of(()))
    with pytest.raises(ValueError, match="no input 'even'"):
        fed(model, label_input="even")


def test_unknown_is_zeros_an_id_or_not_available() -> None:
    hidden = np.full(6, -1)
    one_hot = fed(echo((3,)))
    assert (one_hot.takes_unknown, one_hot.unknown_how) == (True, "zeros one-hot")
    assert not one_hot.fed_scores(X, hidden).any()
    assert not fed(echo(())).takes_unknown
    coded = fed(echo((), dtype="int32"), unknown_id=3)
    assert coded.takes_unknown
    assert (coded.fed_scores(X, hidden) == 3).all()


def test_functions_get_ids_or_one_hot() -> None:
    assert fed(lambda x, y: np.eye(3)[y]).fed_scores(X, IDS).shape == (6, 3)
    found = fed(lambda x, y: y, label_format="one_hot").fed_scores(X, IDS)
    np.testing.assert_array_equal(found, np.eye(3)[IDS])


def test_several_feature_inputs_by_list_and_by_name() -> None:
    a, b = keras.Input((2,), name="a"), keras.Input((1,), name="b")
    y = keras.Input((3,), name="label")
    out = layers.Identity()(y + b + 0.0 * a[:, :1])
    model = keras.Model([a, y, b], out)
    features = [X, np.ones((6, 1), "float32")]
    expected = np.eye(3)[IDS] + 1
    np.testing.assert_array_equal(fed(model).fed_scores(features, IDS), expected)
    named = {"b": features[1], "a": features[0]}
    np.testing.assert_array_equal(fed(model).fed_scores(named, IDS), expected)
    with pytest.raises(ValueError, match=r"lack \['b'\]"):
        fed(model).fed_scores({"a": X}, IDS)


def test_errors_say_how_to_mend() -> None:
    x = keras.Input((2,), name="features")
    with pytest.raises(ValueError, match="no label can be fed"):
        fed(keras.Model(x, layers.Dense(3)(x)))
    with pytest.raises(ValueError, match="expected \\(\\) or \\(1,\\)"):
        fed(echo((5,)))
    with pytest.raises(TypeError, match="a function"):
        fed("model")
    with pytest.raises(ValueError, match="label_format"):
        fed(echo(()), label_format="onehot")
    with pytest.raises(ValueError, match="2 outputs"):
        fed(lambda x, y: [x, x]).fed_scores(X, IDS)
    with pytest.raises(ValueError, match="scores of shape"):
        fed(lambda x, y: x[:2]).fed_scores(X, IDS)
    inputs = [keras.Input((2,), name=n) for n in ("p", "q", "r")]
    with pytest.raises(ValueError, match="Which of the inputs"):
        fed(keras.Model(inputs, layers.Dense(3)(layers.Concatenate()(inputs))))
