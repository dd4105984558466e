from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from labelfeed.data.dataset import DataError, Dataset, Sides
from labelfeed.data.images import load_images
from labelfeed.data.loading import load_data
from labelfeed.data.sides import prepare_sides, read_sides
from labelfeed.data.table import load_table
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.findings import SideLeakError

ROWS = 40


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rows.csv"
    frame = pd.DataFrame(
        {
            "age": np.arange(ROWS) % 7,
            "scanner": [["A", "B", "", "C"][i % 4] for i in range(ROWS)],
            "turned": [[0, 90, 180.0][i % 3] for i in range(ROWS)],
            "ill": [["yes", "no"][i // 2 % 2] for i in range(ROWS)],
        }
    )
    frame.to_csv(path, index=False)
    return path


def dataset(side: list[int], classes: int, target: list[int] | None = None) -> Dataset:
    y = np.array([0, 1] * (len(side) // 2) if target is None else target, np.int32)
    spec = LabelSpec.single([f"v{i}" for i in range(classes)], name="scanner")
    sides = Sides((spec,), np.array(side, np.int32)[:, None])
    x = np.zeros((len(side), 2))
    return Dataset("arrays", x, y, LabelSpec.single(2), np.arange(len(side)), "f", sides=sides)


def test_columns_of_a_table_are_classes_and_no_features(table):
    data = load_table(table, target="ill", sides=["scanner", "turned"])
    assert list(data.features) == ["age"]
    assert [s.names for s in data.sides.specs] == [("A", "B", "C"), ("0", "90", "180")]
    assert data.sides.ids[:4].tolist() == [[0, 0], [1, 1], [-1, 2], [2, 0]]
    assert data.take([2, 0]).sides.ids.tolist() == [[-1, 2], [0, 0]]
    assert data.sides.columns()["scanner"][3] == 2


def test_a_saved_run_reads_what_it_can(table, tmp_path):
    specs = load_table(table, target="ill", sides=["scanner", "turned"]).sides.specs
    frame = pd.read_csv(table, dtype=str).drop(columns="turned")
    frame.loc[[0, 5], "scanner"] = ["Z", "Y"]
    frame.to_csv(tmp_path / "new.csv", index=False)
    data = load_data(tmp_path / "new.csv", spec=LabelSpec.single(["no", "yes"], "ill"), sides=specs)
    assert data.sides.ids[[0, 1, 5]].tolist() == [[-1, -1], [1, -1], [-1, -1]]
    text = " ".join(data.notes)
    assert "side column 'scanner': 2 of 40 rows hold a value unseen in training ('Z', 'Y')" in text
    assert "no side column 'turned': unknown in every row" in text
    assert list(data.features) == ["age"]


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (["scaner"], "no column 'scaner'. Did you mean 'scanner'"),
        (["ill"], "both a side label and the target"),
        (["scanner", "scanner"], "named twice"),
        (["age", "turned", "scanner"], "no feature column is left"),
    ],
)
def test_what_cannot_be_a_side_column(table, sides, message):
    with pytest.raises(DataError, match=message):
        load_table(table, target="ill", sides=sides)


def test_images_and_arrays(tmp_path):
    for i in range(4):
        Image.new("L", (8, 8), 60 * i).save(tmp_path / f"{i}.png")
    labels = pd.DataFrame({"file": [f"{i}.png" for i in range(3)], "view": ["PA", "AP", "PA"],
                           "ill": [0, 1, 1]})  # fmt: skip
    labels.to_csv(tmp_path / "labels.csv", index=False)
    options = {"labels_file": tmp_path / "labels.csv", "size": 8}
    data = load_images(tmp_path, target="ill", sides=["view"], **options)
    assert data.sides.ids[:, 0].tolist() == [1, 0, 1, -1]
    again = load_images(tmp_path, spec=data.spec, sides=data.sides.specs, read_labels=False,
                        **options)  # fmt: skip
    assert again.sides.ids.tolist() == data.sides.ids.tolist()
    assert (again.labels == -1).all()
    bare = load_images(tmp_path, spec=data.spec, sides=data.sides.specs, size=8, read_labels=False)
    assert (bare.sides.ids == -1).all()
    with pytest.raises(DataError, match="need a table with them: labels_file"):
        load_images(tmp_path, sides=["view"])
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 2)), y=[0, 1, 1], view=[7, 7, 9], bad=np.eye(3))
    data = load_data(tmp_path / "a.npz", sides=["view"])
    assert data.sides.specs[0].names == ("7", "9")
    assert data.sides.ids[:, 0].tolist() == [0, 0, 1]
    for name, message in (("vew", "no array 'vew'"), ("y", "side label and features or target"),
                          ("bad", r"has shape \(3, 3\)")):  # fmt: skip
        with pytest.raises(DataError, match=message):
            load_data(tmp_path / "a.npz", sides=[name])


def test_columns_that_tell_nothing_are_left_out():
    found, notes = read_sides({"a": ["x", "x"], "b": ["", None], "c": [1, 2]}, ["a", "b", "c"], 2)
    assert [s.name for s in found.specs] == ["c"]
    assert found.ids.shape == (2, 1)
    assert "'a' is 'x' in every row: it tells nothing" in notes[0]
    assert "'b' is empty in every row" in notes[1]


def test_classes_that_no_training_row_has_become_unknown():
    data, notes = prepare_sides(dataset([0, 1, 2, 2] * 10, 3), np.array([1, 2, 3] * 3))
    assert data.sides.specs[0].names == ("v1", "v2")
    assert data.sides.ids[:4, 0].tolist() == [-1, 0, 1, 1]
    assert notes == ()
    with pytest.raises(DataError, match=r"no side column is left .* is 'v2' in every training row"):
        prepare_sides(dataset([0, 1, 2, 2] * 10, 3), np.array([2, 3]))
    none = load_free(data)
    with pytest.raises(DataError, match="needs a side column"):
        prepare_sides(none, np.arange(4))


def load_free(data: Dataset) -> Dataset:
    return Dataset(data.kind, data.features, data.labels, data.spec, data.row_ids, data.source)


def test_a_side_label_that_is_the_target_is_refused():
    side = [1, 0] * 20
    with pytest.raises(SideLeakError, match="'scanner' is the target under another name"):
        prepare_sides(dataset(side, 2), np.arange(40))
    many, notes = prepare_sides(dataset(list(range(20)) * 2, 20), np.arange(40))
    assert many.sides.specs[0].num_classes == 20
    assert "'scanner' has 20 values in 40 rows" in notes[0]


def test_of_several_targets_each_is_checked():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (60, 2)).astype(np.int32)
    spec = LabelSpec.single(2, name="scanner")
    sides = Sides((spec,), labels[:, 1:])
    data = Dataset("arrays", np.zeros((60, 1)), labels, LabelSpec.multi(["cough", "fever"]),
                   np.arange(60), "f", sides=sides)  # fmt: skip
    with pytest.raises(SideLeakError, match="under another name 'fever'"):
        prepare_sides(data, np.arange(60))
