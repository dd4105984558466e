"""CSV files by pyarrow say what those of pandas say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.csv_text import write_csv

P = [0.1, 1.0, 1e-300, np.float64(np.float32(0.7)), np.nan]
FRAMES = {
    "plain": {"row": [1, 2, 3, 4, 5], "p": P, "predicted": ["ill", "well", None, "é", "=1"]},
    "quotes": {"a,b": ["x", 'say "hi"', "1,5", "two\nlines", None], 'p "x"': P},
    "bool": {"ill": [True, False, True], "n": np.array([1, 2, 3], np.uint8)},
    "mixed": {"id": [1, "a", None], "p": [0.5, 0.25, 1.0]},
    "dates": {"day": pd.to_datetime(["2024-01-01", "2024-02-01"]), "p": [0.5, 0.25]},
    "categories": {"c": pd.Categorical(["b", None, "a"]), "x": np.float32([0.1, 2, 3])},
    "nothing": {"row": np.array([], int), "p": np.array([], float)},
    "infinite": {"x": [np.inf, -np.inf, 1.0], "y": [None, None, None]},
}


@pytest.mark.parametrize("name", FRAMES)
def test_reading_gives_what_pandas_writes(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame(FRAMES[name])
    write_csv(frame, tmp_path / "ours.csv")
    frame.to_csv(tmp_path / "theirs.csv", index=False)
    ours, theirs = (pd.read_csv(tmp_path / f"{who}.csv") for who in ("ours", "theirs"))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_text_has_quotes_only_where_some_must(tmp_path: Path) -> None:
    frame = pd.DataFrame({"predicted": ["ill", None], "p": [0.5, np.nan], "yes": [True, False]})
    write_csv(frame, tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text() == "predicted,p,yes\nill,0.5,True\n,,False\n"
    write_csv(pd.DataFrame({"a": ["x,y", "z"], "n": [1, 2]}), tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text() == 'a,n\n"x,y",1\n"z",2\n'


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_csv(pd.DataFrame({"a": [1]}), tmp_path / "no" / "rows.csv")
