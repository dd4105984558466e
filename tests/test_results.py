"""Every public result: frozen, JSON types, a table, and a view in which no name can act."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from labelfeed.checks.columns import Column
from labelfeed.checks.result import Check
from labelfeed.comparison.result import Comparison
from labelfeed.estimators.given_rows import given_rows
from labelfeed.metrics.information import METRICS, InformationCurve
from labelfeed.metrics.intervals import Interval
from labelfeed.metrics.numbers import NumberScores
from labelfeed.metrics.probabilities import Scores
from labelfeed.metrics.significance import PairedTest
from labelfeed.noise.cleaned import Cleaned
from labelfeed.noise.errors import NoiseError
from labelfeed.noise.honest import ColumnNoise
from labelfeed.results import Result, json_types, result_html
from labelfeed.sides.findings import SideFinding

EVIL = "<script>alert(1)</script>"


def cleaned() -> Cleaned:
    y = np.array([0, 1, 1])
    rows = given_rows(np.eye(3), y, None, None, {}, "clean", NoiseError)
    sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]])
    found = ColumnNoise(rows.spec.label_columns[0], y, np.eye(2), sure, sure, 0.1, 0.01, True)
    return Cleaned(rows, (found,), np.eye(3), (EVIL,))


RESULTS = {
    "check": Check(EVIL, 2, (Column(EVIL, "number", "1 to 2", 2, 0.0),)),
    "curve": InformationCurve((0.0, "last"), dict.fromkeys(METRICS, ((0.5, np.nan),)), (4.0, 1.0)),
    "interval": Interval(0.5, float("nan"), float("nan"), 1, 1),
    "numbers": NumberScores(3, 1.0, 1.5, None, 0.9, 1.0),
    "scores": Scores(rows=3, auc={EVIL: 0.5}, skipped=(EVIL,)),
    "side": SideFinding(EVIL, "leak", "same", EVIL, 1.0),
    "test": PairedTest(1, 2, 0.5),
}


@pytest.mark.parametrize("name", [*RESULTS, "cleaned"])
def test_results_have_one_face(name: str) -> None:
    result = cleaned() if name == "cleaned" else RESULTS[name]
    assert isinstance(result, Result)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, dataclasses.fields(result)[0].name, None)
    json.dumps(result.to_dict(), allow_nan=False)
    assert isinstance(result.to_frame(), pd.DataFrame) and len(result.to_frame())
    shown = result._repr_html_()
    assert "<table" in shown and "<script" not in shown


def test_a_comparison_is_one_too() -> None:
    assert issubclass(Comparison, Result)


def test_a_cleaned_table_shows_the_repaired_rows_only() -> None:
    found = cleaned()
    assert found._repr_html_().count("<tr") == 2  # the header, and the one row that is repaired
    assert found.to_dict()["labels"][0]["repairs"][0]["error"] == pytest.approx(0.8)


def test_a_curve_comes_back() -> None:
    curve = RESULTS["curve"]
    again = InformationCurve.from_json(json.loads(json.dumps(curve.to_json())))
    assert again.shares == curve.shares and np.isnan(again.values["macro_auc"][0][1])
    assert again.to_frame()["known"].tolist() == ["0%", "all but one"]
    for broken in ({}, {**curve.to_json(), "shares": [0.5]}, {**curve.to_json(), "scored": "x"}):
        with pytest.raises(ValueError, match=r"no information curve|could not convert"):
            InformationCurve.from_json(broken)


def test_json_types_know_arrays_and_what_is_no_number() -> None:
    found = json_types({1: np.array([1.0, np.nan]), "b": np.int64(3), "c": (True, None, object)})
    assert found["1"] == [1.0, None] and found["b"] == 3 and found["c"][:2] == [True, None]
    assert isinstance(found["c"][2], str)


def test_a_long_table_is_cut() -> None:
    shown = result_html(EVIL, pd.DataFrame({"a": range(1000)}))
    assert shown.count("<tr") < 70 and "<script" not in shown
