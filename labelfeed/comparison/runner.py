"""Makes the splits, several at once, until the answer is clear or the time is up."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from joblib import Parallel, cpu_count, delayed

from labelfeed.comparison.budget import time_words
from labelfeed.comparison.contenders import CONTENDERS, told_name
from labelfeed.comparison.decision import FEWEST_SPLITS
from labelfeed.comparison.design import Design, input_kind
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.journal import Journal
from labelfeed.comparison.judged import judged

__all__ = ["Clock", "cores", "run_splits"]


class Clock:
    """The budget, and how long a split takes.

    Args:
        budget: Seconds from now.
        time: Tells the time in seconds.
    """

    def __init__(self, budget: float, time: Callable[[], float] = time.time) -> None:
        self.budget, self._time = budget, time
        self._start = time()
        self._seconds: list[float] = []

    @property
    def deadline(self) -> float:
        """When the budget ends."""
        return self._start + self.budget

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return self._time() - self._start

    @property
    def left(self) -> float:
        """Seconds that are left, at least 0."""
        return max(self.deadline - self._time(), 0.0)

    @property
    def of_split(self) -> float:
        """Mean seconds of a split; the budget before one is done."""
        return sum(self._seconds) / len(self._seconds) if self._seconds else self.budget

    def took(self, seconds: float) -> None:
        """Count a split."""
        self._seconds.append(seconds)

    def fits(self) -> bool:
        """Return whether another split would be done in time, as far as that is known."""
        return self.left > (self.of_split if self._seconds else self.spent)


def cores() -> int:
    """Return the number of cores that this process may use."""
    return int(cpu_count())


def run_splits(
    design: Design,
    journal: Journal,
    ended: Callable[[], bool],
    clock: Clock,
    workers: int,
    on_step: Callable[[float, str], None] | None = None,
) -> list[str]:
    """Make the splits of the plan that the journal lacks, in order.

    Args:
        design: What is compared.
        journal: Takes each result as it comes.
        ended: Asked after each whether the answer is clear.
        clock: The budget.
        workers: Processes at once; with one nothing is started.
        on_step: Called after each with the share that is done and words.

    Returns:
        What was left out because the budget is too small, a line each.

    Raises:
        ComparisonError: A process was killed.
    """
    run = _Run(design, journal, ended, clock, workers, on_step)
    try:
        run.all()
    except BrokenProcessPool as error:
        raise ComparisonError(
            "A process was killed, as happens when memory runs out. What was done is kept; try "
            "fewer at once, --processes 1."
        ) from error
    return run.left_out


@dataclasses.dataclass
class _Run:
    design: Design
    journal: Journal
    ended: Callable[[], bool]
    clock: Clock
    workers: int
    on_step: Callable[[float, str], None] | None
    left_out: list[str] = dataclasses.field(default_factory=list)
    stop: bool = False

    def all(self) -> None:
        todo = [at for at in self.design.plan if at not in self.journal.splits]
        if self.ended() or not todo:
            return
        with warnings.catch_warnings(), contextlib.closing(self._results(todo)) as results:
            warnings.filterwarnings("ignore", ".*tasks which were still being processed")
            for found in results:
                if "unfinished" in found:
                    continue
                self.journal.add(found)
                self.clock.took(found["took"])
                self.stop = self.ended()
                self._shorten()
                self._tell()
                if self.stop:
                    return

    def _results(self, todo: list[tuple[int, int]]) -> Generator[dict[str, Any], None, None]:
        deadline = self.clock.deadline
        if self.workers == 1 or len(todo) == 1:
            for repeat, fold in todo:
                if self.stop or not self.clock.fits():
                    return
                yield judged(self.design, repeat, fold, deadline)
            return

        def tasks() -> Iterator[Any]:
            for repeat, fold in todo:
                if self.stop or not self.clock.fits():
                    return
                yield delayed(judged)(self.design, repeat, fold, deadline)

        pool = Parallel(
            self.workers, return_as="generator_unordered", pre_dispatch=self.workers, batch_size=1
        )
        yield from pool(tasks())

    def _shorten(self) -> None:
        """Leave the control out where the budget would not reach a verdict with it."""
        missing = FEWEST_SPLITS - len(self.journal.splits)
        room = self.workers * self.clock.left / max(self.clock.of_split, 1e-9)
        controls = [n for n in self.design.contenders if CONTENDERS[n].role == "control"]
        if not controls or missing <= 0 or room >= missing:
            return
        kept = tuple(name for name in self.design.contenders if name not in controls)
        self.design = dataclasses.replace(self.design, contenders=kept)
        kind = input_kind(self.design.dataset)
        self.left_out += [
            f"left out, the budget is too small for it: {told_name(name, kind)}"
            for name in controls
        ]

    def _tell(self) -> None:
        if self.on_step is None:
            return
        plan, done = len(self.design.plan), len(self.journal.splits)
        left = min(self.clock.left, (plan - done) * self.clock.of_split / self.workers)
        share = max(done / plan, self.clock.spent / self.clock.budget)
        self.on_step(min(share, 1.0), f"{done} of {plan} splits, {time_words(left)} left at most")
