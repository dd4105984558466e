"""Folders of a stranger with code planted in them: nothing of it is executed when they are loaded.

Each case plants a trap in a run, a generator, a `.keras` file, an ONNX file, `held_out.npz`, a
checkpoint, a comparison or a study: pickles in every place, lambdas, functions and classes that are
named, modules that write a file when they are imported. Then everything is loaded that reads such a
folder. Executed is what wrote the marker, whether or not loading failed.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.faults_traps import MODULE, Trap, in_json, in_keras, in_npz, instead
from benchmarks.inputs_checkpoints import made_checkpoint, trained
from benchmarks.inputs_generators import made_generator
from benchmarks.inputs_runs import ROWS, made_run
from benchmarks.inputs_tally import Case, Tally
from labelfeed.cli.audited_model import own_model
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.stored import RESULT, load_comparison
from labelfeed.labels.errors import CellError
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import OptionError, TrainingOptions
from labelfeed.predictors.onnx_model import OnnxError, OnnxGraph
from labelfeed.records.checkpoint import CheckpointError
from labelfeed.records.held_out import HELD_OUT, HeldOut
from labelfeed.records.stored import read_stored
from labelfeed.report.report_page import ReportError, write_report_page
from labelfeed.runs.folder import load_run
from labelfeed.runs.generator_folder import load_generator
from labelfeed.runs.kept import RunError
from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.store import open_study, quietly
from labelfeed.tuning.study import load_study, write_study

__all__ = ["EXECUTED", "READERS", "bases", "stranger_case", "tallied"]

EXECUTED = "code of the stranger was executed"
_REFUSALS = (CellError, CheckpointError, ComparisonError, OnnxError, OptionError, ReportError,
             RunError, TuningError, ValueError)  # fmt: skip
_SPEC = LabelSpec.single(["well", "ill"], name="state")


def tallied(count: int, seed: int) -> list[Tally]:
    """Return the outcomes: a wrong one executed code.

    Args:
        count: How many folders.
        seed: Of what is planted, and where.
    """
    tally = Tally("folders", _REFUSALS, 60, 1000)
    with tempfile.TemporaryDirectory() as name, bases(Path(name)) as folder:
        for number in range(count):
            tally.take(stranger_case(seed, number, folder))
    return [tally]


@contextmanager
def bases(folder: Path) -> Iterator[Path]:
    """Yield a folder with one of each kind, where a stranger's module can be imported too."""
    made = folder / "bases"
    made_run(made / "run")
    made_generator(made / "generated")
    shutil.move(made / "generated" / "run", made / "generator")
    shutil.rmtree(made / "generated")
    made_checkpoint(made / "checkpoint")
    shutil.rmtree(made / "undisturbed")
    for kind in ("keras", "held_out", "comparison", "study", "onnx"):
        (made / kind).mkdir()
    shutil.copy(made / "run" / "model.keras", made / "keras")
    labels, p = np.array([0, 1, -1]), np.full((3, 2), 0.5)
    HeldOut(labels, p, rows=np.arange(3)).save(made / "held_out" / HELD_OUT)
    (made / "comparison" / RESULT).write_text(json.dumps({"command": "", "result": {}}))
    about = {"strategy": "plain", "asked": "auto", "given": {}, "target": "y"}
    write_study(made / "study", about, {"settings": {"dropout": 0.1}})
    with quietly():
        open_study(made / "study")
    (made / "onnx" / "model.onnx").write_bytes(b"\x08\x08")
    trap = Trap(folder / "marker")
    (folder / f"{MODULE}.py").write_text(f"{trap.code}\ndef build(*a, **k):\n    {trap.code}\n")
    sys.path.insert(0, str(folder))
    try:
        yield folder
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop(MODULE, None)


def stranger_case(seed: int, number: int, folder: Path) -> Case:
    """Return the case of a number.

    Args:
        seed: Of all cases.
        number: Which case.
        folder: As `bases` yields it.
    """
    rng = np.random.default_rng([seed, number])
    trap, work = Trap(folder / "marker"), folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    kind = list(READERS)[number % len(READERS)]
    shutil.copytree(folder / "bases" / kind, work)
    names = sorted(p.name for p in work.iterdir() if p.is_file())
    path = work / names[rng.integers(len(names))]
    ways = [instead]
    ways += [in_json] * 4 if path.suffix in (".json", ".log", ".jsonl") else []
    ways += [in_keras] * 5 if path.suffix == ".keras" else []
    ways += [in_npz] * 3 if path.suffix == ".npz" else []
    what = ways[rng.integers(len(ways))](path, trap, rng)

    def run() -> str:
        sys.modules.pop(MODULE, None)
        trap.marker.unlink(missing_ok=True)
        try:
            READERS[kind](work)
        except Exception:
            if trap.marker.exists():
                return EXECUTED
            raise
        return EXECUTED if trap.marker.exists() else ""

    return Case(f"{kind}: {path.name}, {what}", run, lambda found: found == "", True)


# What reads a folder of each kind ----------------------------------------------------------------


def _of_run(folder: Path) -> None:
    load_run(folder).predict(ROWS)
    read_stored(folder)
    write_report_page(folder / "page.html", [folder])


def _of_study(folder: Path) -> None:
    load_study(folder).options(TrainingOptions())
    write_report_page(folder / "page.html", [folder])
    with quietly():
        assert open_study(folder).trials is not None


READERS: dict[str, Callable[[Path], object]] = {
    "run": _of_run,
    "generator": lambda folder: load_generator(folder).sample(1, seed=0, steps=2),
    "keras": lambda folder: own_model(str(folder / "model.keras")),
    "held_out": lambda folder: HeldOut.load(folder / HELD_OUT, _SPEC),
    "checkpoint": trained,
    "comparison": load_comparison,
    "study": _of_study,
    "onnx": lambda folder: OnnxGraph.open(folder / "model.onnx"),
}
"""What is done with a folder of each kind."""
