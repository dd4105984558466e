"""When it is looked at whether something pays, how often that was done, and what came of it."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from labelfeed.comparison.budget import time_words
from labelfeed.comparison.contenders import told_name
from labelfeed.comparison.decision import FEWEST_SPLITS, LOOK, Outcome, alpha_of, decide
from labelfeed.comparison.design import Design, input_kind
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.journal import Journal
from labelfeed.comparison.runner import Clock
from labelfeed.comparison.summary import in_unit, split_scores, with_all
from labelfeed.metrics.intervals import Interval

__all__ = ["Looks"]

_CLAIMS = ("pays", "labels pay", "beats plain")


class Looks:
    """The looks at a comparison: one after two repeats, one at the end.

    Looks that the folder of the comparison knows of are made again as they were, at the splits and
    the error rate of then: to go on with a comparison uses up what is left of it, and what was
    claimed at a look stands, as its error rate has been paid.

    Args:
        design: What is compared.
        journal: Where results and looks are kept.
        too_few: Why there are too few rows for an interval, or `""`.
    """

    def __init__(self, design: Design, journal: Journal, too_few: str = "") -> None:
        self.design, self.journal, self.too_few = design, journal, too_few
        self._clear: tuple[Outcome, int] | None = None
        self._claimed: tuple[Outcome, int] | None = None
        for look in journal.looks:
            self._judge(look["look"], look["alpha"])

    def ended(self) -> bool:
        """Look if it is time to; return whether the answer is clear."""
        early = LOOK * self.design.folds
        if (
            not self.too_few
            and not self.journal.looks
            and early <= self._done() < len(self.design.plan)
        ):
            alpha = alpha_of(self._spent(), last=False, complete=False)
            self.journal.look(early, alpha)
            self._judge(early, alpha)
        return self._clear is not None

    def final(self, clock: Clock, workers: int) -> tuple[Outcome, list[dict[str, Any]], str]:
        """Return what is decided, the splits that it rests on, and why nothing is if so.

        Args:
            clock: Says how long a split takes.
            workers: Processes at once.

        Raises:
            ComparisonError: There is no split.
        """
        done = self._done()
        if not done:
            fewer = ", or fewer plain models, --plain logistic" * (self.design.plain == "auto")
            raise ComparisonError(
                f"The budget of {time_words(clock.budget)} is too small: no split was done in it. "
                f"Give more, --budget {time_words(max(600.0, 3 * clock.budget))}{fewer}."
            )
        if self._clear is not None:
            decision, done = self._clear
            return decision, self._splits(done), ""
        if self.too_few or done < FEWEST_SPLITS:
            why = f"too few rows: {self.too_few}" if self.too_few else ""
            if not why:
                more = time_words(1.3 * (FEWEST_SPLITS - done) * clock.of_split / workers)
                why = (
                    f"the budget ended after {done} of at least {FEWEST_SPLITS} splits; go on with "
                    f"--budget {more}, what is done is kept in a folder (--out)"
                )
            nothing = Interval(math.nan, math.nan, math.nan, 0, 0)
            return Outcome("cannot tell", "", "", nothing, 1.0, 0.0), self._splits(done), why
        before = [look for look in self.journal.looks if look["look"] == done]
        complete = done == len(self.design.plan)
        alpha = before[-1]["alpha"] if before else alpha_of(self._spent(), True, complete)
        if not before:
            self.journal.look(done, alpha)
        found = self._decided(done, alpha)
        if self._claimed is not None and found.kind not in _CLAIMS:
            decision, done = self._claimed
            return decision, self._splits(done), ""
        why = "" if complete else self._nearly(found, done, workers)
        if why:
            found = dataclasses.replace(found, kind="cannot tell", name="")
        return found, self._splits(done), why

    def _nearly(self, found: Outcome, done: int, workers: int) -> str:
        """Return why nothing is said yet of a gain that more splits may show; `""` if not so."""
        if found.kind != "does not pay" or not found.gain.low > 0:
            return ""
        plan = len(self.design.plan)
        kind = input_kind(self.design.dataset)
        one, other = (told_name(name, kind) for name in (found.name, found.peer))
        of_split = sum(split["took"] for split in self._splits(done)) / done
        more = time_words(1.3 * (plan - done) * of_split / workers)
        return (
            f"{one} {in_unit(found.gain, self.design.metric)} over {other} after {done} of {plan} "
            f"splits, which is not sure enough yet; go on with --budget {more}"
        )

    def notes(self, splits: list[dict[str, Any]]) -> list[str]:
        """Return lines that say what the splits lack of the plan, and why."""
        plan, count = len(self.design.plan), len(splits)
        if count == plan:
            return []
        if self._claimed is not None and self._clear is None and count == self._claimed[1]:
            return [f"claimed after {count} of {plan} splits; those after them do not take it back"]
        if self._clear is not None:
            what = "a strategy pays" if self._clear[0].kind == "pays" else "nothing is ahead"
            return [f"ended after {count} of {plan} splits: the answer was clear ({what})"]
        wider = "; intervals are wider for it" * (count >= FEWEST_SPLITS and not self.too_few)
        return [f"the budget ended after {count} of {plan} splits{wider}"]

    def _judge(self, count: int, alpha: float) -> None:
        if count > self._done():
            return
        if self._claimed is None and (found := self._decided(count, alpha)).kind in _CLAIMS:
            self._claimed = found, count
        if self._clear is None and count < len(self.design.plan):
            found = self._decided(count, alpha)
            first = count == LOOK * self.design.folds
            if found.kind == "pays" or (first and found.hopeless):
                self._clear = found, count

    def _decided(self, count: int, alpha: float) -> Outcome:
        splits = self._splits(count)
        names = with_all(splits, self.design.contenders)
        scores = split_scores(splits, names, self.design.metric, self.design.verdict_point)
        rows = splits[0]["rows"]
        return decide(scores, rows[1] / sum(rows), alpha, input_kind(self.design.dataset))

    def _spent(self) -> float:
        return sum(look["alpha"] for look in self.journal.looks)

    def _done(self) -> int:
        """Return how many splits are done without a gap, in the order of the plan."""
        for count, at in enumerate(self.design.plan):
            if at not in self.journal.splits:
                return count
        return len(self.design.plan)

    def _splits(self, count: int) -> list[dict[str, Any]]:
        return [self.journal.splits[at] for at in self.design.plan[:count]]
