from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.heads import ArcFace, CosFace
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.options import STRATEGIES, TrainingOptions
from labelfeed.strategies.choose import _BUILDERS, build_model, choose_strategy, most_epochs
from labelfeed.visibility.policies import Hidden, Masked

FAST = TrainingOptions(width=4, epochs=3)


def rows(spec: LabelSpec, shape: tuple[int, ...] = (3,)) -> Dataset:
    labels = np.zeros((6, *spec.shape), np.int32)
    kind = "arrays" if len(shape) == 1 else "images"
    return Dataset(kind, np.zeros((6, *shape)), labels, spec, np.arange(6), "rows")


SINGLE = rows(LabelSpec.single(3))
MULTI = rows(LabelSpec.multi(["cough", "fever"]))
IMAGES = rows(LabelSpec.multi(2), (8, 8, 1))
SIDED = dataclasses.replace(
    SINGLE, sides=Sides((LabelSpec.single(2, "scanner"),), np.array([[0], [1], [-1]] * 2, np.int32))
)


def choice(dataset: Dataset, **changes: object) -> str:
    return choose_strategy(dataclasses.replace(FAST, **changes), dataset)


def test_what_suits_is_chosen_unless_told_otherwise():
    assert choice(SINGLE) == "masked"
    assert choice(MULTI) == "partial-labels"
    assert choice(IMAGES) == "masked"
    assert choice(IMAGES, strategy="partial-labels") == "partial-labels"
    assert choice(MULTI, conditioning="branch") == "masked"
    assert choice(MULTI, network="module:function") == "masked"
    assert choice(MULTI, strategy="plain") == "plain"
    assert choice(SIDED) == "side-label"
    assert choice(SIDED, strategy="plain") == "plain"
    assert most_epochs(FAST, MULTI) == most_epochs(FAST, SIDED) == 6
    assert most_epochs(FAST, SINGLE) == 3


def test_every_strategy_has_a_builder():
    assert {"auto", *_BUILDERS} == set(STRATEGIES)


@pytest.mark.parametrize(
    ("dataset", "changes", "message"),
    [
        (SINGLE, {"strategy": "partial-labels"}, "needs several label columns"),
        (MULTI, {"strategy": "partial"}, "strategy must be one of 'auto', 'plain'"),
        (MULTI, {"strategy": "plain", "network": "a:b"}, "trains under 'masked'"),
        (MULTI, {"strategy": "plain", "conditioning": "branch"}, "a choice within 'masked'"),
        (MULTI, {"strategy": "margin"}, "needs one label, the class of a row"),
        (SINGLE, {"strategy": "margin", "network": "a:b"}, "trains under 'masked'"),
        (SINGLE, {"strategy": "margin", "conditioning": "branch"}, "a choice within 'masked'"),
        (SINGLE, {"strategy": "margin", "head": "arc"}, "head must be one of 'arcface'"),
        (SINGLE, {"head": "cosface"}, "--head belongs to the strategy 'margin', not 'auto'"),
        (SINGLE, {"embedding_dim": 8, "strategy": "plain"}, "--embedding-dim belongs to"),
        (SIDED, {"strategy": "masked"}, "not with 'masked'"),
        (SIDED, {"conditioning": "branch"}, "side labels bring their own network"),
        (SIDED, {"side_layer": "dense"}, "layer must be one of"),
        (MULTI, {"conditioning": "film"}, "conditioning must be 'embedding'"),
    ],
)
def test_what_does_not_suit_is_told(dataset, changes, message):
    with pytest.raises(ValueError, match=message):
        build_model((3,), dataset, dataclasses.replace(FAST, **changes))


@pytest.mark.parametrize("strategy", sorted(set(_BUILDERS) - {"margin"}))
def test_the_model_is_compiled_and_predicts(strategy):
    sided = strategy == "side-label"
    data = dataclasses.replace(MULTI, sides=SIDED.sides) if sided else MULTI
    model = build_model((3,), data, dataclasses.replace(FAST, strategy=strategy))
    assert model.optimizer is not None
    assert model.predict(np.zeros((2, 3)), verbose=0).shape == (2, 2)
    assert (model.visibility == Hidden()) == (strategy in ("plain", "side-label"))
    assert isinstance(model, TwoPhaseModel) == (strategy == "partial-labels")


def test_a_margin_model_has_the_head_and_the_dimension_asked_for():
    options = dataclasses.replace(FAST, strategy="margin", head="cosface", embedding_dim=5)
    model = build_model((3,), SINGLE, options)
    assert isinstance(model.head, CosFace) and model.embedder.output_shape == (None, 5)
    assert model.optimizer is not None
    usual = build_model((3,), SINGLE, dataclasses.replace(FAST, strategy="margin"))
    assert isinstance(usual.head, ArcFace) and usual.embedder.output_shape == (None, 64)
    assert build_model((8, 8, 1), SINGLE, options).predict(np.zeros((2, 8, 8, 1)), verbose=0).shape


@pytest.mark.parametrize("conditioning", ["conditional-dense", "branch"])
def test_conditionings(conditioning):
    model = build_model((3,), SINGLE, dataclasses.replace(FAST, conditioning=conditioning))
    assert model.visibility == Masked(0.5, seed=0)
    assert model.predict(np.zeros((2, 3)), verbose=0).shape == (2, 3)


def test_side_label_keeps_the_bayes_product_as_its_peer():
    model = build_model((3,), SIDED, dataclasses.replace(FAST, side_corruption=0.2))
    assert model.product.error_rate == 0.2
    assert len(model.product.tables) == 1
    assert any(type(layer).__name__ == "BayesProductLayer" for layer in model.network.layers)
    bare = build_model((3,), SIDED, dataclasses.replace(FAST, side_offset=False))
    assert not any(type(layer).__name__ == "BayesProductLayer" for layer in bare.network.layers)
