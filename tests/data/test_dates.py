from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.dates import ISO, date_columns, date_format, read_dates
from labelfeed.data.table import load_table


@pytest.mark.parametrize(
    ("cells", "how"),
    [
        (["2020-01-31", "1999-12-01"], ISO),
        (["2020-01-31T10:00:00Z", "2020-01-31 09:30"], ISO),
        (["20200131", "19991201"], "%Y%m%d"),
        (["2020/1/31", "2020/12/1"], ISO),
        (["1.2.2020", "31.12.2020"], "%d.%m.%Y"),
        (["1/2/2020", "12/31/2020"], "%m/%d/%Y"),
        (["1/2/20 13:05", "31/12/20 7:00"], "%d/%m/%y %H:%M"),
        (["12/31/2020 1:05 PM"], "%m/%d/%Y %I:%M %p"),
        (["3 Jan 2020", "31 Dec 1999"], "%d %b %Y"),
        (["3 January 2020", "31 December 1999"], "%d %B %Y"),
        (["January 3, 2020"], "%B %d, %Y"),
    ],
)
def test_the_one_spelling_is_found(cells, how):
    assert date_format(cells) == (how,)


def test_every_cell_is_read_and_missing_stays_missing():
    rows = pd.DataFrame({"visit": ["31.1.2020", " ", None, "?", "1.2.2020", "31.1.2020"], "a": 1})
    read, how = read_dates(rows, ["visit"], "f.csv")
    assert how == ("visit=%d.%m.%Y",)
    assert read["visit"].dt.strftime("%Y-%m-%d").tolist() == [
        "2020-01-31", np.nan, np.nan, np.nan, "2020-02-01", "2020-01-31"
    ]  # fmt: skip
    again, _ = read_dates(rows.iloc[4:5], how, "f.csv")  # alone it could be the 2nd of January
    assert again["visit"].iloc[0] == pd.Timestamp(2020, 2, 1)


def test_numbers_and_dates_are_taken():
    rows = pd.DataFrame({"a": [20200131.0, np.nan], "b": pd.to_datetime(["2020-01-31", None])})
    rows["c"] = pd.to_datetime(["2020-01-31 23:00", None]).tz_localize("Etc/GMT+3")
    read, how = read_dates(rows, ["a", "b", "c"], "f.csv")
    assert how == ("a=%Y%m%d", f"b={ISO}", f"c={ISO}")
    assert read.iloc[0].dt.day.tolist() == [31, 31, 1]  # UTC
    assert read.iloc[1].isna().all()


def test_two_spellings_are_asked_for():
    rows = pd.DataFrame({"visit": ["3/4/2021", "1/2/2021"]})
    with pytest.raises(DataError, match=r"can be 25/12/2021 or 12/25/2021, .*--dates visit=dmy or"):
        read_dates(rows, ["visit"], "f.csv")
    for order, month in (("dmy", 4), ("mdy", 3), ("%d/%m/%Y", 4)):
        read, how = read_dates(rows, [f"visit={order}"], "f.csv")
        assert read["visit"].dt.month[0] == month
        assert read_dates(rows, how, "f.csv")[1] == how


@pytest.mark.parametrize(
    ("cells", "given", "message"),
    [
        (["31.1.2020", "soon"], "visit", "data row 2, column 'visit'.*got 'soon'; .* 25.12.2021"),
        (["31.1.2020", "1.31.2020"], "visit", "data row 2, .*got '1.31.2020'"),
        (["1.2.2020", "1.31.2020"], "visit=dmy", "data row 2, .*got '1.31.2020'"),
        (["tall", "small"], "visit", "'tall' is no date in any spelling"),
        ([17.5, 20200131], "visit", "is no date in any spelling|got '17.5'"),
        (["1.2.2020"], "visit=day", "expected dmy, mdy, ymd or a format"),
        (["1.2.2020"], "vist=dmy", "no column 'vist' for --dates. Did you mean 'visit'"),
    ],
)
def test_what_is_no_date_is_refused(cells, given, message):
    with pytest.raises(DataError, match=message):
        read_dates(pd.DataFrame({"visit": cells}), [given], "f.csv")


def test_columns_of_a_run_need_not_be_there():
    rows = pd.DataFrame({"a=b": ["2020-01-31"]})
    assert date_columns(rows, ["a=b", "c=dmy"]) == ["a=b", "c"]
    read, how = read_dates(rows, ["a=b", "c=dmy"], "f.csv", absent=True)
    assert how == ("a=b=ISO8601",)
    assert read["a=b"].dtype.kind == "M"


def test_in_a_table(tmp_path):
    path = tmp_path / "rows.csv"
    days = pd.date_range("2020-01-01", periods=120).strftime("%d.%m.%Y")
    pd.DataFrame({"visit": days, "y": ["a", "b"] * 60}).to_csv(path, index=False)
    with pytest.raises(DataError, match=r"'visit' looks like dates, .*--dates visit"):
        load_table(path, target="y")
    data = load_table(path, target="y", dates=["visit"])
    assert data.dates == ("visit=%d.%m.%Y",)
    assert data.notes == ("read as dates: visit=%d.%m.%Y",)
    again = load_table(path, spec=data.spec, dates=data.dates)
    pd.testing.assert_frame_equal(again.features, data.features)
    with pytest.raises(DataError, match="'y' is no feature"):
        load_table(path, target="y", dates=["y"])


def test_a_date_that_tells_the_label_is_told(tmp_path):
    path = tmp_path / "rows.csv"
    days = pd.date_range("2020-01-01", periods=120).astype(str)
    pd.DataFrame({"visit": days, "y": ["a"] * 60 + ["b"] * 60}).to_csv(path, index=False)
    notes = load_table(path, target="y", dates=["visit"]).notes
    assert any("column 'visit'" in note and "AUC 1.000" in note for note in notes)
