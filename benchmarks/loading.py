"""How fast the door is: a million rows of a table into labelfeed, beside pandas and the disk.

The peer is `pandas.read_csv` (`read_parquet`), which tells no label, no odd cell and no column
that gives the label away. The floor is the time to read the bytes of the file. All are measured in
turn in one process for each kind of table; peaks of memory, and the prediction, in processes of
their own.
"""

from __future__ import annotations

import importlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.common import in_process, parser, progress, save_json, table
from benchmarks.memory import peak_memory_mb

__all__ = ["KINDS", "main", "write_rows"]

FEATURES = 19
KINDS = {
    "numbers": "numbers only",
    "gaps": "numbers, a tenth of the cells empty",
    "words": "numbers, 6 columns of words, NA among them",
    "commas": "decimal commas between semicolons",
    "parquet": "numbers only, Parquet",
}
_FIRST = 20_000  # rows that the small run is trained on


def write_rows(path: Path, kind: str, rows: int, seed: int = 0) -> None:
    """Write a table of 19 features and a class.

    Args:
        path: The file.
        kind: One of `KINDS`.
        rows: Number of rows.
        seed: Of the values.
    """
    import pyarrow
    import pyarrow.compute
    import pyarrow.csv

    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, FEATURES)).round(4)
    ill = x[:, 0] + x[:, 1] + rng.normal(size=rows) > 0
    if kind == "gaps":
        x[rng.random(x.shape) < 0.1] = np.nan
    columns = {f"x{i}": pyarrow.array(x[:, i], from_pandas=True) for i in range(FEATURES)}
    if kind == "words":
        for i in range(6):
            columns[f"x{i + 5}"] = pyarrow.array(rng.choice(["red", "green", "blue", "NA"], rows))
    if kind == "commas":
        for name, column in columns.items():
            text = pyarrow.compute.cast(column, pyarrow.string())
            columns[name] = pyarrow.compute.replace_substring(text, ".", ",")
    columns["class"] = pyarrow.array(np.where(ill, "ill", "well"))
    made = pyarrow.table(columns)
    if kind == "parquet":
        made.to_pandas().to_parquet(path)
        return
    separator = ";" if kind == "commas" else ","
    with path.open("wb") as file:
        file.write((separator.join(columns) + "\n").encode())
        options = {"include_header": False, "delimiter": separator, "quoting_style": "none"}
        pyarrow.csv.write_csv(made, file, pyarrow.csv.WriteOptions(**options))


def main(arguments: list[str] | None = None) -> None:
    """Print the table of times."""
    made = parser("loading", __doc__ or "")
    made.add_argument("--rows", type=int, default=1_000_000)
    made.add_argument("--repeats", type=int, default=5, help="pairs that count")
    made.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS, metavar="KIND")
    made.add_argument("--backend", default="torch", help="of the prediction (torch)")
    made.add_argument("--one", nargs=2, metavar=("WHAT", "FILE"), help="measure here, print JSON")
    options = made.parse_args(arguments)
    if options.one:
        what, file = options.one
        print(json.dumps(_PARTS[what](Path(file), options.repeats)))
        return
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.kinds:
            progress(f"{kind}: {options.rows} rows")
            file = Path(folder) / ("rows.parquet" if kind == "parquet" else "rows.csv")
            write_rows(file, kind, options.rows)
            found: dict[str, Any] = {"kind": kind, "megabytes": file.stat().st_size / 1e6}
            for what in _PARTS:
                progress(f"  {what}")
                repeats = ("--repeats", options.repeats)
                one = ("loading", "--one", what, file, *repeats)
                found |= in_process(options.backend, *one)
            figures.append(found)
            file.unlink()
    print(table([_row(found) for found in figures], _HEADER))
    print(_LEGEND)
    save_json(options.json, {"rows": options.rows, "loading": figures})


_HEADER = ["table", "MB", "labelfeed, s", "pandas, s", "ratio", "floor, s", "CPU, s: both",
           "peak, MB: both", "prepare, s", "predict, s", "of it CPU", "rows/s"]  # fmt: skip
