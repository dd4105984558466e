"""One look after two repeats, one at the end, and none twice."""

from __future__ import annotations

import dataclasses

import pytest

from labelfeed.comparison.decision import ALPHA
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.journal import Journal
from labelfeed.comparison.looks import Looks
from labelfeed.comparison.runner import Clock
from tests.comparison._rows import design_of, drawn, findings


def _looked(gain: float, splits: int, too_few: str = "", noise: float = 0.01):
    design = design_of(findings())
    journal = Journal(None, design)
    looks = Looks(design, journal, too_few)
    ended = False
    for at in design.plan[:splits]:
        journal.add(drawn(at, gain, design, noise))
        ended = looks.ended()
        if ended:
            break
    return looks, journal, ended


def test_ends_after_two_repeats_when_it_is_clear() -> None:
    looks, journal, ended = _looked(0.1, 25)
    assert ended and len(journal.splits) == 10
    decision, splits, _ = looks.final(Clock(1), 1)
    assert decision.kind == "pays" and len(splits) == 10
    assert "answer was clear" in looks.notes(splits)[0]
    looks, journal, ended = _looked(-0.1, 25)
    assert ended and len(journal.splits) == 10
    assert looks.final(Clock(1), 1)[0].kind == "does not pay"


def test_goes_on_where_it_is_not() -> None:
    looks, journal, ended = _looked(0.012, 25)
    assert not ended and len(journal.splits) == 25
    decision, splits, _ = looks.final(Clock(1), 1)
    assert decision.alpha == pytest.approx(0.8 * ALPHA) and len(splits) == 25
    assert [look["look"] for look in journal.looks] == [10, 25] and looks.notes(splits) == []


def test_a_gain_that_a_short_budget_nearly_shows_is_not_said_to_be_none() -> None:
    looks, _, _ = _looked(0.054, 6)
    decision, _, why = looks.final(Clock(1), 1)
    assert decision.gain.low > 0 and decision.kind == "cannot tell"
    assert "after 6 of 25 splits, which is not sure enough yet; go on with --budget 25s" in why
    looks, _, _ = _looked(0.0, 6)
    decision, _, why = looks.final(Clock(1), 1)
    assert (decision.kind, why) == ("does not pay", "")


def test_to_look_again_gives_the_same_and_to_go_on_spends_what_is_left() -> None:
    looks, journal, _ = _looked(0.012, 13)
    first = looks.final(Clock(1), 1)[0]
    again = Looks(looks.design, journal)
    assert again.final(Clock(1), 1)[0] == first and len(journal.looks) == 2
    for at in looks.design.plan[13:]:
        journal.add(drawn(at, 0.012, looks.design))
    last = Looks(looks.design, journal).final(Clock(1), 1)[0]
    assert sum(look["alpha"] for look in journal.looks) == pytest.approx(ALPHA)
    assert 0 < last.alpha < first.alpha


def test_what_was_clear_stays_so_when_more_splits_are_there() -> None:
    looks, journal, _ = _looked(0.1, 25)
    for at in looks.design.plan[10:12]:  # were on their way
        journal.add(drawn(at, -5.0, looks.design))
    decision, splits, _ = Looks(looks.design, journal).final(Clock(1), 1)
    assert decision.kind == "pays" and len(splits) == 10


def test_what_a_budget_ended_with_is_not_taken_back(monkeypatch) -> None:
    looks, journal, _ = _looked(0.012, 13)
    made = Looks._decided

    def decided(self: Looks, count: int, alpha: float):
        kind = {13: "labels pay", 15: "does not pay", 20: "pays"}.get(count, "does not pay")
        return dataclasses.replace(made(self, count, alpha), kind=kind)

    monkeypatch.setattr(Looks, "_decided", decided)
    assert looks.final(Clock(1), 1)[0].kind == "labels pay"
    for at in looks.design.plan[13:15]:
        journal.add(drawn(at, 0.012, looks.design))
    again = Looks(looks.design, journal)
    decision, splits, why = again.final(Clock(1), 1)
    assert (decision.kind, len(splits), why) == ("labels pay", 13, "")
    assert "do not take it back" in again.notes(splits)[0]
    for at in looks.design.plan[15:20]:
        journal.add(drawn(at, 0.012, looks.design))
    assert Looks(looks.design, journal).final(Clock(1), 1)[0].kind == "pays"


def test_a_gap_in_the_plan_ends_what_counts() -> None:
    design = design_of(findings())
    journal = Journal(None, design)
    for at in [*design.plan[:6], design.plan[8]]:
        journal.add(drawn(at, 0.1, design))
    looks = Looks(design, journal)
    assert len(looks.final(Clock(1), 1)[1]) == 6
    assert "after 6 of 25" in looks.notes(looks.final(Clock(1), 1)[1])[0]


def test_too_few_splits_or_rows_give_no_verdict() -> None:
    decision, splits, why = _looked(0.1, 3)[0].final(Clock(30), 1)
    assert decision.kind == "cannot tell" and len(splits) == 3 and "--budget" in why
    looks, journal, _ = _looked(0.1, 25, too_few="'f0' is yes in 3 rows")
    decision, _, why = looks.final(Clock(1), 1)
    assert decision.kind == "cannot tell" and "3 rows" in why and not journal.looks
    with pytest.raises(ComparisonError, match="too small"):
        _looked(0.1, 0)[0].final(Clock(1), 1)
