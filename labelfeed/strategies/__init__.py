"""Strategies: named recipes (layers, visibility, loss), each for one kind of label input.

Why these: each serves a row of the table *When can a label input help?*, which it names. A new one
is a file here, its options a file in `labelfeed.options`, and a line in the list of each: `RECIPES`
of `strategies.choose`, and `OPTIONS`.
"""

import importlib
from typing import Any

from labelfeed.options import SIDE_LAYERS
from labelfeed.strategies.generate import generate
from labelfeed.strategies.margin import MARGIN_HEADS, margin
from labelfeed.strategies.masked import masked
from labelfeed.strategies.neighbour_labels import neighbour_labels
from labelfeed.strategies.noisy_labels import noisy_labels
from labelfeed.strategies.partial_labels import partial_labels
from labelfeed.strategies.plain import plain
from labelfeed.strategies.prior_adjusted import prior_adjusted
from labelfeed.strategies.semi_supervised import semi_supervised
from labelfeed.strategies.side_label import choose_layers, side_label
from labelfeed.strategies.training_only import training_only

__all__ = [
    "MARGIN_HEADS",
    "SIDE_LAYERS",
    "choose_layers",
    "generate",
    "margin",
    "masked",
    "neighbour_labels",
    "noisy_labels",
    "partial_labels",
    "plain",
    "prior_adjusted",
    "semi_supervised",
    "side_label",
    "training_only",
]

# What stood here before 0.2: code that takes it from here goes on working.
_PLACES_BEFORE = {
    "KnownEffect": "labelfeed.runs.explain",
    "KnownEffects": "labelfeed.runs.explain",
    "LogitCalibration": "labelfeed.layers.logit_calibration",
    "Question": "labelfeed.runs.ask",
    "SideLabelModel": "labelfeed.models.side_label",
    "TwoPhaseModel": "labelfeed.models.two_phase",
    "ask": "labelfeed.runs.ask",
    "explain_known": "labelfeed.runs.explain",
    "explain_rows": "labelfeed.runs.explain",
}


def __getattr__(name: str) -> Any:
    """Return what has moved to another package."""
    if name in _PLACES_BEFORE:
        return getattr(importlib.import_module(_PLACES_BEFORE[name]), name)
    raise AttributeError(f"module 'labelfeed.strategies' has no attribute {name!r}")
