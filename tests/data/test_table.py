from __future__ import annotations

import gzip

import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.frame import read_frame
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.table import load_table
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec

CSV = "age,sex,smokes,class\n50,f,True,ill\n,m,False,well\n61,f,,\n44,,True,ill\n"


@pytest.fixture
def csv_file(tmp_path):
    def write(text: str | bytes = CSV, name: str = "rows.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def test_single(csv_file):
    data = load_table(csv_file(), target="class")
    assert data.kind == "table"
    assert data.spec == LabelSpec.single(["ill", "well"], name="class")
    assert data.labels.tolist() == [0, 1, -1, 0]
    assert list(data.features) == ["age", "sex", "smokes"]
    assert data.row_ids.tolist() == [1, 2, 3, 4]
    assert data.label_names == ("class",)


def test_multi_label_of_yes_no_columns(csv_file):
    text = "x,a,b,c\n1,1,yes,0\n2,0,no,\n3,1,,1\n"
    data = load_table(csv_file(text), target="c", labels=["a", "b"])
    assert data.spec.names == ("c", "a", "b")
    assert data.labels.tolist() == [[0, 1, 1], [-1, 0, 0], [1, 1, -1]]
    assert list(data.features) == ["x"]


def test_words_for_missing_are_told_by_the_column_that_they_stand_in(tmp_path):
    words = ["", "?", "NA", "n/a", "unknown", "None", "#N/A"]
    text = "".join(f"{w},{w},{w}\n" for w in ["1", "2", *words])
    (tmp_path / "a.csv").write_text("age,grade,y\n" + text.replace("1,1,1", "1,a,yes", 1)
                                    .replace("2,2,2", "2,b,no", 1))  # fmt: skip
    data = load_table(tmp_path / "a.csv", target="y")
    assert data.labels.tolist() == [1, 0] + [-1] * 7
    fitted = Preprocessor.fit(data.features)
    assert fitted.outputs[:3] == ("age", "age missing", "grade=#N/A")
    assert fitted.outputs[-1] == "grade other/missing"
    assert fitted.transform(data.features)[2:, 1].all()
    assert len(fitted.columns[1].values) == 8  # a, b and six words: kept, as nobody said otherwise
    data = load_table(tmp_path / "a.csv", target="y", cells=CellRules(missing=words[1:]))
    fitted = Preprocessor.fit(data.features)
    assert fitted.outputs == ("age", "age missing", "grade=a", "grade=b", "grade other/missing")
    assert fitted.transform(data.features)[2:, [1, 4]].all()


def test_parquet_and_csv_agree(tmp_path, csv_file):
    frame = pd.DataFrame(
        {"x": [1.5, None, 3], "s": pd.Categorical(["a", None, "b"]), "y": [1.0, 2.0, None]}
    )
    frame.to_parquet(tmp_path / "rows.parquet")
    parquet = load_table(tmp_path / "rows.parquet", target="y")
    text = load_table(csv_file("x,s,y\n1.5,a,1.0\n,,2\n3,b,\n"), target="y")
    assert parquet.spec == text.spec == LabelSpec.single(["1", "2"], name="y")
    assert parquet.labels.tolist() == text.labels.tolist() == [0, 1, -1]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_bom_quotes_and_line_ends(csv_file, separator):
    text = f'\ufeff"x"{separator} y \r\n"1"{separator}a\r\n"2"{separator}"b"\r\n'
    data = load_table(csv_file(text), target="y")
    assert data.spec.names == ("a", "b")
    assert data.features["x"].tolist() == ["1", "2"]


def test_gzip(tmp_path):
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode()))
    assert len(load_table(path, target="class")) == 4


def test_a_saved_spec_is_reused(csv_file):
    spec = LabelSpec.single(["well", "ill"], name="class")
    assert load_table(csv_file(), spec=spec).labels.tolist() == [1, 0, -1, 1]
    unlabelled = load_table(csv_file("age,sex\n1,f\n"), spec=spec)
    assert unlabelled.labels.tolist() == [-1]
    assert unlabelled.label_names == ()
    with pytest.raises(LabelError, match=r"rows\.csv: Row 2, column 'class': got 'dead'"):
        load_table(csv_file("age,class\n1,ill\n2,dead\n"), spec=spec)


def test_a_saved_multi_spec_takes_the_columns_there_are(csv_file):
    spec = LabelSpec.multi(["a", "b"])
    data = load_table(csv_file("x,b\n1,yes\n2,\n"), spec=spec)
    assert data.labels.tolist() == [[-1, 1], [-1, -1]]
    assert data.label_names == ("b",)


def test_id_column_and_drop(csv_file):
    text = "id,x,z,y\np1,1,1,a\np2,2,1,b\n"
    data = load_table(csv_file(text), target="y", id_column="id", drop=["z"])
    assert data.row_ids.tolist() == ["p1", "p2"]
    assert list(data.features) == ["x"]


