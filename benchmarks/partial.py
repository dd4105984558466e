"""`python -m benchmarks partial`: partly known labels, against peers on the same splits."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from benchmarks import common
from benchmarks.partial_data import SETS, split
from benchmarks.partial_peers import PEERS
from labelfeed.audit.information_curve import KNOWN_SHARES, InformationCurve, information_curve
from labelfeed.report.information_chart import information_chart

__all__ = ["main"]

OURS = "partial-labels"
METRIC = "macro_auc"


def main(argv: list[str] | None = None) -> None:
    """Print macro-AUC of the unknown labels by known share, and the gain over each peer."""
    made = common.parser("partial", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder with the files; else from OpenML")
    made.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    made.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS))
    made.add_argument("--seeds", type=int, default=5, help="paired seeds (5)")
    made.add_argument("--first-seed", type=int, default=0, help="the first of them (0)")
    made.add_argument("--chart", type=Path, metavar="DIR", help="write DIR/partial-SET.png too")
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    for name in options.sets:
        seeds = range(options.first_seed, options.first_seed + options.seeds)
        parts = [split(name, options.data, seed) for seed in seeds]
        curves: dict[str, InformationCurve] = {}
        seconds = {}
        for peer in options.peers:
            start = time.perf_counter()
            trained = []
            for seed, part in zip(seeds, parts, strict=True):
                trained.append(PEERS[peer](part, seed))
                common.progress(f"{name} {peer} seed {seed}: {time.perf_counter() - start:.0f} s")
            test = [part.test for part in parts]
            x, y = [rows for rows, _ in test], [labels for _, labels in test]
            curves[peer] = information_curve(trained, x, y, seeds=seeds)
            seconds[peer] = (time.perf_counter() - start) / options.seeds
            figures[name] = {
                "curves": {done: curve.to_json() for done, curve in curves.items()},
                "seconds": seconds,
            }
            common.save_json(options.json, figures)
        shape = (*parts[0].train[0].shape, parts[0].train[1].shape[1])
        print(f"\n## {name}: {shape[0]} training rows, {shape[1]} features, {shape[2]} labels\n")
        print(_table(curves, seconds))
        if OURS in curves and len(curves) > 1:
            print(f"\n{OURS} minus peer, macro-AUC points [95 % interval] wins of seeds\n")
            print(_gains(curves))
        if options.chart is not None:
            options.chart.mkdir(parents=True, exist_ok=True)
            picture = information_chart(curves, METRIC, name)
            (options.chart / f"partial-{name}.png").write_bytes(picture)


def _head(share: Any) -> str:
    return "last unknown" if share == "last" else f"{100 * share:.0f} %"


def _table(curves: dict[str, InformationCurve], seconds: dict[str, float]) -> str:
    rows = [
        [peer, *(curve.interval(METRIC, share).mean for share in KNOWN_SHARES),
         curve.interval("log_loss", 0.5).mean, curve.interval("calibration_error", 0.5).mean,
         f"{seconds[peer]:.0f}"]
        for peer, curve in curves.items()
    ]  # fmt: skip
    head = [
        "macro-AUC, known:",
        *map(_head, KNOWN_SHARES),
        "log loss 50 %",
        "calib. 50 %",
        "s a seed",
    ]
    return common.table(rows, head)


def _gains(curves: dict[str, InformationCurve]) -> str:
    rows = []
    for peer in curves:
        if peer == OURS:
            continue
        cells = []
        for share in KNOWN_SHARES:
            gain = curves[OURS].gain(curves[peer], METRIC, share)
            cells.append(f"{gain.scaled(100):+.1f} {gain.wins}/{gain.seeds}")
        rows.append([peer, *cells])
    return common.table(rows, ["peer", *map(_head, KNOWN_SHARES)])
