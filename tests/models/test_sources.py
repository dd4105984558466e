"""Labels of streamed data, checked and encoded as they pass."""

from __future__ import annotations

import operator

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
import torch

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.sources import checked_source, encode_targets
from labelfeed.models.wire import split_label, with_label
from tests._core import COLOUR, FINDINGS

NAN = float("nan")
X = np.arange(8, dtype=np.float32).reshape(4, 2)
Y = np.zeros(4, np.int32)


class Pairs(keras.utils.PyDataset):
    """The rows of X and y, two at a time."""

    def __init__(self, y, x=X, weight=None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.parts = [part for part in (x, y, weight) if part is not None]
        self.epochs: list[str] = []

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> tuple:
        part = slice(2 * index, 2 * index + 2)
        return tuple(keras.tree.map_structure(lambda v: v[part], p) for p in self.parts)

    def on_epoch_begin(self) -> None:
        self.epochs.append("begin")

    def on_epoch_end(self) -> None:
        self.epochs.append("end")


def generator(y, x=X, weight=None):
    yield from (Pairs(y, x, weight)[i] for i in range(2))


def tf_data(y, x=X, weight=None):
    parts = tuple(part for part in (x, y, weight) if part is not None)
    return tf.data.Dataset.from_tensor_slices(parts).batch(2)


def loader(y, x=X, weight=None):
    parts = [part for part in (x, y, weight) if part is not None]
    samples = [
        tuple(keras.tree.map_structure(operator.itemgetter(i), p) for p in parts) for i in range(4)
    ]
    return torch.utils.data.DataLoader(samples, batch_size=2)


STREAMS = {"PyDataset": Pairs, "generator": generator, "tf.data": tf_data, "DataLoader": loader}
EACH = pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)


def batches(data, spec=COLOUR, errors=None, **options) -> list:
    checked = checked_source(data, spec, [] if errors is None else errors, **options)
    found = [checked[i] for i in range(2)] if isinstance(data, Pairs) else list(checked)
    return keras.tree.map_structure(np.asarray, found)


FORMS = {
    "ids": (COLOUR, np.array([2, 0, -1, 1]), [2, 0, -1, 1]),
    "float ids": (COLOUR, np.array([2, NAN, -1, 1.0]), [2, -1, -1, 1]),
    "one-hot": (COLOUR, np.eye(3, dtype=np.int64)[[2, 0, 0, 1]], np.eye(3)[[2, 0, 0, 1]]),
    "soft": (COLOUR, np.array([[0.5, 0.5, 0]] * 3 + [[NAN] * 3]), [[0.5, 0.5, 0]] * 3 + [[0] * 3]),
    "multi": (FINDINGS, np.array([[1, 0, -1]] * 4), [[1, 0, -1]] * 4),
    "multi soft": (FINDINGS, np.array([[0.5, NAN, 1]] * 4), [[0.5, NAN, 1]] * 4),
}


@EACH
@pytest.mark.parametrize("spec, y, expected", FORMS.values(), ids=FORMS)
def test_every_stream_encodes(stream, spec, y, expected) -> None:
    found = batches(stream(y, weight=np.ones(4, np.float32)), spec)
    assert [len(batch) for batch in found] == [3, 3]
    np.testing.assert_array_equal(np.concatenate([x for x, _, _ in found]), X)
    np.testing.assert_allclose(np.concatenate([y for _, y, _ in found]), np.float32(expected))


@EACH
def test_every_stream_takes_names(stream) -> None:
    y = np.array(["blue", "red", "", "green"])
    found = batches(stream(y))
    assert np.concatenate([y for _, y in found]).tolist() == [2, 0, -1, 1]


@EACH
def test_every_stream_names_a_bad_label(stream) -> None:
    errors: list[LabelError] = []
    with pytest.raises(Exception, match="Row 1, column 'colour': got 7"):
        batches(stream(np.array([0, 1, 2, 7])), errors=errors)
    assert "rows counted in the batch" in str(errors[0])


