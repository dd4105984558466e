"""Keras models that are fed labels under a policy, and what they share."""

from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.margin import MarginModel
from labelfeed.models.nearest_prototype import NearestPrototype
from labelfeed.models.side_label import SideLabelModel
from labelfeed.models.two_phase import TwoPhaseModel

__all__ = ["LabelFedModel", "MarginModel", "NearestPrototype", "SideLabelModel", "TwoPhaseModel"]
