"""Cases of the input benchmark: what should come of each, and what came."""

from __future__ import annotations

import contextlib
import dataclasses
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["Case", "Overdue", "Tally", "bounded_memory", "in_time", "rise_of_memory"]

_SHOWN = 20  # faults that are kept
_LONGEST = 4000  # characters of a message, as the command line cuts it
_STATUS, _REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Overdue(BaseException):
    """A case took too long; no `Exception`, so that nobody takes it for an error of the input."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One input, and the outcome that is right.

    Args:
        what: What it is, for the list of faults.
        run: Reads the input.
        wants: Whether a result is right; `None` if the input has to be refused.
        refusable: Whether it may be refused all the same.
        row: Row that a refusal has to name, `None` if it need not.
        column: Column that a refusal has to name.
        limit_mb: Megabytes by which it may raise the peak of memory, if fewer than others may.
    """

    what: str
    run: Callable[[], Any]
    wants: Callable[[Any], bool] | None
    refusable: bool = False
    row: int | None = None
    column: str | None = None
    limit_mb: float | None = None


@dataclasses.dataclass
class Tally:
    """Counts of what came of the cases of one kind.

    Args:
        kind: Name of the kind.
        refusals: The exceptions that are clear errors, when their message is one line.
        limit_s: Seconds that a case may take.
        limit_mb: Megabytes by which a case may raise the peak of memory.

    Example:
        >>> tally = Tally("numbers", (ValueError,))
        >>> tally.take(Case("a number", lambda: int("7"), lambda found: found == 7))
        >>> tally.take(Case("a word", lambda: int("x"), None))
        >>> tally.take(Case("cut", lambda: int(7.5), lambda found: found == 7.5))
        >>> (tally.tried, tally.right, tally.refused, tally.wrong, tally.other)
        (3, 1, 1, 1, 0)
        >>> tally.faults
        ['cut: wrong: 7']
    """

    kind: str
    refusals: tuple[type[Exception], ...]
    limit_s: float = 20.0
    limit_mb: float = 1000.0
    right: int = 0
    refused: int = 0
    wrong: int = 0
    other: int = 0
    hung: int = 0  # among the others
    seconds: float = 0.0
    slowest: float = 0.0
    peak_mb: float = 0.0
    faults: list[str] = dataclasses.field(default_factory=list)

    @property
    def tried(self) -> int:
        """Number of cases."""
        return self.right + self.refused + self.wrong + self.other

    @property
    def _late(self) -> str:
        return f"not done after {self.limit_s:.0f} s"

    def take(self, case: Case) -> None:
        """Run a case and count what comes of it."""
        start = time.perf_counter()
        with rise_of_memory() as rise:
            outcome, told = self._outcome(case)
        taken = time.perf_counter() - start
        self.seconds += taken
        self.slowest = max(self.slowest, taken)
        self.peak_mb = max(self.peak_mb, rise[0])
        if rise[0] > (case.limit_mb or self.limit_mb):
            outcome, told = "other", f"{rise[0]:.0f} MB"
        setattr(self, outcome, getattr(self, outcome) + 1)
        self.hung += told == self._late
        if outcome in ("wrong", "other") and len(self.faults) < _SHOWN:
            self.faults.append(f"{case.what}: {outcome}: {told[:300]}")

    def _outcome(self, case: Case) -> tuple[str, str]:
        try:
            with in_time(self.limit_s):
                found = case.run()
        except self.refusals as error:
            return self._refusal(case, error)
        except Overdue:
            return "other", self._late
        except Exception as error:
            return "other", f"{type(error).__name__}: {error}"
        if case.wants is not None and case.wants(found):
            return "right", ""
        return "wrong", repr(found) if case.wants else f"to be refused, got {found!r}"

    def _refusal(self, case: Case, error: Exception) -> tuple[str, str]:
        text = str(error)
        if not text or "\n" in text or "Traceback" in text or len(text) > _LONGEST:
            return "other", f"no clear line: {text!r}"
        if case.wants is not None and not case.refusable:
            return "wrong", f"refused: {text}"
        for name, wanted in (("row", case.row), ("column", case.column)):
            if wanted is not None and getattr(error, name) != wanted:
                return "other", f"names {name} {getattr(error, name)!r}, not {wanted!r}: {text}"
        return "refused", text


@contextlib.contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Raise `Overdue` in the block after so many seconds; main thread only."""

    def overdue(number: int, frame: FrameType | None) -> None:
        raise Overdue

    before = signal.signal(signal.SIGALRM, overdue)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def rise_of_memory() -> Iterator[list[float]]:
    """Yield a list whose entry becomes the MB by which the block raised memory at its peak."""
    with contextlib.suppress(OSError):  # on Linux alone; 0 elsewhere
        _REFS.write_text("5")
    before, rise = _status("VmRSS"), [0.0]
    try:
        yield rise
    finally:
        rise[0] = max(_status("VmHWM") - before, 0.0)


def bounded_memory(megabytes: int) -> None:
    """Let this process take no more than so many MB of addresses on top of what it has."""
    if sys.platform == "linux":
        most = int((_status("VmSize") + megabytes) * 2**20)
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _status(field: str) -> float:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 2**10 for line in lines if line.startswith(field)), 0.0)
