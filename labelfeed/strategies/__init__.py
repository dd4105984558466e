"""Strategies: named recipes (layers, visibility, loss), each for one kind of label input.

Why these: each serves a row of the table *When can a label input help?*, which it names.
"""

from labelfeed.strategies.asking import KnownEffect, Question, ask, explain_known
from labelfeed.strategies.logit_calibration import LogitCalibration
from labelfeed.strategies.partial_labels import partial_labels
from labelfeed.strategies.two_phase import TwoPhaseModel

__all__ = [
    "KnownEffect",
    "LogitCalibration",
    "Question",
    "TwoPhaseModel",
    "ask",
    "explain_known",
    "partial_labels",
]
