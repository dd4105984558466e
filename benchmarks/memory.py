"""Peak memory of a process; imports nothing that would count."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

__all__ = ["peak_memory_mb"]


def peak_memory_mb() -> float:
    """Return the peak resident memory of this process in MB."""
    status = Path("/proc/self/status")  # getrusage counts what its parent held when it started
    lines = status.read_text().splitlines() if status.is_file() else []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