def test_index_column_without_a_name_is_left_out(csv_file):
    data = load_table(csv_file(",x,y\n0,1,a\n1,2,b\n"), target="y")
    assert list(data.features) == ["x"]
    assert data.notes == ("1 column(s) without a name left out",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("x,y\n", "no data row"),
        ("\n\n", "is blank"),
        ("x,x,y\n1,2,a\n1,2,b\n", "column name 'x' stands in the header twice"),
        ("x,y\n1,a\n1,2,b\n", "line 3"),
        ("x,y\n1,a,3\n1,b,3\n", "data row 1 .line 2. has 3 cells, the header 2 names"),
        ('x,y\n"1,a\n2,b\n', "opens a double quote"),
        (b"x,y\n\xff\xfe,a\n1,b\n", "not UTF-8"),
        ("x,Class\n1,a\n2,b\n", "no column 'y'.* There are: 'x', 'Class'"),
        ("x,y2\n1,a\n2,b\n", "no column 'y'. Did you mean 'y2'"),
        ("1.5,-2,a\n1,2,b\n", "no column 'y'.*seems to have no header line"),
        ("1.5,-2,0\n1,2,1\n", r"first line holds numbers only \(1.5, -2, 0\): a row"),
        ("3,1,0\n1,2,1\n", "Put a line with names above it"),
        ("0,1,2\n1,2,1\n", "no column 'y'"),
        ("1,1,a\n1,2,b\n", "'1' stands in the header twice.*seems to have no header line"),
        ("x,y\n1,a\n2,a\n", "only one class, 'a'"),
        ("x,y\n1,\n2,NA\n", "missing in every row"),
        ("y\na\nb\n", "no feature column is left"),
    ],
)
def test_bad_files(csv_file, text, message):
    with pytest.raises(DataError, match=message):
        load_table(csv_file(text), target="y")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "name the target column"),
        ({"target": "clas"}, "Did you mean 'class'"),
        ({"target": "class", "labels": ["class"]}, "'class' is named twice"),
        ({"target": "class", "id_column": "class"}, "both a label and the row id"),
        ({"target": "class", "id_column": "age"}, "data row 2, column 'age': the row id is miss"),
        ({"target": "class", "drop": ["weight"]}, "no column 'weight'"),
    ],
)
def test_bad_arguments(csv_file, options, message):
    with pytest.raises(DataError, match=message):
        load_table(csv_file(), **options)


def test_bad_paths(tmp_path, csv_file):
    with pytest.raises(DataError, match="no such file"):
        read_frame(tmp_path / "none.csv")
    with pytest.raises(DataError, match="expected a file that ends in"):
        read_frame(csv_file(CSV, "rows.xls"))
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read_frame(csv_file(CSV, "rows.parquet"))
    with pytest.raises(DataError, match="cannot be read as CSV"):
        read_frame(csv_file(CSV, "rows.csv.gz"))


def test_a_group_is_no_feature_and_may_be_absent_for_a_run(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("who,x,y\np1,1,a\n,2,b\np1,3,a\n")
    data = load_table(path, target="y", group="who")
    assert data.groups.tolist()[::2] == ["p1", "p1"] and data.groups[1] != data.groups[1]
    assert data.group_name == "who" and list(data.features.columns) == ["x"]
    assert data.take([2, 1]).groups[0] == "p1"
    assert load_table(path, target="y").groups is None
    assert load_table(path, spec=data.spec, group="someone").groups is None
    with pytest.raises(DataError, match="no column 'whom'"):
        load_table(path, target="y", group="whom")
    for other in ({"target": "who", "group": "who"}, {"target": "y", "sides": ["who"]}):
        with pytest.raises(DataError, match="'who' cannot be both the group and a target or side"):
            load_table(path, **{"group": "who", **other})


def test_training_only_columns_are_no_features_and_later_files_may_have_them_or_not(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("x,time,second,y\n1,2.5,mild,a\n2,,severe,b\n3,4,,a\n")
    rows = load_table(path, target="y", training_only=["second", "time"])
    assert list(rows.features) == ["x"]
    assert list(rows.training_only) == ["second", "time"]
    assert rows.training_only["time"].isna().tolist() == [False, True, False]
    assert rows.take([2, 0]).training_only["second"].tolist()[1] == "mild"
    again = load_table(path, spec=rows.spec, training_only=["second", "time"])
    assert list(again.features) == ["x"]
    assert again.training_only is None
    (tmp_path / "new.csv").write_text("x\n5\n")
    new = load_table(tmp_path / "new.csv", spec=rows.spec, training_only=["second", "time"])
    assert list(new.features) == ["x"]
