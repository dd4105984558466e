from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.checks.columns import describe, named_ranges, percent, row_sample

ROWS = 200
RNG = np.random.default_rng(0)
DAYS = pd.date_range("2020-01-01", periods=ROWS)


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (np.arange(ROWS) % 61 + 0.5, "number", "0.5 to 60.5"),
        (np.arange(ROWS) % 3, "number", "0 34%, 1 34%, 2 33%"),
        ((np.arange(ROWS) % 4 == 0).astype(int), "yes/no", "0 75%, 1 25%"),
        (["yes", "no"] * 100, "yes/no", "no 50%, yes 50%"),
        (["f", "m", "m", None] * 50, "category", "m 67%, f 33%"),
        ([f"town {i % 7}" for i in range(ROWS)], "category", "town 0 14%, town 1 14%, "),
        ([f"p{i}" for i in range(ROWS)], "identifier", "such as p0"),
        (np.arange(1, ROWS + 1), "identifier", "counts the rows"),
        ([f"word {i % 150}" for i in range(ROWS)], "text", "150 different, such as word 0"),
        (["x"] * ROWS, "constant", "always 'x'"),
        ([None] * ROWS, "empty", ""),
        (DAYS, "date", "2020-01-01 to 2020-07-18"),
        (pd.to_timedelta(np.arange(ROWS), unit="D"), "unread", ""),
    ],
)
def test_what_a_column_is(cells, kind, values):
    frame = pd.DataFrame({"c": cells})
    for read in (frame, frame.astype(object)) if kind not in ("unread", "date") else (frame,):
        (found,) = describe(read)
        assert found.kind == kind
        assert values in found.values
        assert not found.trouble


def test_numbers_as_text_are_numbers():
    (found,) = describe(pd.DataFrame({"age": ["30", "41", None, "52"]}))
    assert (found.kind, found.values, found.missing, found.whole) == (
        "number", "30 to 52", 0.25, True
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "kind", "options"),
    [
        (DAYS.strftime("%d.%m.%Y"), "date", ("--dates", "c")),
        (DAYS.strftime("%Y%m%d"), "date", ("--dates", "c")),
        ([f"{i}.5%" for i in range(ROWS)], "number", ("--decimal", ".")),
        ([f"{i},5" for i in range(ROWS)], "number", ("--decimal", ",")),
    ],
)
def test_another_spelling_names_the_option(cells, kind, options):
    (found,) = describe(pd.DataFrame({"c": cells}))
    assert (found.kind, found.options, found.trouble) == (kind, options, "")


def test_decimal_commas_of_a_semicolon_file_need_none():
    (found,) = describe(pd.DataFrame({"c": [f"{i % 9},5" for i in range(ROWS)]}), True)
    assert (found.kind, found.options) == ("number", ())


@pytest.mark.parametrize(
    ("cells", "trouble"),
    [
        (
            [f"{i % 12 + 1}/{i % 11 + 1}/2020" for i in range(ROWS)],
            "--dates c=dmy or --dates c=mdy",
        ),
        ([f"{i},{i % 7 + 100}" for i in range(1, ROWS)], "say --decimal , or --decimal ."),
        (["soon", *range(ROWS)], "Data row 1, column 'c': got 'soon'; expected a number"),
    ],
)
def test_what_would_stop_training(cells, trouble):
    (found,) = describe(pd.DataFrame({"c": cells}))
    assert trouble in found.trouble


def test_large_tables_are_looked_at_in_a_sample():
    assert row_sample(1000, 10).tolist() == list(range(1000))
    some = row_sample(1_000_000, 20)
    assert len(some) == 20_000
    assert (some[0], some[-1]) == (0, 999_999)
    frame = pd.DataFrame({"id": np.arange(1, 50_001), "x": np.arange(50_000) % 2})
    assert [c.kind for c in describe(frame)] == ["identifier", "yes/no"]


def test_names_are_shortened():
    names = [f"x{i}" for i in range(100)]
    assert named_ranges(names, names) == "x0..x99"
    assert named_ranges(names[::2], names, most=20) == "x0, x2, x4, x6, x8, ..."
    assert percent(0.0) == "0%"
    assert percent(1.0) == "100%"
