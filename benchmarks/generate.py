"""`python -m benchmarks generate`: rows made for a label, judged beside those of other generators.

Each generator learns from 70 % of a set and makes as many rows, with as many of each class; they
are judged by `labelfeed.judging` against the other 30 %. `copy` hands out training rows: the
control that the measure of copying has to catch. notMNIST's pictures are made 8 x 8 first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import common
from benchmarks.generate_data import SETS, TARGET, as_written, frame_of, split
from benchmarks.generate_peers import PEERS, Sampler
from benchmarks.generate_tables import figures_of, tables
from labelfeed.judging.judge import Judge

__all__ = ["main"]

_OURS = ("ours", "ours, pictures")
_GENERATORS = (*_OURS, *PEERS)
_FEW = 0.1  # missing rows of rare classes, as a share, below which a set counts as balanced


def main(argv: list[str] | None = None) -> None:
    """Print the figures of each generator on each set, over paired seeds."""
    made = common.parser("generate", __doc__ or "")
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.add_argument("--data", type=Path, help="folder with the files; else OpenML")
    made.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    made.add_argument("--generators", nargs="+", choices=_GENERATORS, default=list(_GENERATORS))
    made.add_argument("--seeds", type=int, default=5, help="paired seeds (5)")
    made.add_argument("--first-seed", type=int, default=0, help="the first of them (0)")
    made.add_argument("--rows", type=int, help="rows of a set, held-out ones included (all)")
    made.add_argument("--jobs", type=int, default=1, help="processes, a set and seed each (1)")
    made.add_argument("--speed", action="store_true", help="time 10,000 rows of 20 columns, alone")
    told = "print the tables of files that --json wrote, and run nothing"
    made.add_argument("--merge", type=Path, nargs="+", metavar="FILE", help=told)
    options = made.parse_args(argv)
    if options.speed:
        from benchmarks.generate_speed import speed

        times = speed(options.rows or 10_000, 20)
        head = ["train, s", "processor s", "sample 1,000, s"]
        print(common.table([[f"{value:.1f}" for value in times.values()]], head))
        common.save_json(options.json, times)
        return
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    if options.merge:
        found = merged([json.loads(path.read_text()) for path in options.merge])
    elif options.jobs > 1:
        found = _in_processes(options, seeds)
    else:
        found = {}
        for name in options.sets:
            for seed in seeds:
                for generator, figures in _one(name, seed, options):
                    found = merged([found, {name: {str(seed): {generator: figures}}}])
                    _written(options.json, found)
    _written(options.json, found)
    for text in tables(found):
        print(f"\n{text}", flush=True)


def merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of several runs as one: by set, seed and generator."""
    out: dict[str, Any] = {}
    for part in parts:
        for name, seeds in part.items():
            if name == "machine":
                continue
            for seed, generators in seeds.items():
                out.setdefault(name, {}).setdefault(seed, {}).update(generators)
    return out


def _one(
    name: str, seed: int, options: argparse.Namespace
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each generator with its figures."""
    rows = split(name, options.data, seed, options.rows)
    judge = Judge(frame_of(rows.x, rows.y), frame_of(rows.test_x, rows.test_y), TARGET, seed=seed)
    wanted = np.random.default_rng(seed).permutation(rows.y)
    rare = _missing(rows.y)
    for generator in options.generators:
        if generator == _OURS[1] and rows.picture is None:
            continue
        start = time.perf_counter()
        if generator in _OURS:
            from benchmarks.generate_ours import ours

            sampler: Sampler = ours(rows, seed, generator == _OURS[1])
        else:
            sampler = PEERS[generator](rows.x, rows.y, seed)
        fitted = time.perf_counter()
        x, y = sampler(wanted)
        sampled = time.perf_counter()
        frames = [frame_of(as_written(x, rows.x), y)]
        if len(rare) > _FEW * len(rows.y):
            x, y = sampler(rare)
            frames.append(frame_of(as_written(x, rows.x), y))
        judged = judge(*frames)
        spent = {"fit": fitted - start, "sample": sampled - fitted}
        found = figures_of(judged, spent)
        common.progress(
            f"{name} seed {seed} {generator}: AUC {found['trees']:.3f}, label "
            f"{found['fidelity']:.3f} of {found['fidelity_real']:.3f}, "
            f"{spent['fit']:.0f} s + {time.perf_counter() - sampled:.0f} s"
        )
        yield generator, found


def _missing(y: np.ndarray) -> np.ndarray:
    """Return the classes of the rows that fill every class up to the most frequent one."""
    counts = np.bincount(y)
    return np.repeat(np.arange(len(counts)), counts.max() - counts)


def _in_processes(options: argparse.Namespace, seeds: range) -> dict[str, Any]:
    folder = (options.json or Path("build/generate.json")).with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [(name, seed) for seed in seeds for name in options.sets]
    running: list[tuple[subprocess.Popen[bytes], Path]] = []
    done: list[Path] = []
    while waiting or running:
        while waiting and len(running) < options.jobs:
            name, seed = waiting.pop(0)
            path = folder / f"{name}-{seed}.json"
            command = [sys.executable, "-m", "benchmarks", "generate", "--sets", name,
                       "--seeds", "1", "--first-seed", str(seed), "--json", str(path),
                       "--generators", *options.generators]  # fmt: skip
            command += ["--data", str(options.data)] if options.data else []
            command += ["--rows", str(options.rows)] if options.rows else []
            env = {**os.environ, "OMP_NUM_THREADS": "1"}
            running.append((subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env), path))
        time.sleep(0.5)
        for process, path in list(running):
            if process.poll() is not None:
                running.remove((process, path))
                done += [path] if path.is_file() else []
    return merged([json.loads(path.read_text()) for path in done])


def _written(path: Path | None, found: dict[str, Any]) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n")
