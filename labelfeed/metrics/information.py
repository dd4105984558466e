"""The information curve as it is kept: scores of the unknown labels by the share known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.labels.known_share import KnownShare
from labelfeed.metrics.intervals import Interval, interval_of
from labelfeed.results import Result

__all__ = ["FED", "METRICS", "NOT_FED", "InformationCurve"]

METRICS = ("macro_auc", "micro_auc", "average_precision", "log_loss", "calibration_error")
FED, NOT_FED = "known labels fed", "the same labels, none fed"


@dataclasses.dataclass(frozen=True)
class InformationCurve(Result):
    """Scores of the unknown labels for each known share and each seed.

    Args:
        shares: Known shares of each row's labels, in [0, 1), or `"last"`: all but one.
        values: For each metric of `METRICS`, a row of floats for each seed, one for each share;
            NaN where it cannot be computed.
        scored: Scored labels (a column of classes is one), averaged over the seeds, for each share.
    """

    shares: tuple[KnownShare, ...]
    values: dict[str, tuple[tuple[float, ...], ...]]
    scored: tuple[float, ...]

    def interval(self, metric: str, share: KnownShare, confidence: float = 0.95) -> Interval:
        """Return the mean of a metric at a share, with its interval over the seeds."""
        return interval_of(self._column(metric, share), confidence)

    def gain(
        self, other: InformationCurve, metric: str, share: KnownShare, confidence: float = 0.95
    ) -> Interval:
        """Return this curve minus another, seed by seed (paired: same rows, same known labels)."""
        mine, theirs = self._column(metric, share), other._column(metric, share)
        if len(mine) != len(theirs):
            raise ValueError(
                f"Curves of {len(mine)} and {len(theirs)} seeds cannot be paired; run both with "
                "the same seeds."
            )
        return interval_of(mine - theirs, confidence)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON types; what is no number is `None`."""
        return self.to_dict()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> InformationCurve:
        """Return the curve that `to_json` wrote; `None` is NaN again.

        Raises:
            ValueError: It is no such curve.
        """
        try:
            values = {
                metric: tuple(
                    tuple(float("nan") if v is None else float(v) for v in row)
                    for row in kept["values"][metric]
                )
                for metric in METRICS
            }
            shares = tuple(s if s == "last" else float(s) for s in kept["shares"])
            scored = tuple(map(float, kept["scored"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"This is no information curve: {error!r}.") from error
        rows = [row for of in values.values() for row in of]
        if not all(values.values()) or any(len(row) != len(shares) for row in [*rows, scored]):
            raise ValueError("This is no information curve: its shares and values do not fit.")
        return cls(shares, values, scored)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each known share: the mean of each metric over the seeds."""
        means = {metric: np.asarray(of).mean(axis=0) for metric, of in self.values.items()}
        shown = ["all but one" if s == "last" else f"{s:.0%}" for s in self.shares]
        return pd.DataFrame({"known": shown, "scored": self.scored, **means})

    def _column(self, metric: str, share: KnownShare) -> np.ndarray:
        if metric not in self.values:
            raise ValueError(f"metric must be one of {METRICS}, got {metric!r}.")
        if share not in self.shares:
            raise ValueError(f"share must be one of {self.shares}, got {share!r}.")
        return np.asarray(self.values[metric])[:, self.shares.index(share)]
