"""The rows of a file as a table that a generator learns."""

from __future__ import annotations

import numpy as np

from labelfeed import LabelSpec
from labelfeed.data import load_table
from labelfeed.data.dataset import Dataset
from labelfeed.data.frame import read_frame
from labelfeed.synthetic.training_rows import training_rows_of

_TEXT = """id,ill,age,scanner,score,patient,visit,heavy
7,Yes,31,A,1.5,p1,31.01.2020,1
8,y,40,B,2.5,p1,01.02.2020,2
9,Yes,,B,,p2,,1
10,no,50,,3.5,p3,03.02.2020,1
11,,51,A,4.5,p4,04.02.2020,1
12,no,52,A,5.5,p5,05.02.2020,1
"""


def test_a_table_as_its_file_has_it(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(_TEXT)
    data = load_table(
        path, target="ill", labels=["score"], sides=["scanner"], id_column="id", group="patient",
        dates=["visit"], weights=["heavy"], side_ranges={"score": 2},
    )  # fmt: skip
    raw, _ = read_frame(path)
    rows = training_rows_of(data, raw, "id")
    assert list(rows.frame) == ["id", "ill", "age", "scanner", "score", "patient", "visit"]
    assert rows.words == ("ill", "scanner") and rows.numbers == ("score",)
    assert rows.ids == ("id", "patient") and rows.dates == ("visit=%d.%m.%Y",)
    assert rows.frame["ill"].tolist() == ["Yes", "Yes", "Yes", "no", None, "no"]
    assert rows.frame["scanner"].tolist() == ["A", "B", "B", None, "A", "A"]
    np.testing.assert_array_equal(rows.frame["score"], [1.5, 2.5, np.nan, 3.5, 4.5, 5.5])
    assert set(rows.spelling["ill"].values()) == {"Yes", "no"}
    assert rows.labels == ("ill", "scanner", "score")


def test_vectors_have_columns_of_numbers_and_labels_their_names():
    spec = LabelSpec.multi(["cough", "fever"])
    data = Dataset("arrays", np.eye(2), np.array([[1, 0], [-1, 1]]), spec, np.arange(2), "x.npz")
    frame = training_rows_of(data).frame
    assert list(frame) == ["x1", "x2", "cough", "fever"]
    assert frame["fever"].tolist() == list(spec.label_columns[1].names)
    assert frame["cough"].tolist() == [spec.label_columns[0].names[1], None]
