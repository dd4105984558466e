from __future__ import annotations

import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.frame import cell_separator, no_header, read_frame


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_in_the_header(tmp_path, separator):
    path = tmp_path / "rows.csv"
    path.write_text(f"a{separator}b\n1{separator}2\n")
    assert cell_separator(path) == separator
    assert read_frame(path)[0].to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_files_of_typed_cells_have_none(tmp_path):
    path = tmp_path / "rows.parquet"
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}).to_parquet(path)
    assert cell_separator(path) == ""
    assert read_frame(path)[0]["a"].tolist() == [1, 2]


def test_names_that_are_numbers_may_be_a_row():
    assert "no header" in no_header(pd.Index(["1.5", "-2", "x"]))
    assert no_header(pd.Index(["a", "b", "2"])) == ""


def test_the_suffix_says_what_it_is(tmp_path):
    path = tmp_path / "rows.ods"
    path.write_text("x")
    with pytest.raises(DataError, match=r"expected a file that ends in \.csv, .*\.xlsx"):
        read_frame(path)
