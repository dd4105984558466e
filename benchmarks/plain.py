"""`python -m benchmarks plain`: the plain network for tables against peers, on the same rows."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import common
from benchmarks.outside_peers import OUTSIDE, add_weights, why_not
from benchmarks.plain_data import SETS, scores, split
from benchmarks.plain_peers import PEERS, outside

__all__ = ["main"]

OURS = "network"
FIGURES = ("accuracy", "log_loss", "auc", "seconds")


def main(argv: list[str] | None = None) -> None:
    """Print accuracy, log loss, AUC and seconds by peer, and what the network gains."""
    made = common.parser("plain", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder with the files; else from OpenML")
    made.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    every = [*PEERS, *OUTSIDE]
    made.add_argument("--peers", nargs="+", choices=every, default=every)
    made.add_argument("--seeds", type=int, default=3, help="paired seeds (3)")
    made.add_argument("--rows", type=int, help="rows of each set at most, drawn by the seed")
    add_weights(made)
    options = made.parse_args(argv)
    weights = dict(options.weights)
    reasons = {peer: why_not(peer, weights) for peer in options.peers if peer in OUTSIDE}
    for reason in filter(None, reasons.values()):
        common.progress(reason)
    peers = {
        peer: outside(peer, weights) if peer in OUTSIDE else PEERS[peer]
        for peer in options.peers
        if reasons.get(peer) is None
    }
    figures: dict[str, Any] = {}
    for name in options.sets:
        found: dict[str, dict[str, list[float]]] = {
            peer: {figure: [] for figure in FIGURES} for peer in peers
        }
        for seed in range(options.seeds):
            rows = split(name, options.data, seed, options.rows)
            for peer in peers:  # in turns: what else the machine does falls on all
                start = time.perf_counter()
                p = peers[peer](rows, seed)
                done = {**scores(p, rows), "seconds": time.perf_counter() - start}
                for figure in FIGURES:
                    found[peer][figure].append(done[figure])
                common.progress(f"{name} seed {seed} {peer}: {done['seconds']:.1f} s")
        figures[name] = found
        common.save_json(options.json, figures)
        labels = len(rows.spec.label_columns)
        kind = f"{labels} labels" if labels > 1 else f"{max(2, rows.y.shape[1])} classes"
        print(f"\n## {name}: {len(rows.x)} training rows, {rows.x.shape[1]} features, {kind}\n")
        print(_table(found))


def _table(found: dict[str, dict[str, list[float]]]) -> str:
    rows = []
    for peer, own in found.items():
        gain: Any = None
        if peer != OURS and OURS in found and len(own["log_loss"]) > 1:
            gain = common.paired_interval(own["log_loss"], found[OURS]["log_loss"])
        means = [float(np.mean(own[figure])) for figure in FIGURES[:3]]
        rows.append([peer, *means, f"{np.mean(own['seconds']):.1f}", gain])
    head = ["peer", "accuracy", "log loss", "macro-AUC", "s a seed", f"log loss of {OURS} minus it"]
    return common.table(rows, head)
