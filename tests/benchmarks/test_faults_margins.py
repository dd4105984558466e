"""The sweep of cosines: its poles are there, and what is not finite or not monotone is seen."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from benchmarks import faults_margins
from benchmarks.faults_margins import DTYPES, FUNCTIONS, cosines, tallied
from tests.contracts._heads import ROWS

pytestmark = pytest.mark.only_backend("torch")


def test_every_margin_and_head_at_the_poles(monkeypatch) -> None:
    assert keras.backend.backend() == "torch"
    at = cosines(20, np.random.default_rng(0))
    assert at[0] == -1 and at[-1] == 1 and (np.diff(at) >= 0).all()
    found = tallied(4 * (len(FUNCTIONS) + len(ROWS)) * len(DTYPES), 0)
    assert [tally.faults for tally in found] == [[], []]
    monkeypatch.setattr(faults_margins, "ROWS", {})
    monkeypatch.setattr(faults_margins, "FUNCTIONS", {"falls": lambda c: -c})
    assert sum(tally.wrong for tally in tallied(60, 0)) > 10
    monkeypatch.setattr(faults_margins, "FUNCTIONS", {"arccos": keras.ops.arccos})
    assert any("gradient" in fault for t in tallied(60, 0) for fault in t.faults)
