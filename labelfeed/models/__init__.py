"""Keras models that are fed labels under a policy, and what they share.

Importing this package registers every model, layer, head and policy of labelfeed, so that
`keras.saving.load_model` opens a file that holds them.
"""

import labelfeed.heads
import labelfeed.layers
import labelfeed.visibility  # noqa: F401 (all three for their registered names)
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.margin import MarginModel
from labelfeed.models.nearest_prototype import NearestPrototype
from labelfeed.models.resuming import Resume
from labelfeed.models.semi_supervised import SemiSupervisedModel
from labelfeed.models.side_label import SideLabelModel
from labelfeed.models.streamed_rows import StreamedRows
from labelfeed.models.training_only import TrainingOnlyModel
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError

__all__ = [
    "LabelFedModel",
    "MarginModel",
    "NearestPrototype",
    "Predictor",
    "PredictorError",
    "Resume",
    "SemiSupervisedModel",
    "SideLabelModel",
    "StreamedRows",
    "TrainingOnlyModel",
    "TwoPhaseModel",
    "as_predictor",
]
