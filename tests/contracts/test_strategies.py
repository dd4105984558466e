"""What every public strategy promises, for each row of `_strategies.py`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from labelfeed import models, strategies
from tests._core import randomised
from tests.contracts._calls import numpy
from tests.contracts._export import served
from tests.contracts._strategies import ROWS, WIDTH, Row

each = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)


@pytest.fixture(params=["mixed_float16", "mixed_bfloat16"])
def policy(request: pytest.FixtureRequest) -> Iterator[str]:
    """Set a dtype policy for one test."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy(before)


def step(model: Any, x: Any, y: Any) -> float:
    """Run one step of training; return its loss."""
    return float(model.train_on_batch(x, y, return_dict=True)["loss"])


def finite(model: Any) -> bool:
    return all(np.isfinite(numpy(w.value)).all() for w in model.trainable_variables)


def test_every_public_strategy_has_a_row() -> None:
    ours = {name for name in models.__all__ if name.endswith("Model")}
    public = set()
    for name in strategies.__all__:
        value = getattr(strategies, name)
        if inspect.isfunction(value):
            returned = str(inspect.signature(value).return_annotation).split(" | ")
            public |= {value} if ours & set(returned) else set()
    assert len(public) > 4
    assert public == {row.strategy for row in ROWS.values()}


@each
def test_config_file_batch_size_and_unknown_labels(row: Row, tmp_path: Path) -> None:
    model = randomised(row.make())
    x, _ = row.data(3)
    blind = numpy(model(x))
    assert blind.shape == (3, row.spec.num_classes)
    assert np.isfinite(blind).all()
    np.testing.assert_allclose(numpy(model(x[:1])), blind[:1], rtol=1e-5, atol=1e-6)
    free = model.functional()
    assert [tuple(i.shape) for i in free.inputs] == [(None, WIDTH)]  # no label tensor
    assert free.outputs[0].shape == (None, row.spec.num_classes)
    again = type(model).from_config(json.loads(json.dumps(model.get_config())))
    again.set_weights(model.get_weights())
    assert json.dumps(again.get_config()) == json.dumps(model.get_config())
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras", safe_mode=True)
    assert type(loaded.optimizer) is type(model.optimizer)
    fed = row.beside(model, x, True)
    for other in (again, loaded):
        np.testing.assert_array_equal(numpy(other(x)), blind)
        if row.reads or row.sides:
            np.testing.assert_array_equal(numpy(other(fed)), numpy(model(fed)))
    if row.reads or row.sides:
        assert np.abs(numpy(model(fed)) - blind).max() > 1e-3
        unknown = numpy(model(row.beside(model, x, False)))
        np.testing.assert_allclose(unknown, blind, rtol=1e-5, atol=1e-6)


@each
def test_one_seed_one_result_which_is_exported(row: Row, tmp_path: Path) -> None:
    x, y = row.data(6)
    x[1], x[2] = 0, 1e3 * x[2]
    found = []
    for _ in "ab":
        keras.utils.set_random_seed(3)
        model = row.make()
        read = row.beside(model, x, True) if row.sides else x
        assert np.isfinite(step(model, read, y))
        found.append(model.get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))
    assert finite(model)
    assert step(model, read, np.full_like(y, -1)) == 0 and finite(model)
    np.testing.assert_allclose(
        served(model, x[:3], tmp_path), numpy(model(x[:3])), rtol=1e-4, atol=1e-5
    )


@each
def test_half_precision_gives_float32_scores(row: Row, policy: str) -> None:
    model = row.make()
    x, y = row.data(4)
    x[1], x[2] = 0, 30 * x[2]
    for given in [x] + [row.beside(model, x, True)] * bool(row.reads or row.sides):
        scores = model(given)
        assert keras.backend.standardize_dtype(scores.dtype) == "float32"
        assert np.isfinite(numpy(scores)).all()
    if policy == "mixed_float16":  # the narrower range
        assert np.isfinite(step(model, x, y))
        assert finite(model)
