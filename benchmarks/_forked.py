"""Commands in forked processes: a process that has imported everything starts one in no time."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["ended", "forked"]


def forked(function: Callable[[], object], log: Path) -> int:
    """Start a function in a process of its own, and return the process.

    Args:
        function: Its end is exit code 0, or that of `SystemExit`; an error is 1, Ctrl-C is 130.
        log: Gets what it prints.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        to = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(to, 1)
        os.dup2(to, 2)
        function()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}".encode())
        code = 130 if isinstance(error, KeyboardInterrupt) else 1
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def ended(child: int, seconds: float) -> int | None:
    """Return the exit code of a process as subprocess has it, `None` if it goes on."""
    limit = time.perf_counter() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.perf_counter() >= limit:
            return None
        time.sleep(min(0.002, max(limit - time.perf_counter(), 0)))
