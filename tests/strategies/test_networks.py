from __future__ import annotations

import sys
import textwrap

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.strategies.networks import (
    CONDITIONINGS,
    NetworkError,
    build_network,
    load_network,
    without_label,
)
from labelfeed.visibility.policies import Hidden

SINGLE = LabelSpec.single(3, name="class")
MULTI = LabelSpec.multi(4)


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
@pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
@pytest.mark.parametrize("shape", [(5,), (9, 12, 2)], ids=["vector", "image"])
def test_conditioned(conditioning, spec, shape):
    network = build_network(shape, spec, conditioning=conditioning, width=8, dropout=0.1)
    model = LabelFedModel(network, spec)
    x = np.random.default_rng(0).random((6, *shape)).astype(np.float32)
    out = model.predict(x, verbose=0)
    assert out.shape == (6, spec.num_classes)
    assert np.all((out > 0) & (out < 1))
    if spec.kind == "single":
        np.testing.assert_allclose(out.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_a_label_that_is_fed_is_read(conditioning):
    network = build_network((5,), MULTI, conditioning=conditioning)
    if conditioning == "conditional-dense":  # its class kernels start at zero
        layer = next(la for la in network.layers if "conditional" in la.name)
        rng = np.random.default_rng(0)
        layer.set_weights([rng.standard_normal(w.shape) for w in layer.get_weights()])
    model = LabelFedModel(network, MULTI)
    x = np.ones((1, 5), np.float32)
    present, absent = (model.predict(x, known=np.full((1, 4), v), verbose=0) for v in (1, 0))
    assert np.abs(present - absent).max() > 1e-4


def test_plain_has_no_label_input_and_trains_beside_the_others():
    plain = build_network((5,), SINGLE, conditioning=None)
    assert len(plain.inputs) == 1
    model = LabelFedModel(without_label(plain, SINGLE), SINGLE, Hidden())
    model.compile("adam", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).random((8, 5)).astype(np.float32)
    model.fit(x, np.array([0, 1, 2, -1] * 2), verbose=0)
    shown = model.predict(x, known=np.zeros(8, int), verbose=0)
    np.testing.assert_array_equal(shown, model.predict(x, verbose=0))


def test_a_target_called_features():
    network = build_network((5,), LabelSpec.single(2, name="features"))
    assert sorted(i.name for i in network.inputs) == ["features", "features_"]


def test_a_target_with_a_slash():
    spec = LabelSpec.single(2, name="x/y")
    model = LabelFedModel(build_network((5,), spec), spec)
    assert model.predict(np.ones((2, 5)), known=[0, 1], verbose=0).shape == (2, 2)


def test_depth_width_and_activation():
    network = build_network((5,), SINGLE, width=7, depth=3, activation="tanh")
    dense = [la for la in network.layers if isinstance(la, keras.layers.Dense)]
    assert [la.units for la in dense] == [7, 7, 7, 3]
    assert [la.activation.__name__ for la in dense] == ["tanh"] * 3 + ["softmax"]


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((5,), {"conditioning": "film"}, "conditioning must be 'embedding'"),
        ((5,), {"label_width": 0}, "label_width must be at least 1"),
        ((5, 5), {}, "feature_shape must be"),
        ((0,), {}, "feature_shape must be"),
        ((5,), {"width": 0}, "width must be at least 1"),
        ((5,), {"depth": 0}, "depth must be at least 1"),
        ((5,), {"dropout": 1.0}, r"dropout must be in \[0, 1\)"),
        ((5,), {"label_dropout": -0.1}, r"label_dropout must be in \[0, 1\)"),
        ((5,), {"activation": "rellu"}, "no activation 'rellu'"),
    ],
)
def test_bad_arguments(shape, options, message):
    with pytest.raises(NetworkError, match=message):
        build_network(shape, SINGLE, **options)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a user's module into the current folder; return its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(body: str, name: str = "labelfeed_users_net") -> str:
        text = """
            import keras, labelfeed
            from labelfeed.layers import LabelEmbedding
            D = keras.layers.Dense
            def build(shape, spec):
                x, y = keras.Input(shape), labelfeed.LabelInput(spec)
                h = LabelEmbedding(4, spec)([x, y])
        """
        text = textwrap.dedent(text) + textwrap.indent(textwrap.dedent(body), "    ")
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, name, raising=False)
        sys.path_importer_cache.clear()
        return name

    return write


def test_users_function(module):
    name = module("return keras.Model([x, y], D(3, activation='softmax')(h))")
    network = load_network(f"{name}:build", (5,), SINGLE)
    assert tuple(network.output.shape) == (None, 3)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return None", "does not fit. network must be a functional model"),
        (
            "return keras.Model([x, y], D(2, activation='softmax')(h))",
            r"output has shape \(None, 2",
        ),
        ("return keras.Model(x, D(3, activation='softmax')(x))", "no input named 'class'"),
        ("return keras.Model([x, y], D(3)(h))", "no probability .* activation='softmax'"),
        ("1 / 0", "failed: ZeroDivisionError"),
        (
            "z = keras.Input((2,))\n"
            "h = keras.layers.Concatenate()([h, z])\n"
            "return keras.Model([x, z, y], D(3, activation='softmax')(h))",
            r"feature inputs of shape \[\(5,\), \(2,\)\]; expected one",
        ),
    ],
)
def test_users_function_that_does_not_fit(module, body, message):
    with pytest.raises(NetworkError, match=message):
        load_network(f"{module(body)}:build", (5,), SINGLE)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("build", "must be written module:function"),
        ("labelfeed_no_such:build", "no module 'labelfeed_no_such'"),
        ("labelfeed_users_net:nope", "no function 'nope'; it has"),
        ("labelfeed_users_net2:build", "cannot be imported: .*labelfeed_absent"),
    ],
)
def test_users_function_that_is_not_there(module, place, message):
    module("return None")
    module("return None\nimport labelfeed_absent\n", "unused")
    (__import__("pathlib").Path("labelfeed_users_net2.py")).write_text("import labelfeed_absent\n")
    with pytest.raises(NetworkError, match=message):
        load_network(place, (5,), SINGLE)
