"""Visibility: which labels the network may read at a step."""

from labelfeed.visibility.masked_rows import MaskedRows
from labelfeed.visibility.patterns import LikeData
from labelfeed.visibility.policies import Hidden, Masked, Shown, Visibility

__all__ = ["Hidden", "LikeData", "Masked", "MaskedRows", "Shown", "Visibility"]