@EACH
def test_every_stream_checks_weights(stream) -> None:
    y, weight = np.array([0, -1, 1, 2]), np.array([1, NAN, 2, 3], np.float32)
    found = batches(stream(y, weight=weight))
    assert np.concatenate([w for *_, w in found]).tolist() == [1, 0, 2, 3]
    errors: list = []
    with pytest.raises(Exception, match="Row 1: the weight of a known label is -3"):
        batches(stream(y, weight=np.float32([1, 1, 1, -3])), errors=errors)
    assert "rows counted in the batch" in str(errors[0])


@EACH
@pytest.mark.parametrize("value", [NAN, np.inf])
def test_every_stream_refuses_features_that_are_not_finite(stream, value) -> None:
    bad, errors = X.copy(), []
    bad[3, 1] = value
    options = {"errors": errors, "allow_nan": False}
    for x in (bad, {"age": X, "size": bad}, with_label(bad, np.zeros(4, np.int32))):
        errors.clear()
        with pytest.raises(Exception, match="Row 1, column 1"):
            batches(stream(np.zeros(4, int), x=x), **options)
        number = "a batch" if stream is loader else "batch 1"
        assert f"In {number} of the data" in str(errors[0])
        assert ("of 'size'" in str(errors[0])) == ("size" in x)
    assert np.isnan(value) == np.isnan(np.sum([b[0] for b in batches(stream(Y, x=bad))]))
    sides = {"features": X, "scanner": np.array([0, NAN, 1, NAN], np.float32)}
    assert len(batches(stream(Y, x=sides), **options, sides=["scanner"])) == 2


@EACH
def test_every_stream_refuses_soft_known_labels(stream) -> None:
    x = with_label(X, np.float32([[1, 0, 0], [1, 0, NAN], [0, 0.51, 0], [0, 1, 1]]))
    with pytest.raises(Exception, match=r"Row 0, column 'effusion': got 0.5.*, a soft label"):
        batches(stream(np.zeros((4, 3), np.int32), x=x), FINDINGS)


@EACH
def test_to_predict_y_passes_unread(stream) -> None:
    data = stream(np.array([0, 1, 2, 7]), x=with_label(X, np.array([0.0, NAN, -1, 2])))
    checked = checked_source(data, COLOUR, [], targets=False)
    found = [checked[i] for i in range(2)] if isinstance(data, Pairs) else list(checked)
    given = [batch[0] if isinstance(batch, (tuple, list)) else batch for batch in found]
    labels = np.concatenate([np.asarray(split_label(x)[1]) for x in given])
    assert labels.tolist() == [0, -1, -1, 2]


def test_a_table_of_soft_labels_is_what_its_array_is() -> None:
    soft = np.array([[0.7, NAN, 1], [0, 1, 0.2]])
    frame = pd.DataFrame(soft[:, ::-1], columns=["mass", "effusion", "nodule"])
    np.testing.assert_array_equal(encode_targets(frame, FINDINGS), soft.astype(np.float32))
    np.testing.assert_array_equal(encode_targets(dict(frame), FINDINGS), np.float32(soft))
    hard = pd.DataFrame({"mass": [1, 0]})
    assert encode_targets(hard, FINDINGS).tolist() == [[-1, -1, 1], [-1, -1, 0]]
    with pytest.raises(LabelError, match=r"got 0\.7"):  # beside words it cannot be kept
        encode_targets(pd.DataFrame({"mass": ["yes", 0.7]}), FINDINGS)


@EACH
def test_every_stream_keeps_known_labels_beside_x(stream) -> None:
    x = with_label(X, np.array([2.0, NAN, -1, 0]))
    found = batches(stream(np.array([0, 1, 2, 0]), x=x))
    labels = np.concatenate([split_label(batch[0])[1] for batch in found])
    assert labels.dtype == np.int32
    assert labels.tolist() == [2, -1, -1, 0]


@EACH
def test_every_stream_checks_labels_beside_x(stream) -> None:
    errors: list[LabelError] = []
    with pytest.raises(Exception, match="got 9"):
        batches(stream(np.zeros(4, int), x=with_label(X, np.array([0, 9, 0, 0]))), errors=errors)
    assert errors


