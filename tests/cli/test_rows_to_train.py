from __future__ import annotations

import pytest

from labelfeed.cli.rows_to_train import load_to_train, naming_files
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.streamed_table import StreamedTable
from labelfeed.limits import limits
from labelfeed.options import TrainingOptions
from tests._rows import write_csv


def test_it_reads_as_the_options_have_it_and_gives_back_how(tmp_path):
    csv = write_csv(tmp_path / "rows.csv")
    given = {"target": "class", "id_column": "id", "side_ranges": ("age=3",), "sides": ("age",),
             "cells": {"missing": ("f",)}}  # fmt: skip
    dataset, reading = load_to_train(str(csv), given, TrainingOptions())
    assert dataset.sides.specs[0].num_classes == 3 and reading["side_ranges"] == {"age": 3}
    assert "cells" not in reading and "cells" in given
    with pytest.raises(DataError, match="--annotators does not go with --training-only"):
        load_to_train(str(csv), {"training_only": ("age",)}, TrainingOptions(), ["cough", "fever"])


def test_classes_of_an_embedding_may_be_numbers(tmp_path):
    csv = write_csv(tmp_path / "rows.csv")
    _, reading = load_to_train(str(csv), {"target": "class"}, TrainingOptions("margin"))
    assert reading["side_ranges"] == {"class": 0}


def test_rows_stay_on_disk_where_asked_or_too_large(tmp_path, capsys):
    csv, given = str(write_csv(tmp_path / "rows.csv")), {"target": "class", "id_column": "id"}
    table, _ = load_to_train(csv, given, TrainingOptions(seed=3), stream=True)
    assert isinstance(table, StreamedTable) and table.sides.seed == 3
    with limits(max_bytes=100):
        table, _ = load_to_train(csv, given, TrainingOptions(), stream=None)
    assert isinstance(table, StreamedTable)
    assert "are more than the 100 bytes allowed" in capsys.readouterr().err
    assert isinstance(load_to_train(csv, given, TrainingOptions(), stream=None)[0], Dataset)
    with pytest.raises(DataError, match="--annotators needs all rows"):
        load_to_train(csv, given, TrainingOptions(), ["cough", "fever"], stream=True)


def test_a_row_of_several_files_is_named_by_its_file(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text("x,y\n1,u\n2,v\n")
    files = (str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    error = DataError(row=4, column="x", value="?", expected="a number")
    there = r"b\.csv: Data row 2, column 'x': got '\?'"
    with pytest.raises(DataError, match=there), naming_files(files):
        raise error
    with pytest.raises(DataError, match=r"^Data row 4"), naming_files(files[0]):
        raise error
