"""Runs side by side: ranked on the same rows only."""

from __future__ import annotations

import dataclasses

import pytest

from labelfeed.records.stored import StoredRun, read_stored
from labelfeed.report.several import several_parts, several_verdict, unlike
from labelfeed.report.tables import Table
from tests._stored import COLOURS, held_out, write_run


@pytest.fixture
def runs(tmp_path) -> list[StoredRun]:
    skills = {"weak": 0.3, "strong": 2.5, "strong too": 2.5}
    return [
        read_stored(write_run(tmp_path / name, held_out(skill=skill)))
        for name, skill in skills.items()
    ]


def test_the_better_one_is_said_to_be_so(runs) -> None:
    verdict = several_verdict(runs[:2])
    assert verdict.startswith("strong is better than the other: +")
    assert verdict.endswith("over weak, 50% of the labels known")


def test_equal_ones_are_not_ranked(runs) -> None:
    assert several_verdict(runs).startswith("none is shown to be better: strong +0.0 [0.0, 0.0]")


def test_differences_are_paired(runs) -> None:
    tables = [part for part in several_parts(runs) if isinstance(part, Table)]
    assert tables[0].emphasis == (1,)
    assert [t.title for t in tables[1:]] == [
        "Differences, nothing known", "Differences, 50% of the labels known",
    ]  # fmt: skip
    assert tables[1].columns[0] == "minus weak"
    assert tables[1].rows[0][1:] == tables[1].rows[1][1:]  # the same predictions
    assert tables[1].rows[0][3].startswith("-")  # less log loss


def test_other_rows_or_labels_are_said_not_ranked(runs, tmp_path) -> None:
    weak, strong, _ = runs
    held = strong.held_out
    others = {
        "different data": dataclasses.replace(strong, data={"fingerprint": "g"}),
        "held out different rows": dataclasses.replace(
            strong, held_out=dataclasses.replace(held, rows=held.rows + 1)
        ),
        "read different labels": dataclasses.replace(
            strong, held_out=dataclasses.replace(held, labels=1 - held.labels)
        ),
        "did not keep": dataclasses.replace(strong, held_out=None),
        "different labels": read_stored(
            write_run(tmp_path / "colours", held_out(COLOURS), COLOURS)
        ),
    }
    for why, other in others.items():
        assert why in unlike([weak, other])
        assert several_verdict([weak, other]).startswith("not ranked: ")
        parts = several_parts([weak, other])
        assert len(parts) == 1 and parts[0].emphasis == () and "Not ranked" in parts[0].note


def test_too_few_rows_cannot_tell(tmp_path) -> None:
    few = [
        read_stored(write_run(tmp_path / name, held_out(skill=skill, n=20)))
        for name, skill in (("a", 0.5), ("b", 3.0))
    ]
    assert several_verdict(few).startswith("cannot tell: too few held-out rows")
