"""Malformed labels, features, files and folders: the kinds of `benchmarks inputs` but the kills."""

from __future__ import annotations

from benchmarks.inputs import KINDS, tallied_kind
from benchmarks.inputs_tally import Tally

__all__ = ["tallied"]


def tallied(count: int, seed: int) -> list[Tally]:
    """Return the outcomes of each kind, as many of each as `benchmarks inputs` has in proportion.

    Args:
        count: How many inputs.
        seed: Of all of them.
    """
    shares = {kind: share for kind, (_, share) in KINDS.items() if kind != "kills"}
    whole = sum(shares.values())
    tries = {kind: count * share // whole for kind, share in shares.items()}
    tries["labels"] += count - sum(tries.values())  # what is left of rounding
    return [tallied_kind(kind, some, seed) for kind, some in tries.items() if some]
