from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.heads import ArcFace, CosFace
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.options import OPTIONS, TrainingOptions
from labelfeed.strategies.choose import RECIPES, build_model, choose_strategy, planned
from labelfeed.visibility.policies import Hidden, Masked

FAST = TrainingOptions(width=4, epochs=3)
# Feed no label of the target.
_HIDDEN = (
    "plain",
    "side-label",
    "noisy-labels",
    "prior-adjusted",
    "semi-supervised",
    "neighbour-labels",
)


def rows(spec: LabelSpec, shape: tuple[int, ...] = (3,)) -> Dataset:
    labels = np.zeros((6, *spec.shape), np.int32)
    kind = "arrays" if len(shape) == 1 else "images"
    values = np.arange(6.0 * np.prod(shape)).reshape(6, *shape) % 7
    return Dataset(kind, values, labels, spec, np.arange(6), "rows")


SINGLE = rows(LabelSpec.single(3))
MULTI = rows(LabelSpec.multi(["cough", "fever"]))
IMAGES = rows(LabelSpec.multi(2), (8, 8, 1))
SIDED = dataclasses.replace(
    SINGLE, sides=Sides((LabelSpec.single(2, "scanner"),), np.array([[0], [1], [-1]] * 2, np.int32))
)


def choice(dataset: Dataset, **changes: object) -> str:
    return choose_strategy(dataclasses.replace(FAST, **changes), dataset).strategy


def built(dataset: Dataset, shape: tuple[int, ...] = (3,), **changes: object):
    options = choose_strategy(dataclasses.replace(FAST, **changes), dataset)
    return build_model(shape, dataset, options)


def test_what_suits_is_chosen_unless_told_otherwise():
    assert choice(SINGLE) == "plain"
    assert choice(SINGLE, strategy="masked") == "masked"
    assert choice(MULTI) == "partial-labels"
    assert choice(IMAGES) == "masked"
    assert choice(IMAGES, strategy="partial-labels") == "partial-labels"
    assert choice(IMAGES, backbone="b.keras") == "partial-labels"
    assert choice(IMAGES, backbone="b.keras", fine_tune=1) == "masked"
    assert choice(MULTI, conditioning="branch") == "masked"
    assert choice(SINGLE, network="module:function") == "masked"
    assert choice(MULTI, strategy="plain") == "plain"
    assert choice(SIDED) == "side-label"
    assert choice(SIDED, strategy="plain") == "plain"
    assert planned(FAST, MULTI) == planned(FAST, SIDED) == (2, 3)
    assert planned(FAST, SINGLE) == (1, 3)
    assert planned(TrainingOptions(), MULTI) == planned(TrainingOptions(), SINGLE) == (1, 4)
    assert planned(TrainingOptions(), SIDED) == (1, 8)  # each without and with the side label
    assert planned(TrainingOptions(plain="logistic"), MULTI) == (1, 1)
    network = TrainingOptions(plain="network")
    assert planned(network, MULTI) == (2, OPTIONS["partial-labels"]().epochs)


def test_every_strategy_has_a_recipe():
    assert list(RECIPES) == list(OPTIONS)


@pytest.mark.parametrize(
    ("dataset", "changes", "message"),
    [
        (SINGLE, {"strategy": "partial-labels"}, "needs several label columns"),
        (MULTI, {"strategy": "partial"}, "strategy must be one of 'auto', 'plain'"),
        (MULTI, {"strategy": "plain", "network": "a:b"}, "--network belongs to .* 'masked', not"),
        (
            MULTI,
            {"strategy": "plain", "conditioning": "branch"},
            "belongs to the strategy 'masked'",
        ),
        (MULTI, {"strategy": "margin"}, "needs one label, the class of a row"),
        (SINGLE, {"strategy": "margin", "conditioning": "branch"}, "not to 'margin', the one"),
        (SINGLE, {"strategy": "margin", "head": "arc"}, "head must be one of 'arcface'"),
        (SINGLE, {"head": "cosface"}, "'margin', not to 'plain', what 'auto' takes here"),
        (SINGLE, {"hidden_rate": 0.5}, "belongs to the strategies 'masked' and 'partial-labels'"),
        (SINGLE, {"embedding_dim": 8, "strategy": "plain"}, "--embedding-dim belongs to"),
        (SIDED, {"strategy": "masked"}, "not with 'masked'"),
        (SIDED, {"strategy": "margin"}, "not with 'margin'"),
        (SIDED, {"strategy": "noisy-labels"}, "not with 'noisy-labels'"),
        (SIDED, {"conditioning": "branch"}, "'masked', not to 'side-label', what 'auto' takes"),
        (SIDED, {"side_layer": "dense"}, "layer must be one of"),
        (MULTI, {"conditioning": "film"}, "conditioning must be 'embedding'"),
    ],
)
def test_what_does_not_suit_is_told(dataset, changes, message):
    with pytest.raises(ValueError, match=message):
        built(dataset, **changes)


