"""`labelfeed train --overwrite` stopped at any moment: the earlier run stands, or the new one does.

Trainings are forked from a process that has imported everything but has computed nothing, so that
hundreds can be stopped; some are commands of their own, stopped while they start as well.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks._forked import ended, forked
from benchmarks.inputs_csv import base_rows, spelt
from benchmarks.inputs_tally import Case
from labelfeed.cli.main import main as command
from labelfeed.cli.train import run_train  # noqa: F401 (imported before it is forked)
from labelfeed.records.checkpoint import CHECKPOINT
from labelfeed.records.held_out import HELD_OUT
from labelfeed.records.stored import CARD
from labelfeed.records.training_log import LOG
from labelfeed.runs.folder import load_run
from labelfeed.runs.kept import MODEL, PREPROCESS, RUN, SEEN, SPLIT
from labelfeed.writing import is_draft, leftovers

__all__ = ["Kills", "marks", "whole"]

_FILES = {MODEL, RUN, PREPROCESS, SPLIT, SEEN}
_BESIDE = {HELD_OUT, CARD, LOG, f"{LOG}.new", CHECKPOINT}  # may be there, and may be deleted
_SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
_OWN = 8  # one of so many is a command of its own
_PATIENCE = 60.0  # seconds until a training that nobody stopped is done
_INTERRUPTED = (130, -int(signal.SIGINT))  # -2: while Python starts; a shell says 130 too


class Kills:
    """Trainings over an earlier run, each stopped at a moment of its own.

    Args:
        folder: An empty folder to work in.
        seed: Of all moments.

    Raises:
        RuntimeError: The first training fails, which nobody stops.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        """Train the earlier run, and measure how long that takes."""
        self.folder, self.seed = folder, seed
        self.data, self.base, self.out = folder / "rows.csv", folder / "base", folder / "runs/out"
        self.log = folder / "log.txt"
        rows = base_rows(np.random.default_rng(seed), 60)
        self.data.write_text(spelt(rows), "utf-8")
        start = time.perf_counter()
        code = ended(self._forked(self._train(self.base, 1)), _PATIENCE)
        self.seconds = time.perf_counter() - start
        if code:
            raise RuntimeError(f"the training failed: {self.log.read_text()}")
        self.marks = marks(self.base)

    def case(self, number: int) -> Case:
        """Return the case of a number; it is right if it finds nothing wrong."""
        rng = np.random.default_rng([self.seed, number])
        sent = signal.Signals(_SIGNALS[rng.integers(len(_SIGNALS))])
        own, late = number % _OWN == _OWN - 1, bool(rng.random() < 0.5)
        after = float(rng.random()) * (0.05 if late else 1.2 * self.seconds)
        what = f"{sent.name} {'from the first draft' if late else ''} after {after:.3f} s"
        started = self._started if own else self._forked
        return Case(what, lambda: self._stopped(started, sent, after, late), lambda told: not told)

    def _stopped(
        self, started: Callable[[list[str]], int], sent: signal.Signals, after: float, late: bool
    ) -> str:
        """Start a training, stop it, and return what is wrong then; nothing if nothing is."""
        shutil.rmtree(self.out.parent, ignore_errors=True)
        shutil.copytree(self.base, self.out)
        child = started(self._train(self.out, 2))
        limit = time.perf_counter() + _PATIENCE
        code = None
        while late and code is None and not leftovers(self.out) and time.perf_counter() < limit:
            code = ended(child, 0.0)
            time.sleep(0.001)
        code = ended(child, after) if code is None else code
        if code is None:
            os.kill(child, sent)
            code = ended(child, 20.0)
            if code is None:
                os.kill(child, signal.SIGKILL)
                ended(child, 20.0)
                return f"{sent.name} does not end it within 20 s"
        interrupted = _INTERRUPTED if sent == signal.SIGINT else (-int(sent),)
        if code not in (0, *interrupted):
            return f"exit code {code}: {self.log.read_text()[-300:]}"
        return self._judged(code)

    def _judged(self, code: int) -> str:
        left = {path.name for path in leftovers(self.out)}
        told = self._run_child(lambda: whole(self.out, self.marks, new=code == 0))
        for place in self.out.parent.iterdir():
            if not told and place != self.out:
                told = self._run_child(lambda place=place: _interrupted(place))
        if told or not left:
            return told
        start = ["train", str(self.folder / "absent.csv"), "--target", "class", "--out",
                 str(self.out), "--overwrite"]  # fmt: skip
        ended(self._forked(start), _PATIENCE)
        said = "".join(self.log.read_text().split())
        untold = [name for name in left if name not in said]
        return f"left behind and not told: {untold}" if untold else ""

    def _train(self, out: Path, seed: int) -> list[str]:
        return ["train", str(self.data), "--target", "class", "--out", str(out), "--overwrite",
                "--epochs", "5", "--seed", str(seed), "--width", "8"]  # fmt: skip

    def _started(self, arguments: list[str]) -> int:
        with self.log.open("wb") as log:
            given = [sys.executable, "-m", "labelfeed", *arguments]
            child = subprocess.Popen(given, stdout=log, stderr=log)
        child.returncode = 0  # it is waited for elsewhere
        return child.pid

    def _forked(self, arguments: list[str]) -> int:
        return forked(lambda: command.main(arguments), self.log)

    def _run_child(self, function: Callable[[], str]) -> str:
        """Return what a function says in a process of its own; the log if it fails."""

        def said() -> None:
            os.write(1, function().encode())

        code = ended(forked(said, self.log), _PATIENCE)
        text = self.log.read_text()
        return text if code == 0 else f"cannot be looked at ({code}): {text[-300:]}"


def whole(out: Path, earlier: dict[str, str], new: bool = False) -> str:
    """Return what is wrong with a run folder that should be the earlier run or a new one, whole.

    Args:
        out: The folder.
        earlier: Hashes of the files of the earlier run, by name.
        new: Whether it has to be the new one.
    """
    try:
        run = load_run(out)
    except ValueError as error:
        return f"no run any more: {error}"
    strange = [n for n in os.listdir(out) if n not in _FILES | _BESIDE and not is_draft(n)]
    if strange:
        return f"strange files: {strange}"
    if any(not np.isfinite(weight).all() for weight in run.model.get_weights()):
        return "weights that are no numbers"
    same = {name for name, mark in marks(out).items() if earlier.get(name) == mark} - _BESIDE
    if RUN in same:
        if same != _FILES:
            return f"files of two runs: {sorted(_FILES - same)} are new, {RUN} is old"
        return "the earlier run, after exit code 0" if new else ""
    if MODEL in same:
        return f"files of two runs: {RUN} is new, {MODEL} is old"
    return "" if run.options.get("seed") == 2 else f"another run: {run.options}"


def _interrupted(place: Path) -> str:
    run = load_run(place)
    return "" if run.interrupted else f"{place.name} is not marked as interrupted"


def marks(folder: Path) -> dict[str, str]:
    """Return a hash of each file of a run, by name."""
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in sorted(_FILES)
        if (folder / name).is_file()
    }
