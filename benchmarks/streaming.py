"""Training on rows that stay on disk, beside the same training on rows in the memory.

Ten Parquet files of 21 features and a class are written, with row groups of 65,536 rows. Then, in
turn and each in a process of its own: the peer reads all rows into arrays and gives these to `fit`;
ours gives `fit` a `labelfeed.StreamedRows` of the same files. The network is small (two layers of
64), so that reading has to keep up; it, its batches and the warm-up of 8 batches are the same. An
epoch is timed, with its reading where it reads, by the clock and by processor time of all threads
(on busy cores the clock says little); peaks of memory are those of the whole process,
beside that of a process that trains on nothing but the warm-up rows.
"""

from __future__ import annotations

import importlib
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import in_process, parser, progress, save_json, table
from benchmarks.memory import peak_memory_mb

__all__ = ["WAYS", "main", "write_files"]

FEATURES, FILES, GROUP = 21, 10, 65_536
WAYS = {"memory": "arrays in the memory", "streamed": "StreamedRows", "nothing": "8 batches only"}
_WARM = 8  # batches


def write_files(folder: Path, rows: int, seed: int = 0) -> None:
    """Write Parquet files of 21 float32 features and a class.

    Args:
        folder: Where.
        rows: Rows of all files together.
        seed: Of the values.
    """
    import pyarrow
    import pyarrow.parquet

    rng = np.random.default_rng(seed)
    sizes = np.diff(np.linspace(0, rows, FILES + 1).astype(int))
    for number, size in enumerate(sizes):
        path = folder / f"part-{number}.parquet"
        with pyarrow.parquet.ParquetWriter(path, _schema()) as writer:
            for start in range(0, size, GROUP):
                x = rng.normal(size=(min(GROUP, size - start), FEATURES)).astype(np.float32)
                noise = rng.normal(size=len(x)).astype(np.float32)
                ill = (x[:, 0] * x[:, 1] + x[:, 2] + noise > 0).astype(np.int32)
                columns = [*(np.ascontiguousarray(x[:, i]) for i in range(FEATURES)), ill]
                writer.write_table(pyarrow.table(columns, schema=_schema()))


def _schema() -> Any:
    import pyarrow

    names = [(f"x{i}", pyarrow.float32()) for i in range(FEATURES)]
    return pyarrow.schema([*names, ("ill", pyarrow.int32())])


def _one(way: str, folder: Path, batch_size: int) -> dict[str, float]:
    """Train one epoch in one way; return its rows, seconds and the peak of memory."""
    keras = importlib.import_module("keras")
    labelfeed = importlib.import_module("labelfeed")
    spec = labelfeed.LabelSpec.single(2, name="ill")
    rows = labelfeed.StreamedRows.parquet(folder, spec, batch_size=batch_size, shuffle=False)
    warm = [rows[i] for i in range(min(_WARM, len(rows)))]
    first = [np.concatenate(part) for part in zip(*warm, strict=True)]
    del rows, warm
    keras.utils.set_random_seed(0)
    model = labelfeed.strategies.plain(spec, (FEATURES,), width=64)
    given: dict[str, Any] = {"batch_size": batch_size}
    data: tuple[Any, ...] = tuple(first)
    if way == "memory":
        data = _arrays(folder)
    elif way == "streamed":
        data, given = (labelfeed.StreamedRows.parquet(folder, spec, batch_size=batch_size),), {}
        model.fit(data[0], verbose=0, steps_per_epoch=_WARM)
    model.fit(*first, batch_size=batch_size, verbose=0)
    start, before = time.perf_counter(), time.process_time()
    model.fit(*data, verbose=0, **given)
    seconds, processor = time.perf_counter() - start, time.process_time() - before
    count = data[0].num_rows if way == "streamed" else len(data[1])
    return {"rows": count, "seconds": seconds, "processor": processor,
            "mb": peak_memory_mb()}  # fmt: skip


def _arrays(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    import pyarrow.parquet

    files = sorted(folder.glob("*.parquet"))
    rows = sum(pyarrow.parquet.read_metadata(file).num_rows for file in files)
    x, y = np.empty((rows, FEATURES), np.float32), np.empty(rows, np.int32)
    start = 0
    for file in files:
        read = pyarrow.parquet.read_table(file)
        end = start + read.num_rows
        for place in range(FEATURES):
            x[start:end, place] = read[place].to_numpy()
        y[start:end] = read["ill"].to_numpy()
        start = end
    return x, y


def main(arguments: list[str]) -> None:
    options = parser("streaming", __doc__ or "")
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--repeats", type=int, default=3, help="of each way, in turn [3]")
    options.add_argument("--batch-size", type=int, default=1024)
    options.add_argument("--backends", nargs="+", default=["jax", "tensorflow", "torch"])
    options.add_argument("--one", nargs=2, metavar=("WAY", "FOLDER"), help="one way alone")
    given = options.parse_args(arguments)
    if given.one:
        way, folder = given.one
        print(json.dumps(_one(way, Path(folder), given.batch_size)))
        return
    found = {}
    with tempfile.TemporaryDirectory() as place:
        write_files(Path(place), given.rows)
        size = sum(file.stat().st_size for file in Path(place).iterdir())
        for backend in given.backends:
            found[backend] = _in_turn(backend, place, given.repeats, given.batch_size)
    rows = [
        [backend, of["memory"]["speed"], of["streamed"]["speed"], of["ratio"],
         of["processor_ratio"], *(of[way]["mb"] for way in WAYS)]
        for backend, of in found.items()
    ]  # fmt: skip
    print(f"{given.rows:,} rows, {FEATURES} features, {size / 1e6:,.0f} MB of Parquet, batches of "
          f"{given.batch_size}; medians of {given.repeats} runs in turn")  # fmt: skip
    header = ["backend", "in memory, rows/s", "streamed, rows/s", "ratio", "by processor time",
              "in memory, peak MB", "streamed, peak MB", "8 batches, peak MB"]  # fmt: skip
    shown = [
        [r[0], *(f"{v:,.0f}" for v in r[1:3]), *(f"{v:.2f}" for v in r[3:5]),
         *(f"{v:,.0f}" for v in r[5:])]
        for r in rows
    ]  # fmt: skip
    print(table(shown, header))
    save_json(given.json, {"rows": given.rows, "backends": found})


def _in_turn(backend: str, folder: str, repeats: int, batch_size: int) -> dict[str, Any]:
    """Return rows a second and peak of each way, and the ratio of runs that followed each other."""
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for way in [*(way for _ in range(repeats) for way in ("memory", "streamed")), "nothing"]:
        progress(f"{backend}: {WAYS[way]}")
        told = ("streaming", "--one", way, folder, "--batch-size", batch_size)
        runs[way].append(in_process(backend, *told))
    speeds = {way: [run["rows"] / run["seconds"] for run in runs[way]] for way in WAYS}
    progress(f"{backend}: {runs}")

    def ratio(what: str) -> float:
        pairs = zip(runs["memory"], runs["streamed"], strict=True)
        return statistics.median(peer[what] / ours[what] for peer, ours in pairs)

    found: dict[str, Any] = {
        way: {"speed": statistics.median(speeds[way]), "mb": max(run["mb"] for run in runs[way])}
        for way in WAYS
    }
    return {**found, "ratio": ratio("seconds"), "processor_ratio": ratio("processor")}