@pytest.mark.parametrize("strategy", sorted(set(RECIPES) - {"margin", "generate"}))
def test_the_model_is_compiled_and_predicts(strategy):
    sided = strategy == "side-label"
    data = dataclasses.replace(MULTI, sides=SIDED.sides) if sided else MULTI
    model = built(data, strategy=strategy)
    assert model.optimizer is not None
    assert model.predict(np.zeros((2, 3)), verbose=0).shape == (2, 2)
    assert (model.visibility == Hidden()) == (strategy in _HIDDEN)
    assert isinstance(model, TwoPhaseModel) == (strategy == "partial-labels")


@pytest.mark.parametrize("strategy", sorted(set(RECIPES) - {"generate"}))
def test_a_model_is_compiled_once_as_the_recipe_says(strategy, monkeypatch):
    compiled, compile_model = [], keras.Model.compile

    def count(model, *args, **kwargs):
        compiled.append(model)
        return compile_model(model, *args, **kwargs)

    monkeypatch.setattr(keras.Model, "compile", count)
    data = {"margin": SINGLE, "side-label": SIDED}.get(strategy, MULTI)
    own = OPTIONS[strategy]()
    model = build_model((3,), data, own)
    assert len(compiled) == 1
    assert isinstance(model.optimizer, keras.optimizers.AdamW)
    np.testing.assert_allclose(float(model.optimizer.learning_rate), own.learning_rate, rtol=1e-6)
    assert model.optimizer.weight_decay == own.weight_decay
    inside = model.network if hasattr(model, "network") else model.embedder
    dense = [v for v in inside._flatten_layers() if isinstance(v, keras.layers.Dense)]
    assert sum(v.units == own.width for v in dense) >= own.depth
    rates = [v.rate for v in inside._flatten_layers() if isinstance(v, keras.layers.Dropout)]
    assert rates.count(own.dropout) >= own.depth


def test_a_margin_model_has_the_head_and_the_dimension_asked_for():
    asked = {"strategy": "margin", "head": "cosface", "embedding_dim": 5}
    model = built(SINGLE, **asked)
    assert isinstance(model.head, CosFace) and model.embedder.output_shape == (None, 5)
    usual = built(SINGLE, strategy="margin")
    assert isinstance(usual.head, ArcFace) and usual.embedder.output_shape == (None, 64)
    assert built(SINGLE, (8, 8, 1), **asked).predict(np.zeros((2, 8, 8, 1)), verbose=0).shape


@pytest.mark.parametrize("conditioning", ["conditional-dense", "branch"])
def test_conditionings(conditioning):
    model = built(SINGLE, conditioning=conditioning)
    assert model.visibility == Masked(0.5, seed=0)
    assert model.predict(np.zeros((2, 3)), verbose=0).shape == (2, 3)


def test_side_label_keeps_the_bayes_product_as_its_peer():
    model = built(SIDED, side_corruption=0.2)
    assert model.product.error_rate == 0.2
    assert len(model.product.tables) == 1
    assert any(type(layer).__name__ == "BayesProductLayer" for layer in model.network.layers)
    bare = built(SIDED, side_offset=False)
    assert not any(type(layer).__name__ == "BayesProductLayer" for layer in bare.network.layers)