_LEGEND = """
Medians in turn; the ratio is the median over pairs. Peak: of a process that loads and does nothing
else, less its peak before. Prepare: the preprocessing of all rows, fitted and applied. Predict:
`labelfeed predict` from the file to a CSV, with imports left out."""


def _row(found: dict[str, Any]) -> list[Any]:
    return [
        KINDS[found["kind"]],
        f"{found['megabytes']:.0f}",
        *(f"{found[key]:.2f}" for key in ("ours", "pandas", "ratio")),
        f"{found['floor']:.3f}",
        f"{found['ours_cpu']:.2f}, {found['pandas_cpu']:.2f}",
        f"{found['ours_mb']:.0f}, {found['pandas_mb']:.0f}",
        *(f"{found[key]:.2f}" for key in ("prepare", "predict", "predict_cpu")),
        f"{found['rows_per_s']:,.0f}",
    ]


def _times(path: Path, repeats: int) -> dict[str, float]:
    """Return seconds of both readers and of the bare bytes, each in turn."""
    from labelfeed.data.preprocessing import Preprocessor

    steps = {"ours": _ours, "pandas": _pandas, "floor": Path.read_bytes}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for turn in range(repeats + 1):
        for name, step in steps.items():
            seconds = _seconds(lambda step=step: step(path))
            if turn:
                taken[name].append(seconds)
    features = _ours(path).features
    prepare, _ = _seconds(lambda: Preprocessor.fit(features).transform(features))
    medians = {name: statistics.median(wall for wall, _ in all_) for name, all_ in taken.items()}
    cpu = {f"{n}_cpu": statistics.median(c for _, c in all_) for n, all_ in taken.items()}
    pairs = zip(taken["ours"], taken["pandas"], strict=True)
    ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
    return {**medians, **cpu, "ratio": ratio, "prepare": prepare}


def _peak(step: Callable[[Path], Any], name: str) -> Callable[[Path, int], dict[str, float]]:
    def measured(path: Path, repeats: int) -> dict[str, float]:
        for module in ("labelfeed.data.loading", "pyarrow.csv", "pyarrow.parquet"):
            importlib.import_module(module)
        before = peak_memory_mb()
        kept = step(path)
        return {name: peak_memory_mb() - before} if kept is not None else {}

    return measured


def _prediction(path: Path, repeats: int) -> dict[str, float]:
    """Return seconds of `labelfeed predict` with a small run of the first rows."""
    import labelfeed.runs
    from labelfeed.cli.predict import run_predict
    from labelfeed.options import TrainingOptions

    data = _ours(path)
    run = labelfeed.runs.train(data.take(slice(0, _FIRST)), TrainingOptions(epochs=1))
    del data
    with tempfile.TemporaryDirectory() as folder:
        labelfeed.runs.save_run(run, Path(folder) / "run")

        frames: list[int] = []

        def predicted() -> None:
            out = f"{folder}/out.csv"
            made = run_predict(f"{folder}/run", str(path), out, overwrite=True, quiet=True)
            frames.append(len(made))

        taken = [_seconds(predicted) for _ in range(max(repeats // 2, 1) + 1)][1:]
    wall = statistics.median(wall for wall, _ in taken)
    cpu = statistics.median(cpu for _, cpu in taken)
    return {"predict": wall, "predict_cpu": cpu, "rows_per_s": frames[0] / wall}


def _ours(path: Path) -> Any:
    from labelfeed.data.loading import load_data

    return load_data(path, target="class")


def _pandas(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    with path.open() as file:
        commas = ";" in file.readline()
    return pd.read_csv(path, sep=";", decimal=",") if commas else pd.read_csv(path)


def _seconds(step: Callable[[], Any]) -> tuple[float, float]:
    """Return the seconds of a call, on the clock and of the processors."""
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    return time.perf_counter() - wall, time.process_time() - cpu


_PARTS: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "times": _times,
    "memory": _peak(_ours, "ours_mb"),
    "memory-pandas": _peak(_pandas, "pandas_mb"),
    "predict": _prediction,
}
