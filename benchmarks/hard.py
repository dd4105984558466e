"""`python -m benchmarks hard`: rare, noisy and few labels, and small tables, against all peers."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import balanced_accuracy_score, f1_score, log_loss

from benchmarks import common
from benchmarks.hard_peers import OURS, PEERS, predicted
from benchmarks.hard_regimes import REGIMES, SETS, load, rows_of

__all__ = ["main", "tables"]

_RESULTS = "figures are added to this file; what is there is not measured again (hard.jsonl)"
_KEY = ("regime", "set", "rows", "seed", "peer")


def main(argv: list[str] | None = None) -> None:
    """Measure what is not in the file of results yet, and print all tables that it has."""
    made = common.parser("hard", __doc__ or "")
    made.add_argument("--data", type=Path, required=True, help="folder of the sets")
    made.add_argument("--regimes", nargs="+", choices=REGIMES, default=list(REGIMES))
    made.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    made.add_argument("--peers", nargs="+", help="some of them; 'ours' is always measured")
    made.add_argument("--seeds", type=int, default=5, help="paired seeds (5)")
    made.add_argument("--rows", type=int, default=1500, help="training rows (1500)")
    made.add_argument("--results", type=Path, default=Path("hard.jsonl"), help=_RESULTS)
    options = made.parse_args(argv)
    known = {peer for peers in PEERS.values() for peer in peers}
    if wrong := sorted(set(options.peers or ()) - known - {OURS}):
        made.error(f"no such peer: {', '.join(wrong)}; there are {', '.join(sorted(known))}")
    done = _read(options.results)
    have = {tuple(line[k] for k in _KEY) for line in done}
    left_out: set[str] = set()
    for name in options.sets:
        for regime in (r for r in options.regimes if name in REGIMES[r].sets):
            x, y = load(name, options.data)
            peers = [p for p in PEERS[regime] if options.peers is None or p in options.peers]
            for seed in range(options.seeds):
                rows = rows_of(REGIMES[regime], x, y, options.rows, seed)
                for peer in (OURS, *peers):
                    key = (regime, name, options.rows, seed, peer)
                    if key in have or f"{regime} {peer}" in left_out:
                        continue
                    start = time.process_time()
                    p = predicted(peer, regime, rows)
                    if p is None:
                        left_out.add(f"{regime} {peer}")
                        common.progress(f"{regime}: {peer} is not there (extra, or strategy)")
                        continue
                    line = {**dict(zip(_KEY, key, strict=True)), **_figures(p, rows.target),
                            "seconds": time.process_time() - start}  # fmt: skip
                    done.append(line)
                    _append(options.results, line)
                    common.progress(json.dumps(line))
    mine = [d for d in done if d["rows"] == options.rows and d["regime"] in options.regimes
            and d["set"] in options.sets and d["seed"] < options.seeds]  # fmt: skip
    print(tables(mine))
    common.save_json(options.json, {"results": mine})


def _figures(p: np.ndarray, target: np.ndarray) -> dict[str, float]:
    best = p.argmax(axis=1)
    safe = np.clip(p, 1e-6, 1)
    safe = safe / safe.sum(axis=1, keepdims=True)
    return {
        "accuracy": float((best == target).mean()),
        "balanced": float(balanced_accuracy_score(target, best)),
        "macro_f1": float(f1_score(target, best, average="macro")),
        "log_loss": float(log_loss(target, safe, labels=np.arange(p.shape[1]))),
    }


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = path.read_text().splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]  # the last may be half


def _append(path: Path, line: dict[str, Any]) -> None:
    cut = path.exists() and not path.read_text().endswith("\n")  # while it was written
    with path.open("a") as file:
        file.write("\n" * cut + json.dumps(line) + "\n")


def tables(lines: list[dict[str, Any]]) -> str:
    """Return for each regime and set the figure of each peer, and how far ours is ahead of it.

    Args:
        lines: What was measured, one dict a regime, set, seed and peer.
    """
    out = []
    for regime in dict.fromkeys(line["regime"] for line in lines):
        figure = REGIMES[regime].figure
        for name in dict.fromkeys(d["set"] for d in lines if d["regime"] == regime):
            own = [d for d in lines if (d["regime"], d["set"]) == (regime, name)]
            by_peer: dict[str, dict[int, dict[str, Any]]] = {}
            for line in own:
                by_peer.setdefault(line["peer"], {})[line["seed"]] = line
            out.append(f"\n## {regime}, {name}\n\n{_table(by_peer, figure)}")
    return "\n".join(out)


def _table(by_peer: dict[str, dict[int, dict[str, Any]]], figure: str) -> str:
    ours, rows = by_peer.get(OURS, {}), []
    for peer, seeds in by_peer.items():
        values = [line[figure] for line in seeds.values()]
        both = sorted(set(seeds) & set(ours)) if peer != OURS else []
        pairs = [(seeds[s][figure], ours[s][figure]) for s in both]
        ahead: Any = common.paired_interval(*zip(*pairs, strict=True)) if len(pairs) > 1 else None
        wins = f"{sum(b > a for a, b in pairs)} of {len(pairs)}" if pairs else None
        spent = np.mean([line["seconds"] for line in seeds.values()])
        rows.append([peer, float(np.mean(values)), ahead, wins, f"{spent:.0f}"])
    rows.sort(key=lambda row: -row[1])
    return common.table(rows, ["training", figure, "ours is ahead by", "wins", "CPU s"])
