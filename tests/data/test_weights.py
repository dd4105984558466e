"""Weights of rows and of labels: read, checked, no features."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from labelfeed.data.dataset import DataError
from labelfeed.data.labelling import Labelled
from labelfeed.data.loading import load_data
from labelfeed.data.weights import read_weights, weight_columns
from labelfeed.labels.spec import LabelSpec

TABLE = "x,y,z,w,v\n1,a,yes,2,1\n2,b,no,0,.5\n3,a,,1.5,\n4,,yes,,0\n5,b,no,1,2\n"
NAN = float("nan")
SPEC = LabelSpec.single(2)


@pytest.fixture
def file(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    return tmp_path / "t.csv"


def test_weights_of_rows(file):
    data = load_data(file, target="y", weights=["w"], drop=["z", "v"])
    assert list(data.features.columns) == ["x"]
    assert data.weights.tolist() == [2, 0, 1.5, 0, 1]
    assert data.weights.dtype == np.float32
    assert data.labels.tolist() == [0, -1, 0, -1, 1]  # weight 0 is unknown and unread
    assert data.notes[0].startswith("1 label has the weight 0: taken as unknown")
    assert data.take([2, 4]).weights.tolist() == [1.5, 1]


def test_weights_of_one_label_beside_those_of_rows(file):
    file.write_text(TABLE.replace("4,,yes,,0", "4,,yes,3,0"))
    data = load_data(file, target="z", labels=["y"], weights=["w", "z=v"])
    assert data.spec.names == ("z", "y=a", "y=b")
    assert data.weights.tolist() == [[2, 2, 2], [0, 0, 0], [0, 1.5, 1.5], [0, 3, 3], [2, 1, 1]]
    assert data.labels[1].tolist() == [-1, -1, -1]
    assert data.labels[3, 0] == -1
    assert "3 labels have the weight 0" in " ".join(data.notes)


@pytest.mark.parametrize(
    ("cell", "words"),
    [("-1", "the weight is '-1'"), ("", "the weight is missing"), ("much", "'much'"),
     ("inf", "'inf'"), ("1e39", "'1e39'")],
)  # fmt: skip
def test_what_is_no_weight_is_named(file, cell, words):
    file.write_text(TABLE.replace("3,a,,1.5", f"3,a,,{cell}"))
    with pytest.raises(DataError, match=rf"data row 3, column 'w': .*{words}") as caught:
        load_data(file, target="y", weights=["w"])
    assert (caught.value.row, caught.value.column) == (3, "w")


def test_weights_that_say_nothing(file):
    with pytest.raises(DataError, match="the weights of all known labels are 0"):
        read_weights({"w": [0, 0]}, {"": "w"}, Labelled(np.array([0, 1]), SPEC), "f")
    unweighted = load_data(file, target="y")
    assert unweighted.weights is None
    file.write_text("x,y\n1,a\n2,b\n")
    data = load_data(file, spec=unweighted.spec, weights=["w"])
    assert data.weights is None
    assert data.notes == ("there is no weight column 'w': every row weighs 1",)


def test_decimal_commas(tmp_path):
    (tmp_path / "t.csv").write_text("x;y;w\n1;a;0,5\n2;b;1,5\n")
    assert load_data(tmp_path / "t.csv", target="y", weights=["w"]).weights.tolist() == [0.5, 1.5]


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (["u"], "no weight column 'u'. There are: 'x'"),
        (["w", "v"], "The rows have two weight columns, 'w' and 'v'"),
        (["y=w", "y=v"], "The label 'y' has two"),
        (["y=u"], "no weight column 'u'"),
        (["why=w"], "no label: 'why'"),
        (["y"], "both a label and a weight"),
    ],
)
def test_what_can_be_no_weight_column(weights, words):
    with pytest.raises(DataError, match=words):
        weight_columns(weights, ["y"], list("xyzwv"), "f.csv")


def test_columns_with_an_equals_sign():
    assert weight_columns(["y=w"], ["y"], ["y", "y=w"], "f") == {"": "y=w"}
    assert weight_columns(["y=1=w"], ["y", "y=1"], ["w", "1=w"], "f") == {"y": "1=w"}
    assert weight_columns(["u"], ["y"], ["y"], "f", needed=False) == {"": "u"}


def test_of_arrays(tmp_path):
    parts = {"x": np.zeros((3, 2)), "y": np.array([0, 1, -1], np.int32)}
    np.savez(tmp_path / "t.npz", w=np.array([1, 2, NAN]), **parts)
    assert load_data(tmp_path / "t.npz", weights=["w"]).weights.tolist() == [1, 2, 0]
    np.savez(tmp_path / "t.npz", w=np.ones((3, 2)), **parts)
    with pytest.raises(DataError, match=r"the weight 'w' has shape \(3, 2\); expected \(3,\)"):
        load_data(tmp_path / "t.npz", weights=["w"])


def test_of_images(tmp_path):
    for name in "abc":
        Image.new("L", (5, 5)).save(tmp_path / f"{name}.png")
    table = tmp_path / "labels.csv"
    table.write_text("file,y,w,scanner\nb.png,cat,2,A\na.png,dog,3,B\n")
    how = {"labels_file": table, "weights": ["w"], "sides": ["scanner"]}
    data = load_data(tmp_path, target="y", **how)
    assert data.weights.tolist() == [3, 2, 0]
    assert data.label_names == ("y",)
    again = load_data(tmp_path, spec=data.spec, **how)
    np.testing.assert_array_equal(again.weights, data.weights)
    with pytest.raises(DataError, match="weights of images need a table"):
        load_data(tmp_path, target="y", weights=["w"])
