"""Splits are made in order, within the budget, the same in one process and in several."""

from __future__ import annotations

import pytest

import labelfeed.comparison.runner as rooms
from labelfeed.comparison.journal import Journal
from labelfeed.comparison.runner import Clock, cores, run_splits
from tests.comparison._rows import design_of, drawn, findings


class Watch:
    """A time that goes on by a step with each split."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch):
    watch, asked = Watch(), []

    def judged(design, repeat, fold, deadline):
        asked.append((repeat, fold, design.contenders))
        watch.now += 10
        if watch.now > deadline:
            return {"unfinished": [repeat, fold]}
        return drawn((repeat, fold), 0.1, design) | {"took": 10.0}

    monkeypatch.setattr(rooms, "judged", judged)
    return watch, asked


def _run(watch: Watch, budget: float, names=("plain", "partial-labels", "bayes-product"), **more):
    design = design_of(findings(), names)
    journal, clock = Journal(None, design), Clock(budget, watch)
    left_out = run_splits(design, journal, more.get("ended", lambda: False), clock, 1,
                          more.get("on_step"))  # fmt: skip
    return journal, left_out


def test_no_split_is_begun_that_would_not_be_done_in_time(made) -> None:
    watch, asked = made
    journal, _ = _run(watch, 75)
    assert list(journal.splits) == [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 0), (1, 1)]
    assert len(asked) == 7 and watch.now <= 175


def test_what_was_not_finished_is_not_kept(made) -> None:
    journal, _ = _run(made[0], 8)
    assert not journal.splits and len(made[1]) == 1


def test_ends_when_told_and_makes_nothing_twice(made) -> None:
    design = design_of(findings())
    journal = Journal(None, design)
    journal.add(drawn((0, 1), 0.1, design))
    run_splits(design, journal, lambda: len(journal.splits) == 4, Clock(1e6, made[0]), 1)
    assert [at[:2] for at in made[1]] == [(0, 0), (0, 2), (0, 3)]


def test_the_control_is_left_out_where_the_budget_is_small(made) -> None:
    names = ("plain", "partial-labels", "bayes-product", "plain-twice")
    _journal, left_out = _run(made[0], 45, names)
    assert left_out == ["left out, the budget is too small for it: two plain models averaged"]
    assert made[1][0][2] == names and made[1][1][2] == names[:3]
    assert not _run(made[0], 400, names)[1]


def test_tells_how_far_it_is(made) -> None:
    told: list = []
    _run(made[0], 1000, on_step=lambda share, text: told.append((share, text)))
    assert [share for share, _ in told] == pytest.approx([k / 25 for k in range(1, 26)])
    assert told[0][1] == "1 of 25 splits, 4m left at most"


def test_the_time_of_a_split_is_guessed_before_one_is_done() -> None:
    watch = Watch()
    clock = Clock(100, watch)
    assert clock.fits() and clock.of_split == 100
    watch.now += 60
    assert not clock.fits(), "the first is not done after 60 s: a second needs as long"
    clock.took(20.0)
    assert clock.fits() and clock.left == 40 and clock.spent == 60


def test_several_processes_give_what_one_gives() -> None:
    """In other processes: nothing of this one is patched there."""
    found = []
    for workers in (1, 2):
        design = design_of(findings(), ("plain", "partial-labels"))
        journal = Journal(None, design)
        run_splits(design, journal, lambda j=journal: len(j.splits) >= 2, Clock(600), workers)
        found.append({at: s["contenders"]["plain"]["scores"] for at, s in journal.splits.items()})
    one, several = found
    both = one.keys() & several.keys()  # of two processes the second may be done with two splits
    assert both and all(one[at] == several[at] for at in both)
    assert cores() >= 1
