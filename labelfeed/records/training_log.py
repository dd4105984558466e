"""The metrics of a training as JSON lines, each written as soon as it is known."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelfeed.results import json_types

__all__ = ["LOG", "TrainingLog", "read_log"]

LOG = "metrics.jsonl"


class TrainingLog:
    """Append a line of JSON for each epoch, each fitted model and each set of scores.

    Every line has `"time"`, seconds since the log began. The file is made with its first line.

    Args:
        path: File to write; what stands there is replaced.

    Example:
        >>> import tempfile
        >>> log = TrainingLog(Path(tempfile.mkdtemp(), "metrics.jsonl"))
        >>> log.add(epoch=1, loss=0.5)
        >>> [(line["epoch"], line["loss"]) for line in read_log(log.path)]
        [(1, 0.5)]
    """

    def __init__(self, path: str | Path) -> None:
        """Write nothing yet."""
        self.path = Path(path)
        self._start = time.perf_counter()
        self._begun = False

    def add(self, **values: object) -> None:
        """Write a line; what is no finite number is `null`.

        Raises:
            OSError: It cannot be written.
        """
        spent = round(time.perf_counter() - self._start, 3)
        line = json.dumps(json_types({"time": spent, **values}), ensure_ascii=False)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a" if self._begun else "w", encoding="utf-8") as file:
            file.write(line + "\n")
        self._begun = True

    def scores(self, metrics: Mapping[str, Any]) -> None:
        """Write a line for each set of scores of `evaluate_run`: what was known, and the figures.

        Args:
            metrics: What it returned.
        """
        sets = {k: metrics.get(k) for k in ("nothing_known", "not_fed", "partly_known")}
        sides = metrics.get("sides") or {}
        sets |= {f"sides_{k}": sides.get(k) for k in ("unknown", "known", "wrong")}
        for known, found in sets.items():
            if isinstance(found, Mapping):
                figures = {
                    k: v for k, v in found.items() if isinstance(v, int | float) or k == "auc"
                }
                self.add(scores=known, **figures)

    def move(self, folder: str | Path) -> None:
        """Go on in `metrics.jsonl` of another folder, with the lines that are there."""
        place = Path(folder) / LOG
        if self._begun and os.path.realpath(place) != os.path.realpath(self.path):
            shutil.move(self.path, place)
        self.path = place

    def discard(self) -> None:
        """Take the file away, and its folder if that is empty then."""
        if self._begun:
            self.path.unlink(missing_ok=True)
            if not any(self.path.parent.iterdir()):
                self.path.parent.rmdir()


def read_log(path: str | Path) -> list[dict[str, Any]]:
    """Return the lines of a log; those that a kill cut off, or that are no objects, are left out.

    Args:
        path: The file; `[]` where there is none.
    """
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
