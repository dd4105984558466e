"""What every public head promises, for each row of `_heads.py`."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed import heads
from tests.contracts._calls import call
from tests.contracts._export import served
from tests.contracts._heads import CLASSES, ROWS
from tests.heads._gradients import feed, loss_and_gradients, rows_of

X = np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32)
Y = np.array([0, 1, 2, 3, 0, 1, 2, 3], np.int32)
every_head = pytest.mark.parametrize("name", ROWS)


def built(name: str, /, **kwargs: str) -> heads.LabelHead:
    return ROWS[name].built(X.shape[1], **kwargs)


def test_every_public_head_has_a_row() -> None:
    classes = [v for v in map(heads.__dict__.get, heads.__all__) if isinstance(v, type)]
    public = {v for v in classes if issubclass(v, heads.LabelHead)} - {heads.LabelHead}
    assert public == {row.cls for row in ROWS.values()}


@every_head
def test_the_label_enters_the_loss_and_never_the_scores(name: str) -> None:
    head = built(name)
    free, losses = feed(head, X)
    regularizers = sum(w.regularizer is not None for w in head.weights)
    assert losses == regularizers
    for label in (Y, (Y + 1) % CLASSES, np.full_like(Y, -1)):
        fed, losses = feed(head, X, label)
        np.testing.assert_allclose(fed, free, rtol=1e-6)
        assert losses == regularizers + 1
    assert free.dtype == np.float32
    assert free.shape == tuple(head.compute_output_shape(X.shape))


@every_head
def test_unknown_labels_are_skipped(name: str) -> None:
    y = Y.copy()
    y[4:] = -1
    if name == "SupCon":
        y[:4] = [0, 0, 1, 1]
    head, same = built(name), built(name)
    same.set_weights(head.get_weights())
    some, by_x, _ = loss_and_gradients(head, X, y)
    few, by_few, _ = loss_and_gradients(same, X[:4], y[:4])
    assert some == pytest.approx(few, rel=1e-5)
    np.testing.assert_allclose(by_x[:4], by_few, rtol=1e-4, atol=1e-5 * np.abs(by_few).max())
    assert np.all(by_x[4:] == 0)
    assert np.any(by_x[:4] != 0)


@every_head
def test_a_batch_of_unknown_labels_has_neither_loss_nor_slope(name: str) -> None:
    value, by_x, by_centres = loss_and_gradients(built(name), X, np.full_like(Y, -1))
    assert value == 0
    assert np.all(by_x == 0)
    assert by_centres is None or np.all(by_centres == 0)


@every_head
def test_a_label_beyond_the_classes_is_not_passed_over(name: str) -> None:
    if name == "SupCon":
        return  # takes any number of classes
    y = Y.copy()
    y[3] = CLASSES
    losses = rows_of(built(name), X, y).losses
    assert np.isnan(losses[3])
    assert np.isfinite(np.delete(losses, 3)).all()


@every_head
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_finite_at_and_near_the_poles(name: str, dtype: str) -> None:
    """Embeddings at, and within rounding of, the centre and its opposite, short and long."""
    head = built(name)
    rng = np.random.default_rng(1)
    centre = rng.normal(size=X.shape[1])
    if hasattr(head, "centres"):
        centres = rng.normal(size=head.centres.shape).astype(np.float32)
        centres[:2] = centre
        head.centres.assign(centres)
    side = rng.normal(size=X.shape[1])
    rows = [
        length * (sign * centre + step * side)
        for sign in (1, -1)
        for step in (0, 1e-7, 1e-5, 1e-4, 1e-3, 1e-2, 0.1)
        for length in (0.02, 1, 100)
    ]
    x = ops.cast(ops.convert_to_tensor(np.array([*rows, 0 * side], np.float32)), dtype)
    label = np.zeros(len(rows) + 1, np.int32)
    value, by_x, by_centres = loss_and_gradients(head, x, label)
    assert np.isfinite(value)
    assert np.isfinite(by_x).all()
    assert by_centres is None or np.isfinite(by_centres).all()


@every_head
def test_config_and_weights_give_the_same_head(name: str) -> None:
    row, head = ROWS[name], built(name, name="mine", dtype="float32")
    config = head.get_config()
    takes = inspect.signature(row.cls).parameters
    assert set(takes) - {"args", "kwargs"} <= set(config)
    for key, value in row.arguments.items():
        found = config[key]["class_name"] if isinstance(config[key], dict) else config[key]
        assert key not in takes or value != takes[key].default
        assert (list(found) if isinstance(found, tuple) else found) == value or str(
            found
        ).lower() == str(value).replace("_", "")
    again = row.cls.from_config(json.loads(json.dumps(config)))
    assert (again.name, again.get_config()) == ("mine", json.loads(json.dumps(config)))
    again.build((None, X.shape[1]))
    again.set_weights(head.get_weights())
    np.testing.assert_array_equal(call(again, [X]), call(head, [X]))


@every_head
def test_float32_inside_under_any_policy(name: str) -> None:
    exact = built(name)
    for policy in ("mixed_float16", "mixed_bfloat16", "float16"):
        head = built(name, dtype=policy)
        assert {keras.backend.standardize_dtype(w.dtype) for w in head.weights} <= {"float32"}
        head.set_weights(exact.get_weights())
        half = ops.cast(ops.convert_to_tensor(X), head.compute_dtype)
        scores = head(half)
        assert keras.backend.standardize_dtype(scores.dtype) == "float32"
        wanted = exact(ops.cast(half, "float32"))
        np.testing.assert_allclose(*map(ops.convert_to_numpy, (scores, wanted)), atol=1e-6)


@every_head
def test_the_same_seed_gives_the_same_weights(name: str) -> None:
    found = []
    for _ in "ab":
        keras.utils.set_random_seed(3)
        found.append(built(name).get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


def test_saved_and_exported_all_of_them_in_one_model(tmp_path: Path) -> None:
    """In one model, since compiling each alone would take long; the export has no label."""
    features, label = keras.Input((6,), name="x"), keras.Input((), dtype="int32", name="label")
    made = {name: ROWS[name].make(name=name) for name in ROWS}
    fed = keras.Model([features, label], {n: h(features, label) for n, h in made.items()})
    free = keras.Model(features, {name: head(features) for name, head in made.items()})
    for name, out in free.output.items():
        assert out.shape == fed.output[name].shape == (None, 6 if name == "SupCon" else CLASSES)
    expected = {name: call(head, [X[:3]]) for name, head in made.items()}
    fed.save(tmp_path / "all.keras")
    again = keras.saving.load_model(tmp_path / "all.keras", safe_mode=True)
    exported = served(free, X[:3], tmp_path)
    for name, wanted in expected.items():
        loaded = call(again.get_layer(name), [X[:3]])
        np.testing.assert_array_equal(loaded, wanted, err_msg=name)
        np.testing.assert_allclose(exported[name], wanted, rtol=1e-5, atol=1e-5, err_msg=name)
