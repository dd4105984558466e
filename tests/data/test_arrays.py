from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.arrays import load_arrays
from labelfeed.data.dataset import DataError
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec

X = np.arange(12.0).reshape(4, 3)


@pytest.fixture
def npz(tmp_path):
    def write(**arrays):
        np.savez(tmp_path / "rows.npz", **arrays)
        return tmp_path / "rows.npz"

    return write


@pytest.mark.parametrize(
    ("y", "labels", "names"),
    [
        ([3, 5, -1, 3], [0, 1, -1, 0], ("3", "5")),
        ([1.0, 2.0, np.nan, 1.0], [0, 1, -1, 0], ("1", "2")),
        (["b", "a", "", "b"], [1, 0, -1, 1], ("a", "b")),
        ([[0], [1], [1], [0]], [0, 1, 1, 0], ("0", "1")),
        ([[1, 0], [0, 1], [-1, -1], [0, 1]], [0, 1, -1, 1], ("0", "1")),
    ],
)
def test_single(npz, y, labels, names):
    data = load_arrays(npz(x=X, y=np.array(y)))
    assert data.labels.tolist() == labels
    assert data.spec == LabelSpec.single(names, name="y")
    assert data.row_ids.tolist() == [1, 2, 3, 4]
    np.testing.assert_array_equal(data.features, X)


def test_multi(npz):
    y = np.array([[1, 1, 0], [0, np.nan, 1], [1, 0, -1], [0, 0, 0]])
    with pytest.raises(LabelError, match=r"column 'y2': got -1, 1 times beside 0 \(2\), 1 \(1\)"):
        load_arrays(npz(x=X, y=y))
    data = load_arrays(npz(x=X, y=y), cells=CellRules(missing=-1))
    assert data.spec == LabelSpec.multi(["y0", "y1", "y2"], name="y")
    assert data.labels.tolist() == [[1, 1, 0], [0, -1, 1], [1, 0, -1], [0, 0, 0]]
    again = load_arrays(npz(x=X, y=y), spec=data.spec, cells=data.cells)
    assert again.labels.tolist() == data.labels.tolist()


def test_own_names_and_images(npz):
    data = load_arrays(npz(pixels=np.zeros((4, 8, 8), np.uint8), digit=[0, 1, 0, 1]),
                       features="pixels", target="digit")  # fmt: skip
    assert data.features.shape == (4, 8, 8, 1)
    assert data.spec.name == "digit"


def test_a_saved_spec_is_reused(npz):
    spec = LabelSpec.single(["3", "5"], name="y")
    assert load_arrays(npz(x=X, y=np.array([5, 3, -1, 5])), spec=spec).labels.tolist() == [
        1,
        0,
        -1,
        1,
    ]
    unlabelled = load_arrays(npz(x=X), spec=spec)
    assert unlabelled.labels.tolist() == [-1] * 4
    assert unlabelled.label_names == ()
    with pytest.raises(LabelError, match="Row 3, column 'y': got '4'"):
        load_arrays(npz(x=X, y=np.array([5, 3, 4, 5])), spec=spec)
    with pytest.raises(DataError, match=r"shape \(4, 3\); expected a column for each .* \(y\)"):
        load_arrays(npz(x=X, y=np.ones((4, 3))), spec=spec)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": X}, "no label array 'y'"),
        ({"X": X, "y": [0, 1, 0, 1]}, "no feature array 'x'. Did you mean 'X'"),
        ({"x": X, "y": [0, 1]}, r"'y' has shape \(2,\); expected \(4,\)"),
        ({"x": X[0], "y": [0, 1, 0]}, r"'x' has shape \(3,\)"),
        ({"x": X[:0], "y": []}, "none of them 0"),
        ({"x": X.astype(str), "y": [0, 1, 0, 1]}, "expected numbers"),
        ({"x": X, "y": np.array(["a", None, "b", "a"], object)}, "Python objects"),
        ({"x": X, "y": np.array(["allow_pickle"] * 4)}, "only one class, 'allow_pickle'"),
        ({"x": X.astype(object), "y": [0, 1, 0, 1]}, "'x' is an array of Python objects"),
    ],
)
def test_bad_arrays(npz, arrays, message):
    with pytest.raises(DataError, match=message):
        load_arrays(npz(**arrays))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.npz", b"", "the file is empty"),
        ("a.npz", b"PK\x03\x04 broken", "cannot be read as npz"),
        ("a.npz", b"text", "cannot be read as npz|Python objects"),
        ("a.npy", b"text", "ends in .npz"),
        ("a.npz", None, "no such file"),
    ],
)
def test_bad_files(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_arrays(tmp_path / name)


def test_groups_are_an_array_called_so_or_named(tmp_path):
    path = tmp_path / "a.npz"
    x, y = np.ones((4, 2)), [0, 1, 0, 1]
    np.savez(path, x=x, y=y, groups=["a", "a", "b", "b"], who=[[1], [2], [2], [3]], odd=[1])
    data = load_arrays(path)
    assert (data.groups.tolist(), data.group_name) == (["a", "a", "b", "b"], "groups")
    assert load_arrays(path, group="who").groups.tolist() == [1, 2, 2, 3]
    assert load_arrays(path, spec=data.spec, group="whom").groups is None
    assert load_arrays(path, target="groups").groups is None
    with pytest.raises(DataError, match="no array 'whom'"):
        load_arrays(path, group="whom")
    with pytest.raises(DataError, match=r"'odd' has shape \(1,\); expected \(4,\)"):
        load_arrays(path, group="odd")
    with pytest.raises(DataError, match="'y' cannot be both the group"):
        load_arrays(path, group="y")
    np.savez(path, x=x, y=y, groups=[1])  # of something else
    assert load_arrays(path).groups is None
