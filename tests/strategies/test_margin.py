"""Strategy `margin`: what is built, what it learns, and that no label tensor is left in it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed import heads
from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies import MARGIN_HEADS, margin
from labelfeed.strategies.networks import NetworkError
from tests._blobs import NAMES, blobs

SPEC = LabelSpec.single(NAMES[:3], name="class")
DATA = blobs(NAMES[:3], each=30)
X = DATA.filter(like="f").to_numpy("float32")
Y = SPEC.encode(DATA["class"])
SMALL = {"dimension": 4, "width": 16, "learning_rate": 1e-2}


@pytest.mark.parametrize("head", MARGIN_HEADS)
def test_every_head_learns_classes_that_lie_apart(head: str) -> None:
    keras.utils.set_random_seed(0)
    model = margin(SPEC, (6,), head, **SMALL)
    model.fit(X, Y, epochs=15, batch_size=18, verbose=0)
    scores = model.predict(X, batch_size=90, verbose=0)
    assert np.mean(scores.argmax(axis=1) == Y) > 0.95
    probabilities = keras.ops.convert_to_numpy(model.head.probabilities(scores))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_vectors_pictures_and_embedders_of_ones_own() -> None:
    picture = margin(SPEC, (8, 8, 1), dimension=5)
    assert picture.embedder.output_shape == (None, 5)
    assert any(isinstance(v, keras.layers.Conv2D) for v in picture.embedder.layers)
    x = keras.Input((6,))
    own = keras.Model(x, keras.layers.Dense(7)(x))
    assert margin(SPEC, own, heads.CosFace(3)).embedder is own


def test_the_embedding_may_be_negative_and_has_no_activation() -> None:
    last = margin(SPEC, (6,), **SMALL).embedder.layers[-1]
    assert last.activation is keras.activations.linear


def test_the_scale_fits_small_data_unless_it_is_given() -> None:
    assert margin(SPEC, (6,)).head.scale == 16
    assert margin(SPEC, (6,)).head.margin == 0.1
    assert margin(SPEC, (6,), scale=30.0, margin=0.2).head.get_config()["scale"] == 30
    assert margin(SPEC, (6,), "proxy-anchor").head.scale == heads.ProxyAnchor(3).scale


def test_the_embedder_is_a_keras_model_without_any_label(tmp_path) -> None:
    model = margin(SPEC, (6,), **SMALL)
    assert [tuple(i.shape) for i in model.embedder.inputs] == [(None, 6)]
    model.embedder.save(tmp_path / "embedder.keras")
    again = keras.saving.load_model(tmp_path / "embedder.keras")
    assert all(type(v).__module__.startswith("keras.") for v in [again, *again.layers])
    np.testing.assert_allclose(
        again.predict(X, verbose=0), model.embedder.predict(X, verbose=0), atol=1e-6
    )


@pytest.mark.only_backend("tensorflow")
def test_the_export_of_the_embedder_takes_features_alone(tmp_path) -> None:
    import tensorflow as tf

    model = margin(SPEC, (6,), **SMALL)
    model.embedder.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "served"))
    serve = served.signatures["serving_default"]
    (arguments, keywords) = serve.structured_input_signature
    assert arguments == () and [tuple(v.shape) for v in keywords.values()] == [(None, 6)]
    (found,) = serve(**{next(iter(keywords)): tf.constant(X)}).values()
    np.testing.assert_allclose(found, model.embedder.predict(X, verbose=0), atol=1e-5)


@pytest.mark.parametrize(
    ("spec", "arguments", "message"),
    [
        (LabelSpec.multi(2), {}, "needs a single label"),
        (SPEC, {"head": "arc"}, "head must be one of 'arcface'"),
        (SPEC, {"dimension": 1}, "dimension must be an integer >= 2"),
        (SPEC, {"head": heads.ArcFace(3), "scale": 3.0}, "belong to a named head"),
        (SPEC, {"head": heads.ArcFace(4)}, "4 classes"),
        (SPEC, {"margin": 30}, "in degrees"),
    ],
)
def test_what_does_not_fit_is_refused(spec, arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        margin(spec, (6,), **arguments)
    assert issubclass(NetworkError, ValueError)
