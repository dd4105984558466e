from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.runs.finite import check_numbers
from labelfeed.runs.folder import Run, load_run
from labelfeed.runs.kept import RunError
from labelfeed.runs.saving import save_run
from labelfeed.strategies.networks import build_network

SPEC = LabelSpec.single(["ill", "well"], name="class")
ROWS = pd.DataFrame({"age": [20.0, 30.0, 50.0], "mass": [3.0, 1.0, 2.0]})


@pytest.fixture
def run() -> Run:
    preprocessor = Preprocessor.fit(ROWS)
    return Run(LabelFedModel(build_network(preprocessor.shape, SPEC, width=4), SPEC), preprocessor)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_no_number_is_named_and_predicts_nothing(run, value, tmp_path):
    check_numbers(run.model, run.preprocessor)
    path = save_run(run, tmp_path / "run")
    weight = run.model.trainable_weights[-1]
    broken = keras.ops.convert_to_numpy(weight.value).copy()
    broken.flat[0] = value
    weight.assign(broken)
    fresh = dataclasses.replace(run)
    with pytest.raises(DataError, match=f"The weight '{weight.path}' .* holds NaN or infinite"):
        fresh.predict(ROWS)
    run.model.save(path / "model.keras")
    with pytest.raises(RunError, match=r"run: The weight '.*' of the model holds NaN"):
        load_run(path)


def test_only_weights_that_are_not_trained_may_be_infinite(run):
    class Mask(keras.layers.Layer):
        def build(self, shape):
            self.mask = self.add_weight(shape=(2,), initializer="zeros", trainable=False)

        def call(self, x):
            return x + self.mask

    x = keras.Input((2,))
    masked = Mask()
    model = keras.Model(x, masked(x))
    masked.mask.assign([0, -np.inf])
    check_numbers(model, run.preprocessor)
    masked.mask.assign([0, np.nan])
    with pytest.raises(DataError, match="holds NaN"):
        check_numbers(model, run.preprocessor)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"mean": np.nan}, "column 'age' is broken: its mean is nan"),
        ({"scale": np.inf}, "column 'age' is broken: its scale is inf"),
        ({"scale": 0.0}, "column 'age' is broken: its scale is 0"),
    ],
)
def test_a_scaling_that_is_no_number_is_named(run, changed, message):
    first, *others = run.preprocessor.columns
    columns = (dataclasses.replace(first, **changed), *others)
    broken = dataclasses.replace(run.preprocessor, columns=columns)
    with pytest.raises(DataError, match=message):
        dataclasses.replace(run, preprocessor=broken).predict(ROWS)


def test_pixels_need_a_range(run):
    for low, high in ((0.0, np.nan), (1.0, 1.0)):
        broken = Preprocessor("image", low=low, high=high, shape=(2, 2, 1))
        with pytest.raises(DataError, match="scaling of the pixels is broken"):
            check_numbers(run.model, broken)
