"""Outcomes of cases: right, refused in a clear line, wrong, or another error."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.inputs_tally import Case, Tally, rise_of_memory
from labelfeed.labels.errors import LabelError


def raised(error: BaseException):
    def run() -> None:
        raise error

    return run


def is_one(found: object) -> bool:
    return found == 1


CELL = LabelError(row=3, column="y", value="x", expected="a class")
CASES = {
    "right": (Case("", lambda: 1, is_one), "right"),
    "another value": (Case("", lambda: 2, is_one), "wrong"),
    "read, to be refused": (Case("", lambda: 1, None), "wrong"),
    "refused": (Case("", raised(CELL), None, row=3, column="y"), "refused"),
    "refused, may be": (Case("", raised(CELL), is_one, refusable=True), "refused"),
    "refused, fits": (Case("", raised(CELL), is_one), "wrong"),
    "another row": (Case("", raised(CELL), None, row=2), "other"),
    "another column": (Case("", raised(CELL), None, column="z"), "other"),
    "two lines": (Case("", raised(LabelError("a\nb")), None), "other"),
    "no words": (Case("", raised(LabelError("")), None), "other"),
    "another exception": (Case("", raised(KeyError("y")), None), "other"),
    "a hang": (Case("", lambda: time.sleep(5), None), "other"),
    "memory": (Case("", lambda: np.ones(40_000_000).sum() and 1, is_one, limit_mb=100), "other"),
}


@pytest.mark.parametrize(("case", "outcome"), CASES.values(), ids=CASES)
def test_outcomes(case: Case, outcome: str) -> None:
    tally = Tally("", (LabelError,), limit_s=0.5, limit_mb=1000)
    tally.take(case)
    assert getattr(tally, outcome) == tally.tried == 1
    assert len(tally.faults) == (outcome in ("wrong", "other"))


def test_memory_of_a_block_is_its_own() -> None:
    with rise_of_memory() as large:
        np.ones(20_000_000).sum()
    with rise_of_memory() as small:
        pass
    assert 150 < large[0] < 400 and small[0] < 20
