"""Tables of `python -m benchmarks partial`: scores, gains over each peer, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks import common
from benchmarks.partial_one import SHARES, Trained
from labelfeed.metrics.information import InformationCurve
from labelfeed.metrics.intervals import Interval

__all__ = ["figures_of", "gains", "standing", "table"]

_HEAD = [f"{100 * share:.0f} %" for share in SHARES]
_SHARES = "/".join(f"{100 * share:.0f}" for share in SHARES) + " %"
_METRICS = {"macro_auc": ("AUC", 100), "log_loss": ("log loss", -1000)}  # times: + is better


def figures_of(curve: InformationCurve, done: Sequence[Trained]) -> dict[str, Any]:
    """Return all figures of a peer as JSON types."""
    cost = {name: [getattr(one, name) for one in done] for name in ("seconds", "processor")}
    memory, notes = [one.memory for one in done], [one.note for one in done]
    return {"curve": curve.to_json(), **cost, "memory": memory, "notes": notes}


def table(curves: dict[str, InformationCurve], costs: dict[str, Sequence[Trained]]) -> str:
    """Return means over the seeds: macro-AUC, log loss, and what the training cost."""
    rows = []
    for peer, curve in curves.items():
        scores = [
            " ".join(f"{curve.interval(m, share).mean:.3f}".removeprefix("0") for share in SHARES)
            for m in _METRICS
        ]
        done = costs[peer]
        cost = [np.mean([getattr(one, what) for one in done]) for what in ("seconds", "processor")]
        peak = max(one.memory for one in done)
        rows.append([peer, *scores, *(f"{value:.0f}" for value in cost), f"{peak:.0f}"])
    head = [f"{name} at {_SHARES}" for name in ("macro-AUC", "log loss")]
    return common.table(rows, ["peer", *head, "s", "processor s", "MB"])


def gains(curves: dict[str, InformationCurve], ours: str) -> str:
    """Return what is gained over each peer: points of AUC, thousandths of log loss; + is better."""
    rows = []
    for peer in curves:
        for metric, (name, scale) in _METRICS.items():
            cells = []
            for share in SHARES:
                gain = _gain(curves, ours, peer, metric, share)
                cells.append(f"{_said(gain)} {gain.wins}/{gain.seeds}")
            unit = "points of AUC" if scale > 0 else f"{name} / 1000"
            if peer != ours:
                rows.append([peer, unit, *cells])
    return common.table(rows, ["peer", "gain, + is better", *_HEAD])


def standing(sets: dict[str, dict[str, InformationCurve]], ours: str) -> str:
    """Return, by set and known share, the gain over the peer with the best mean there.

    First: ahead, and the interval leaves zero out; tied: it holds zero; behind: below it. With one
    seed there is no interval, and the sign alone says.
    """
    rows = []
    for name, curves in sets.items():
        if len(curves) < 2 or ours not in curves:
            continue
        for metric, (what, scale) in _METRICS.items():
            cells = []
            for share in SHARES:
                found = {
                    peer: _gain(curves, ours, peer, metric, share)
                    for peer in curves
                    if peer != ours
                }
                best = min(found, key=lambda peer: found[peer].mean)
                cells.append(f"{_place(found[best])} {_said(found[best])} ({best})")
            unit = "AUC, points" if scale > 0 else f"{what} / 1000"
            rows.append([name, unit, *cells])
    return common.table(rows, ["set", "gain, + is better", *_HEAD])


def _gain(
    curves: dict[str, InformationCurve], ours: str, peer: str, metric: str, share: float
) -> Interval:
    scale = _METRICS[metric][1]
    gain = curves[ours].gain(curves[peer], metric, share)
    if scale < 0:
        gain = curves[peer].gain(curves[ours], metric, share)
    return gain.scaled(abs(scale))


def _said(gain: Interval) -> str:
    """Return the mean with its interval, which one seed has none of."""
    return f"{gain.mean:+.1f}" if gain.seeds == 1 else f"{gain:+.1f}"


def _place(gain: Interval) -> str:
    if gain.low <= 0 <= gain.high:
        return "tied"
    return "first" if gain.mean > 0 else "behind"
