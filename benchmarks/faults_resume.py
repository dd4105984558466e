"""`labelfeed train` killed (-9) at random moments and started again: the same weights at the end?

    python -m benchmarks faults --parts resume --backend jax --moments 20

A training runs undisturbed once. Then, for each moment drawn over its whole length, it is started,
killed then, and started again by the same command until it is done; some are killed again while
they go on. Weights, scores, split and held-out predictions are compared bit by bit. The trainings
are forked from a process that has imported everything and computed nothing. What is lost is
counted in processor seconds, so that a busy machine does not count.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import signal
import statistics
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._forked import ended, forked
from labelfeed.writing import is_draft

__all__ = ["KINDS", "differences", "main"]

_PATIENCE = 900.0  # seconds until a training that nobody stopped is done
_AGAIN = 3  # one of so many is killed a second time

KINDS = {
    "table": [],
    "network": ["--plain", "network", "--strategy", "partial-labels", "--epochs", "15",
                "--patience", "15"],
    "masked": ["--plain", "network", "--strategy", "masked", "--epochs", "30", "--patience", "30"],
}  # fmt: skip
"""Options of the trainings, by name: the blend of a table; Keras in two phases, and in one."""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults --parts resume")
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"), default="jax")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=["table", "network"])
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", default="0.5", help="--checkpoint of the trainings, seconds")
    given = parser.parse_args(arguments)
    os.environ["KERAS_BACKEND"] = given.backend
    programs = tempfile.TemporaryDirectory()  # compiled once: else JAX does little but compile
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", programs.name)
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
    wrong = 0
    for kind in given.kinds:
        with tempfile.TemporaryDirectory() as folder:
            trial = _Trial(Path(folder), kind, given.every)
            print(
                f"\n{given.backend}, {kind}: undisturbed {trial.seconds:.1f} s, "
                f"{trial.spent:.1f} s of processor",
                flush=True,
            )
            print("killed at          restarts  equal  processor seconds lost", flush=True)
            rng, lost = np.random.default_rng(given.seed), []
            for _ in range(given.moments):
                found = trial.disturbed(rng)
                while not found["restarts"]:  # it was quicker than the undisturbed one
                    found = trial.disturbed(rng)
                wrong += bool(found["differs"])
                lost.append(found["lost"])
                at = ", ".join(f"{second:.1f} s" for second in found["moments"])
                equal = f"no: {found['differs']}" if found["differs"] else "yes"
                print(f"{at:<18} {found['restarts']:>8}  {equal:<5}  {found['lost']:>8.1f}",
                      flush=True)  # fmt: skip
            print(
                f"median lost: {statistics.median(lost):.1f} s of {trial.spent:.1f} s of processor"
            )
    programs.cleanup()
    if wrong:
        raise SystemExit(f"{wrong} trainings ended otherwise than undisturbed.")


class _Trial:
    """One command, first undisturbed."""

    def __init__(self, folder: Path, kind: str, every: str) -> None:
        self.folder, self.log = folder, folder / "log.txt"
        self.data, self.whole, self.out = folder / "rows.csv", folder / "whole", folder / "out"
        _rows(self.data)
        self.options = [*KINDS[kind], "--checkpoint", every]
        import labelfeed.cli.main as entry
        import labelfeed.cli.train  # noqa: F401 (imported before it is forked)

        self.entry = entry
        for out in (self.out, self.whole):  # the first one compiles
            start, before = time.perf_counter(), _processor()
            if code := ended(self._start(out), _PATIENCE):
                raise RuntimeError(f"exit code {code}: {self.log.read_text()[-500:]}")
            self.seconds, self.spent = time.perf_counter() - start, _processor() - before
        if differs := differences(self.out, self.whole):
            raise RuntimeError(f"two undisturbed trainings differ: {differs}")

    def disturbed(self, rng: np.random.Generator) -> dict[str, Any]:
        """Return how a training ended that was killed once or twice."""
        shutil.rmtree(self.out, ignore_errors=True)
        moments = list(rng.uniform(0, self.seconds, 2 if rng.integers(_AGAIN) == 0 else 1))
        restarts, killed, before = 0, [], _processor()
        while True:
            child = self._start(self.out)
            wait = moments.pop(0) if moments else _PATIENCE
            code = ended(child, wait)
            if code is None:
                os.kill(child, signal.SIGKILL)
                ended(child, 60.0)
                killed.append(wait)
            if code is not None:
                break
            restarts += 1
        told = self.log.read_text()
        differs = differences(self.whole, self.out) if code == 0 else f"exit {code}: {told[-300:]}"
        return {"moments": killed, "restarts": restarts, "differs": differs,
                "lost": _processor() - before - self.spent}  # fmt: skip

    def _start(self, out: Path) -> int:
        command = ["train", str(self.data), "--target", "malignant", "--label", "high_radius",
                   "--label", "high_texture", "--out", str(out), *self.options]  # fmt: skip
        return forked(lambda: self.entry.main(command), self.log)


def _processor() -> float:
    """Return the processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def differences(one: Path, other: Path) -> str:
    """Return what differs between two run folders beside times; "" for nothing."""
    names = [{p.name for p in folder.iterdir() if not is_draft(p.name)} for folder in (one, other)]
    if left := sorted(names[0] ^ names[1]):  # a half-written draft stays, and its command is told
        return f"files: {left}"
    first, second = (_weights(folder / "model.keras") for folder in (one, other))
    unequal = [k for k in {**first, **second} if not _same(first.get(k), second.get(k))]
    if unequal:
        return f"weights: {len(unequal)} of {len(first)}"
    for name in ("preprocess.json", "split.json"):
        if (one / name).read_bytes() != (other / name).read_bytes():
            return name
    with np.load(one / "held_out.npz") as a, np.load(other / "held_out.npz") as b:
        if any(not _same(a[key], b[key]) for key in a.files):
            return "held-out predictions"
    scores = [json.loads((folder / "run.json").read_text("utf-8")) for folder in (one, other)]
    for score in scores:
        score["metrics"]["training"].pop("seconds", None)
    return "" if scores[0]["metrics"] == scores[1]["metrics"] else "scores"


def _same(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None or one.dtype != other.dtype or one.shape != other.shape:
        return False
    return one.tobytes() == other.tobytes()


def _weights(path: Path) -> dict[str, np.ndarray]:
    import h5py

    found: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(path) as archive:
        data = io.BytesIO(archive.read("model.weights.h5"))

    def take(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = np.asarray(item)

    with h5py.File(data, "r") as file:
        file.visititems(take)
    return found


def _rows(path: Path) -> None:
    """Write breast-cancer with two findings beside the diagnosis."""
    from sklearn.datasets import load_breast_cancer

    frame = load_breast_cancer(as_frame=True).frame
    frame["malignant"] = 1 - frame.pop("target")
    for name in ("radius", "texture"):
        worst = frame.pop(f"worst {name}")
        frame[f"high_{name}"] = (worst > worst.median()).astype(int)
    frame.to_csv(path, index=False)
