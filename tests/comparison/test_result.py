"""The result: JSON, a table, a notebook's HTML, and nothing that can be changed."""

from __future__ import annotations

import dataclasses
import json

import pytest

from labelfeed.comparison.decision import Outcome
from labelfeed.comparison.result import Compared, Comparison
from labelfeed.metrics.intervals import Interval

_NONE = Interval(0.01, float("nan"), float("nan"), 1, 1)
_SCORES = {"50% known": {"macro_auc": 0.8, "log_loss": None}}


@pytest.fixture
def found() -> Comparison:
    bins = ((30, 0.5, 0.4),)
    return Comparison(
        "pays: <b> & so on",
        Outcome("pays", "partial-labels", "plain", Interval(0.03, 0.01, 0.05, 9, 10), 0.001, 0.02),
        (
            Compared("plain", "plain", "plain", False, _SCORES, None, _NONE, "trees", 1.0, bins),
            Compared("partial-labels", "partial-labels", "strategy", True, _SCORES, _NONE, _NONE,
                     "plain", 2.0, bins),
        ),
        "macro_auc", "50% known", 10, 25, 5, 60,
    )  # fmt: skip


def test_is_json_without_nan(found) -> None:
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["decision"]["gain"]["low"] == 0.01 and told["contenders"][0]["over_plain"] is None
    assert told["contenders"][1]["over_plain"]["low"] is None


def test_is_a_table_of_contenders(found) -> None:
    frame = found.to_frame()
    assert frame["contender"].tolist() == ["plain", "partial-labels"]
    assert frame["over plain"].isna().tolist() == [True, False]
    assert {"macro_auc", "over best peer low", "seconds"} <= set(frame.columns)


def test_shows_itself_and_stays_as_it_is(found) -> None:
    page = found._repr_html_()
    assert "&lt;b&gt; &amp; so on" in page and "<table" in page and "0.800" in page
    assert str(found) == found.verdict and found.pays
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.verdict = "no"
