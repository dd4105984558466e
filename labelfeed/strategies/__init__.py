"""Strategies: named recipes (layers, visibility, loss), each for one kind of label input.

Why these: each serves a row of the table *When can a label input help?*, which it names.
"""

from labelfeed.strategies.asking import Question, ask
from labelfeed.strategies.explaining import KnownEffect, KnownEffects, explain_known, explain_rows
from labelfeed.strategies.logit_calibration import LogitCalibration
from labelfeed.strategies.margin import MARGIN_HEADS, margin
from labelfeed.strategies.partial_labels import partial_labels
from labelfeed.strategies.side_label import SIDE_LAYERS, choose_layers, side_label
from labelfeed.strategies.side_label_model import SideLabelModel
from labelfeed.strategies.two_phase import TwoPhaseModel

__all__ = [
    "MARGIN_HEADS",
    "SIDE_LAYERS",
    "KnownEffect",
    "KnownEffects",
    "LogitCalibration",
    "Question",
    "SideLabelModel",
    "TwoPhaseModel",
    "ask",
    "choose_layers",
    "explain_known",
    "explain_rows",
    "margin",
    "partial_labels",
    "side_label",
]
