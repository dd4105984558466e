"""One peer on one split of `python -m benchmarks partial`, in a process of its own."""

from __future__ import annotations

import dataclasses
import importlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.memory import peak_memory_mb
from benchmarks.outside_peers import OUTSIDE
from benchmarks.partial_data import split

__all__ = ["PEERS", "SHARES", "Trained", "peer", "trained"]

SHARES = (0.0, 0.25, 0.5, 0.75)
PEERS = {
    "from the command line": "partial_command:from_command_line",
    "partial-labels": "partial_peers:strategy",
    "boosted trees, label columns": "partial_trees:boosted_trees",
    "boosted trees x naive Bayes": "partial_trees:boosted_naive_bayes",
    "extra trees, label columns": "partial_trees:extra_trees",
    "plain": "partial_peers:plain",
    "naive-bayes": "partial_peers:naive_bayes",
    "chain": "partial_peers:chain",
    "lightgbm": "partial_peers:lightgbm",
    "attention": "partial_peers:attention",
    **dict.fromkeys(OUTSIDE, "partial_outside:outside_naive_bayes"),
}
"""Peers by name: module below `benchmarks`, and function from parts and seed to `Predict`; of those
of other packages also from name and weights."""


@dataclasses.dataclass(frozen=True)
class Trained:
    """What a peer predicted after training on one split.

    Args:
        probabilities: Of the test rows, `(n, labels)` for each of `SHARES`.
        seconds: On the clock, of training.
        processor: Seconds of processor time, of training.
        memory: Peak of the process in MB, the libraries included.
        note: What the peer says about itself.
    """

    probabilities: list[np.ndarray]
    seconds: float
    processor: float
    memory: float
    note: str = ""


def peer(name: str) -> Any:
    """Return the function of a peer; what it needs is imported only now."""
    module, function = PEERS[name].split(":")
    return getattr(importlib.import_module(f"benchmarks.{module}"), function)


def trained(
    name: str,
    dataset: str,
    folder: Path | None,
    seed: int,
    known: Sequence[np.ndarray],
    weights: Mapping[str, Path] | None = None,
) -> Trained:
    """Train a peer on the split of a seed, and predict its test rows with labels known.

    Args:
        name: Of the peer.
        dataset: One of `SETS`.
        folder: Where its files are.
        seed: Of the split and of the training.
        known: Labels of the test rows, -1 where unknown, for each of `SHARES`.
        weights: Files of weights by name, for peers of `OUTSIDE`.
    """
    learn, parts = peer(name), split(dataset, folder, seed)
    start, processor = time.perf_counter(), time.process_time()
    predict = learn(parts, seed, **_more(name, weights))
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    found = [np.asarray(predict(parts.test[0], states)) for states in known]
    return Trained(found, seconds, processor, peak_memory_mb(), getattr(predict, "note", ""))


def _more(name: str, weights: Mapping[str, Path] | None) -> dict[str, Any]:
    return {"name": name, "weights": weights or {}} if name in OUTSIDE else {}
