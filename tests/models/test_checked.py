"""What `LabelFedModel` and `MarginModel` share, tried on both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed
from labelfeed.models.checked import CheckedModel
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.margin import MarginModel
from labelfeed.models.side_label import SideLabelModel
from labelfeed.models.two_phase import TwoPhaseModel
from tests.models._doors import X, Y, both


def loss_of(model: CheckedModel, y: Any = Y, **kwargs: Any) -> float:
    return model.fit(X, y, batch_size=24, verbose=0, **kwargs).history["loss"][0]


@both
def test_class_weights_count_and_are_forgotten(make: Any) -> None:
    model = make()
    plain = loss_of(model)
    weight = np.where(Y == 1, 3.0, 1.0).astype(np.float32)
    expected = loss_of(model, sample_weight=weight)
    assert expected != pytest.approx(plain, rel=1e-3)
    assert loss_of(model, class_weight={"b": 3.0}) == pytest.approx(expected, rel=1e-5)
    half = loss_of(model, class_weight={1: 3.0}, sample_weight=np.full((24, 1), 0.5))
    assert half == pytest.approx(expected / 2, rel=1e-5)
    assert loss_of(model) == pytest.approx(plain, rel=1e-5)
    on_batch = model.train_on_batch(X, Y, class_weight={"b": 3.0}, return_dict=True)
    assert float(on_batch["loss"]) == pytest.approx(expected, rel=1e-5)


@both
def test_bad_input_is_named_before_training(make: Any) -> None:
    model = make()
    with pytest.raises(labelfeed.LabelError, match="y: Row 5"):
        loss_of(model, np.where(np.arange(24) == 5, 7, Y))
    with pytest.raises(labelfeed.LabelError, match="y: Row 5"):
        model.train_on_batch(X, np.where(np.arange(24) == 5, 7, Y))
    with pytest.raises(labelfeed.LabelError, match="validation_data: every label"):
        loss_of(model, validation_data=(X, np.full(24, -1)))
    with pytest.raises(ValueError, match="class_weight has the key 'z'"):
        loss_of(model, class_weight={"z": 2.0})
    with pytest.raises(ValueError, match=r"one weight per row"):
        loss_of(model, sample_weight=np.ones((24, 2)))
    x = np.where(np.arange(24)[:, None] == 3, np.nan, X)
    with pytest.raises(ValueError, match="Row 3"):
        model.fit(x, Y, verbose=0)


@both
def test_a_bad_label_in_the_first_batch_leaves_the_trained_weights(make: Any) -> None:
    class Bad(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> Any:
            return X, np.full(24, 7)

    model = make()
    model.fit(X, Y, verbose=0)
    before = model.predict(X, verbose=0)
    for method in (model.fit, model.evaluate):
        with pytest.raises(labelfeed.LabelError, match="got 7"):
            method(Bad(), verbose=0)
        np.testing.assert_array_equal(model.predict(X, verbose=0), before)
    model.fit(X, Y, verbose=0)


@both
def test_compile_is_remembered_by_the_file(make: Any, tmp_path: Path) -> None:
    model = make()
    assert type(model).from_config(model.get_config()).get_compile_config() is None
    model.compile(keras.optimizers.SGD(0.25), loss=model.loss, metrics=["accuracy"])
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert float(ops.convert_to_numpy(again.optimizer.learning_rate)) == 0.25
    assert "accuracy" in again.evaluate(X, Y, verbose=0, return_dict=True)
    np.testing.assert_allclose(
        again.evaluate(X, Y, verbose=0), model.evaluate(X, Y, verbose=0), rtol=1e-5
    )


@pytest.mark.parametrize("model", [CheckedModel, LabelFedModel, MarginModel, TwoPhaseModel])
def test_our_private_names_are_not_those_of_keras(model: type) -> None:
    ours = {
        name
        for cls in (*model.__mro__, SideLabelModel)
        if cls.__module__.startswith("labelfeed.")
        for name in {*vars(cls), *getattr(cls, "__annotations__", {})}
        if name.startswith("_") and not name.startswith("__") and not name.startswith("_abc_")
    }
    base = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    base.compile("sgd", "mse", metrics=["mae"])
    taken = {name for name in ours if hasattr(base, name)}
    assert not taken, f"keras.Model has {taken} of its own now: rename ours"
