from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pandas as pd

from labelfeed.checks.columns import Column, describe
from labelfeed.checks.plan import completed, in_lines, train_command
from labelfeed.labels.cell_rules import CellRules

EMPTY = {"target": "y", "labels": (), "sides": (), "side_ranges": {}, "order": {}, "weights": (),
         "group": None, "id_column": None, "drop": (), "dates": (),
         "decimal": None, "encoding": None, "cells": CellRules()}  # fmt: skip


def _completed(frame, **reading):
    return completed({**EMPTY, **reading}, describe(frame), frame)


def test_ids_dates_and_decimals_follow_from_the_columns():
    rows = pd.DataFrame({"case id": [f"c{i}" for i in range(150)], "y": ["a", "b", "c"] * 50})
    rows["visit"] = pd.date_range("2020-01-01", periods=150).astype(str)
    rows["dose"] = [f"{i}.5%" for i in range(150)]
    plan, notes = _completed(rows)
    assert plan == {**EMPTY, "id_column": "case id", "dates": ("visit",), "decimal": "."}
    assert notes == ()
    told = {"id_column": "visit", "drop": ("dose", "case id")}
    assert _completed(rows, **told)[0] == {**EMPTY, **told}


def test_patients_are_proposed_as_groups():
    rows = pd.DataFrame({"patient": [f"p{i // 4}" for i in range(200)], "y": ["a", "b"] * 100})
    plan, notes = _completed(rows)
    assert plan["group"] == "patient"
    assert notes[0].startswith("'patient' may tell patients or the like: 50 values in 200 rows")


def test_what_would_stop_training_is_left_out_and_said():
    rows = pd.DataFrame({"y": ["a", "b"] * 60, "n": ["soon", *map(str, range(119))]})
    plan, notes = _completed(rows)
    assert plan["drop"] == ("n",)
    assert notes[0].startswith("column 'n' left out: Data row 1, column 'n': got 'soon'")


def test_the_command_is_quoted_and_broken_into_lines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [f"it's {i}" for i in range(30)]
    words = train_command(Path("my rows.csv.gz"), {**EMPTY, "target": "-1", "labels": names})
    lines = in_lines(words)
    assert words[:4] == ("labelfeed", "train", "my rows.csv.gz", "--target=-1")
    assert words[-2:] == ("--out", "my rows-run")
    assert len(lines) > 3
    assert all(len(line) <= 100 for line in lines)
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert shlex.split("\n".join(lines).replace("\\\n", "")) == list(words)
    Path("my rows-run").mkdir()
    assert train_command(Path("my rows.csv"), EMPTY)[-1] == "my rows-run-2"


def test_the_first_of_two_ids_is_the_one_called_so():
    columns = [Column("a", "identifier", "", 60, 0.0), Column("id", "identifier", "", 60, 0.0)]
    rows = pd.DataFrame({"a": np.arange(60.0), "id": np.arange(60)})
    assert completed(EMPTY, columns, rows)[0]["id_column"] == "id"


def test_a_word_that_comes_back_among_numbers_is_taken_for_missing():
    rows = pd.DataFrame({"y": ["a", "b"] * 60, "crp": ["k.A.", *map(str, range(5))] * 20})
    plan, notes = _completed(rows)
    assert plan["cells"].missing == ("k.a.",)
    assert notes == ("'k.A.' among the numbers of 'crp': taken for missing (--missing)",)
    assert _completed(rows, cells=CellRules(keep="k.A."))[0]["cells"].missing == ()
    assert _completed(rows.replace("k.A.", "NA"))[0]["cells"] == CellRules()


def test_orders_ranges_and_weights_are_in_the_command():
    plan = {**EMPTY, "order": {"y": ("none", "mild")}, "side_ranges": {"age": (18.0, 65.5), "w": 0}}
    words = train_command(Path("rows.csv"), {**plan, "weights": ("w", "y=v")})
    assert words[5:-2] == (
        "--ranges", "age=18,65.5", "--ranges", "w=0", "--order", "y=none<mild",
        "--weight", "w", "--weight", "y=v",
    )  # fmt: skip
