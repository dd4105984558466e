"""Training rows of which some are labelled coarsely, repeated with what they may be."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.noise.coarse import sort_coarse
from labelfeed.noise.suiting import suiting_plain
from labelfeed.options import StrategyOptions
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.repaired_rows import judging_plain, repeated_rows

__all__ = ["coarse_rows"]

_SUITED = ("plain", "side-label")


def coarse_rows(
    x: np.ndarray,
    rows: Dataset,
    groups: np.ndarray | None,
    options: StrategyOptions,
    tell: Callable[[str], None],
    on_step: Callable[[int, int], None] | None = None,
) -> tuple[np.ndarray, Dataset, np.ndarray | None]:
    """Return features, rows and groups to train on instead.

    Where coarse rows pay (`labelfeed.noise.coarse.sort_coarse`), each stands there once for each
    class that it may be, weighted by its posterior; the copies are one group. Else they are
    unknown. Pictures are returned as they are: their network is trained under
    `losses.SetCrossentropy`, by the summed probability of the classes.

    Args:
        x: Preprocessed features of the training rows.
        rows: The training rows, with `coarse`.
        groups: `(n,)`, or `None`.
        options: Of the strategy.
        tell: Called with what was found.
        on_step: Called with the number of blends that have judged the rows, and that of all.

    Raises:
        NetworkError: The strategy does not learn from coarse rows.
    """
    coarse = rows.coarse
    if coarse is None or not coarse.known.any():
        return x, dataclasses.replace(rows, coarse=None), groups
    if options.strategy not in _SUITED:
        raise NetworkError(
            f"Coarsely labelled rows (--tree) go with the strategies "
            f"{' and '.join(map(repr, _SUITED))}, not with {options.strategy!r}: leave --strategy "
            "out, or the rows."
        )
    count = int(coarse.known.sum())
    if np.ndim(rows.features) > 2:
        if options.strategy != "plain" or options.backbone is not None:
            raise NetworkError(
                "Coarsely labelled pictures (--tree) train the network of the strategy 'plain' "
                "without a backbone: leave out --side and --backbone, or the coarse labels."
            )
        tell(f"{count} coarse rows train by the summed probability of their classes, not scored")
        return x, rows, groups
    judge = suiting_plain(judging_plain(options), rows.states)
    found = sort_coarse(
        x, rows.labels, coarse.allowed, rows.spec, groups=groups, weight=rows.weights,
        plain=judge, seed=options.seed, on_step=on_step,
    )  # fmt: skip
    rows = dataclasses.replace(rows, coarse=None)
    gain = (
        f"out of fold the log loss changes by {-found.gain:+.3f} +- {found.spread:.3f} a row of "
        f"known class, {-found.overall:+.3f} a row with coarse ones"
    )
    if not found.pays:
        tell(f"{count} coarse rows are left out: they do not pay ({gain})")
        return x, rows, groups
    tell(f"{count} coarse rows train by the probabilities of their classes, not scored ({gain})")
    return repeated_rows(x, rows, groups, [found.posterior], found.known[:, None], options.seed)
