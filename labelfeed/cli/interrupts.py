"""Ctrl-C while training: the first one ends it and keeps what there is, the second one at once."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from labelfeed.cli.exit_codes import INTERRUPTED

__all__ = ["Interrupts", "handling", "interrupts"]

_SHOW_CURSOR = b"\x1b[?25h"  # the progress bar hides it


class Interrupts:
    """Whether the user pressed Ctrl-C; called after each batch, as `train(stop=...)` does.

    Nothing is raised while a training goes on: an exception raised by a signal gets lost where
    Keras, JAX or Torch happens to be in a callback of C code, or leaves a model without its state.

    Args:
        quiet: Say nothing.

    Attributes:
        asked: Whether Ctrl-C was pressed.
        training: Whether the training goes on; if not, something may be half written, so that a
            Ctrl-C that stops at once raises `KeyboardInterrupt`, and else it ends the process.
    """

    def __init__(self, quiet: bool = False) -> None:
        """Nobody has pressed anything, and nobody listens."""
        self.asked = False
        self.training = True
        self._listening = False
        self._quiet = quiet

    def __call__(self) -> bool:
        """Return whether to stop; from now on there is something to keep."""
        self._listening = True
        return self.asked

    def release(self) -> None:
        """Stop at once from now on: what is worth keeping is kept."""
        self._listening = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Take a Ctrl-C, as a signal handler does."""
        again, self.asked = self.asked, True
        if self._listening and not again:
            what = "ends after this batch" if self.training else "is being saved"
            self._say(f"Interrupted: the training {what}; Ctrl-C again stops at once.\n".encode())
        elif self.training:
            self._say(b"Interrupted: nothing is saved.\n", _SHOW_CURSOR)
            os._exit(INTERRUPTED)
        else:
            raise KeyboardInterrupt

    def _say(self, line: bytes, after: bytes = b"") -> None:
        with contextlib.suppress(OSError):  # written at once: a print may be under way
            if not self._quiet:
                os.write(2, b"\n" + line)
            if os.isatty(2):
                os.write(2, after)


@contextlib.contextmanager
def interrupts(quiet: bool = False) -> Iterator[Interrupts]:
    """Take Ctrl-C while the block runs, where that is possible: in the main thread.

    A process that ignores Ctrl-C, as behind `nohup`, goes on to ignore it.
    """
    taken = Interrupts(quiet)
    with handling(taken.handle):
        yield taken


@contextlib.contextmanager
def handling(handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Let a function take Ctrl-C while the block runs, where that is possible; see `interrupts`."""
    before: Any = signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()
    if not main or before in (signal.SIG_IGN, None):
        yield
        return
    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
