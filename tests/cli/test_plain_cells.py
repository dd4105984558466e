from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.plain_cells import plain_cells


@pytest.mark.parametrize("text", ["=1+2", "+cmd|x", "-a", "@SUM(A1)", "\t=1", "\r=1", " =1", "-_1"])
def test_what_a_spreadsheet_runs_gets_an_apostrophe(text):
    made = plain_cells(pd.DataFrame({"id": ["a", text], text: [1, 2]}))
    assert made["id"].tolist() == ["a", f"'{text}"] and list(made) == ["id", f"'{text}"]


def test_numbers_names_and_gaps_stay():
    frame = pd.DataFrame(
        {"id": ["-5", "+1e3", "p-1", None, "a=b"], "p": [-1.0, np.nan, 2, 3, 4], "y": [True] * 5}
    )
    pd.testing.assert_frame_equal(plain_cells(frame), frame)


def test_two_columns_of_one_name():
    frame = pd.DataFrame([["=1", "=2"]], columns=["a", "a"])
    assert plain_cells(frame).to_numpy().tolist() == [["'=1", "'=2"]]