def test_features_alone_pass() -> None:
    assert [len(b) for b in batches(Pairs(None))] == [1, 1]
    assert np.concatenate(batches(tf_data(None))).shape == (4, 2)


def test_a_py_dataset_keeps_its_settings_and_epochs() -> None:
    data = Pairs(np.zeros(4, int), workers=2, max_queue_size=5)
    checked = checked_source(data, COLOUR, [])
    assert (checked.workers, checked.max_queue_size, checked.num_batches) == (2, 5, 2)
    checked.on_epoch_begin()
    checked.on_epoch_end()
    assert data.epochs == ["begin", "end"]


def test_a_data_loader_is_copied_not_changed() -> None:
    data = loader(np.array([2, 0, -1, 1]))
    collate = data.collate_fn
    checked = checked_source(data, COLOUR, [])
    assert data.collate_fn is collate is not checked.collate_fn
    assert all(isinstance(part, torch.Tensor) for part in next(iter(checked)))


def test_tf_data_keeps_its_shapes_and_length() -> None:
    checked = checked_source(tf_data(np.eye(3)[[0, 1, 2, 0]]), COLOUR, [])
    assert checked.element_spec[1].shape.as_list() == [None, 3]
    checked = checked_source(tf_data(np.zeros(4, int)), COLOUR, [])
    assert checked.element_spec[1].shape.as_list() == [None]
    assert int(checked.cardinality()) == 2


def test_tf_data_without_one_tensor_of_labels_is_refused() -> None:
    data = tf_data({"mass": np.ones(4), "nodule": np.ones(4)})
    with pytest.raises(ValueError, match="expected one tensor of known rank"):
        checked_source(data, FINDINGS, [])


def test_what_is_no_stream_passes_through() -> None:
    for data in (X, None, {"a": X}, iter([])):
        assert checked_source(data, COLOUR, []) is data


def test_targets_of_arrays() -> None:
    assert encode_targets(["blue", None], COLOUR).tolist() == [2, -1]
    assert encode_targets(pd.DataFrame({"mass": [1]}), FINDINGS).tolist() == [[-1, -1, 1]]
    assert encode_targets({"mass": [1]}, FINDINGS).dtype == np.int32
    soft = encode_targets(np.array([[0.2, 0.8, 0.0], [0, 0, 0]]), COLOUR)
    assert soft.dtype == np.float32
    np.testing.assert_allclose(soft, [[0.2, 0.8, 0.0], [0, 0, 0]])
    assert encode_targets(torch.tensor([[1, 0, -1]]), FINDINGS).tolist() == [[1, 0, -1]]
    with pytest.raises(LabelError, match="Row 11,"):
        encode_targets([0, 5], COLOUR, first_row=10)


def test_a_batch_tells_not_what_minus_one_is_and_all_rows_may() -> None:
    pair = LabelSpec.single(["no", "yes"])
    assert encode_targets(np.array([-1, 1]), pair, batch=True).tolist() == [-1, 1]
    with pytest.raises(LabelError, match="got -1, which can mean unknown"):
        encode_targets(np.array([-1, 1]), pair)
    table = pd.DataFrame({"mass": [1, -1]})
    assert encode_targets(table, FINDINGS, batch=True)[:, 2].tolist() == [1, -1]
    with pytest.raises(LabelError, match="column 'mass': got -1, which can mean unknown"):
        encode_targets(table, FINDINGS)


def test_lists_of_names_are_targets() -> None:
    rows = [["mass"], [], None, ["mass", FINDINGS.name_of(0)]]
    assert encode_targets(rows, FINDINGS).tolist() == FINDINGS.encode(rows).tolist()


def test_soft_yes_no_labels_beside_columns_of_classes() -> None:
    colour = LabelSpec.single(["red", "blue"], name="colour")
    spec = LabelSpec.columns([colour, "mass"])
    rows = np.array([[1, 0, 0.6], [np.nan, np.nan, 1]])
    np.testing.assert_array_equal(encode_targets(rows, spec), rows.astype(np.float32))
    with pytest.raises(LabelError):
        encode_targets(np.array([[0.4, 0.6, 0.5]]), spec)
