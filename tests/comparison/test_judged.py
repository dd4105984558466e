"""One split: all contenders on the same labels, and nothing after the deadline."""

from __future__ import annotations

import itertools
import json

import numpy as np

from labelfeed.comparison.judged import SCORED, judged, reliability_bins
from labelfeed.labels.spec import LabelSpec
from tests.comparison._rows import NAMES, design_of, findings


def test_every_contender_is_scored_on_the_same_labels() -> None:
    words = np.array(["a", "b"] * 60, object)
    design = design_of(findings(120), by={"site": words})
    found = json.loads(json.dumps(judged(design, 0, 1)))
    assert found["split"] == [0, 1] and found["rows"] == [96, 24]
    point = design.verdict_point
    counts = {found["contenders"][n]["scores"][point]["labels"] for n in NAMES}
    assert len(counts) == 1 and counts.pop() > 0
    ours, plain = (found["contenders"][n] for n in ("partial-labels", "plain"))
    assert ours["scores"][point]["macro_auc"] > plain["scores"][point]["macro_auc"]
    assert ours["scores"]["0% known"]["log_loss"] == plain["scores"]["0% known"]["log_loss"]
    assert set(ours["scores"][point]) == {"labels", *SCORED}
    assert set(ours["by"]["site"]) == {"a", "b"}
    assert ours["seconds"] >= plain["seconds"] > 0


def test_after_the_deadline_nothing_is_begun() -> None:
    ticks = itertools.count()
    found = judged(design_of(findings()), 0, 0, deadline=1.5, clock=lambda: float(next(ticks)))
    assert found == {"unfinished": [0, 0]}


def test_bins_count_each_class_against_the_others() -> None:
    p = np.array([[0.1, 0.9], [0.6, 0.4]])
    bins = reliability_bins(np.array([1, -1]), p, LabelSpec.single(2))
    assert sum(n for n, _, _ in bins) == 2 and bins[1][2] == 0 and bins[9][2] == 1
