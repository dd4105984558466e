from __future__ import annotations

import json

from labelfeed.checks.columns import Column
from labelfeed.checks.result import Check


def test_everything_is_shown_once_and_escaped():
    columns = (Column("age\x1b[31m", "number", "1 to 2", 2, 0.25), Column("y", "yes/no", "", 2, 0))
    found = Check(
        "rows.csv", 1200, columns, {"y": "target"}, (("label", "is"), ("y", "2 classes")),
        (("cells of", "read as"), ("labels", "yes")), ("look here",), "guessed", "", {},
        ("labelfeed", "train", "a b.csv"),
    )  # fmt: skip
    assert str(found).split("\n") == [
        "rows.csv: 1,200 rows and 2 columns",
        "",
        "column       is      values  missing",
        r"age\x1b[31m  number  1 to 2  25%",
        "y            target          -",
        "",
        "guessed",
        "",
        "label  is",
        "y      2 classes",
        "",
        "cells of  read as",
        "labels    yes",
        "",
        "Look at:",
        "- look here",
        "",
        "Train with:",
        "labelfeed train 'a b.csv'",
    ]
    assert json.loads(json.dumps(found.to_json()))["columns"][1]["is"] == "target"


def test_trouble_takes_the_place_of_the_command():
    found = str(Check("rows.csv", 3, (Column("y", "text", "", 3, 0),), trouble="it is text."))
    assert found.endswith("Training would stop: it is text.")


def test_many_columns_are_told_by_kind():
    columns = tuple(Column(f"x{i}", "number", "", 9, 0.1 * (i == 3)) for i in range(40))
    columns += (Column("sex", "category", "f 50%", 2, 0), Column("y", "yes/no", "0 50%", 2, 0))
    columns += tuple(Column(f"l{i}", "yes/no", "", 2, 0) for i in range(5))
    roles = {"y": "target", **{f"l{i}": "label" for i in range(5)}}
    lines = str(Check("rows.csv", 3, columns, roles)).split("\n")[2:]
    assert [" ".join(line.split()) for line in lines] == [
        "column is values missing",
        "x0..x39 40 numbers 1 of them, up to 10%",
        "sex category f 50% -",
        "y target 0 50% -",
        "l0..l4 5 labels -",
    ]
