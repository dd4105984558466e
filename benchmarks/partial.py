"""`python -m benchmarks partial`: partly known labels, against peers on the same splits."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import common
from benchmarks.outside_peers import OUTSIDE, add_weights, why_not
from benchmarks.partial_data import SETS, split
from benchmarks.partial_figures import figures_of, gains, standing, table
from benchmarks.partial_one import PEERS, SHARES, Trained, trained
from benchmarks.partial_tables import FILES
from labelfeed.audit.information_curve import information_curve
from labelfeed.labels.known_share import leave_known
from labelfeed.metrics.information import InformationCurve
from labelfeed.report.information_chart import information_chart

__all__ = ["main"]

OURS = "from the command line"


def main(argv: list[str] | None = None) -> None:
    """Print macro-AUC and log loss of unknown labels by known share, and the gain over peers."""
    made = common.parser("partial", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder with the files; else from OpenML")
    made.add_argument("--sets", nargs="+", choices=SETS, help="all; without --data: no files")
    made.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS))
    made.add_argument("--ours", choices=list(PEERS), default=OURS, help="compared with the others")
    made.add_argument("--seeds", type=int, default=5, help="paired seeds (5)")
    made.add_argument("--first-seed", type=int, default=0, help="the first of them (0)")
    made.add_argument("--jobs", type=int, default=1, help="trainings at a time (1)")
    made.add_argument("--chart", type=Path, metavar="DIR", help="write DIR/partial-SET.png too")
    add_weights(made)
    options = made.parse_args(argv)
    weights = dict(options.weights)
    reasons = {peer: why_not(peer, weights) for peer in options.peers if peer in OUTSIDE}
    for reason in filter(None, reasons.values()):
        common.progress(reason)
    peers = [peer for peer in options.peers if reasons.get(peer) is None]
    names = options.sets or [name for name in SETS if options.data or name not in FILES]
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    kept: dict[str, Any] = {}
    sets: dict[str, dict[str, InformationCurve]] = {}
    # A process for each training: its memory is its own, and trees do without Keras.
    with ProcessPoolExecutor(
        options.jobs, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        for name in names:
            parts = [split(name, options.data, seed) for seed in seeds]
            runs = {
                (peer, seed): pool.submit(
                    trained, peer, name, options.data, seed, _known(part.test[1], seed), weights
                )
                for peer in peers
                for seed, part in zip(seeds, parts, strict=True)
            }
            curves: dict[str, InformationCurve] = {}
            costs: dict[str, list[Trained]] = {}
            for peer in peers:
                done = costs[peer] = []
                for seed in seeds:
                    done.append(runs[peer, seed].result())
                    common.progress(
                        f"{name} {peer} seed {seed}: {done[-1].seconds:.0f} s {done[-1].note}"
                    )
                tests = [part.test for part in parts]
                x, y = [rows for rows, _ in tests], [labels for _, labels in tests]
                given = [_recalled(one) for one in done]
                curves[peer] = information_curve(given, x, y, SHARES, seeds=seeds)
                kept[name] = {p: figures_of(curves[p], costs[p]) for p in curves}
                common.save_json(options.json, kept)
            (x, y), sets[name] = parts[0].train, curves
            size = f"{len(x)} training rows, {parts[0].raw[0].shape[1]} features"
            print(f"\n## {name}: {size}, {y.shape[1]} labels\n")
            print(table(curves, costs))
            if options.ours in curves and len(curves) > 1:
                print(f"\n{options.ours} against each peer [95 % interval] seeds won\n")
                print(gains(curves, options.ours), flush=True)
            if options.chart is not None:
                options.chart.mkdir(parents=True, exist_ok=True)
                picture = information_chart(curves, "macro_auc", name)
                (options.chart / f"partial-{name}.png").write_bytes(picture)
    if options.ours in peers and len(peers) > 1:
        print(f"\n## {options.ours} and the best of the peers\n")
        print(standing(sets, options.ours))


def _known(y: np.ndarray, seed: int) -> list[np.ndarray]:
    """Return the labels that `information_curve` gives."""
    return [leave_known(y, share, seed) for share in SHARES]


def _recalled(done: Trained) -> Callable[[Any, np.ndarray], np.ndarray]:
    """Return what gives the predictions of `SHARES` again, in their order."""
    left = iter(done.probabilities)
    return lambda x, known: next(left)
