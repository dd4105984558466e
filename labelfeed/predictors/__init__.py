"""Predictors: the one face of whatever predicts, and what needs no Keras to do it.

Everything above asks a `Predictor`; `labelfeed.models.as_predictor` makes one of a model. Nothing
here imports Keras, so that a run with an ONNX copy starts in the time of NumPy and pandas.
"""

from labelfeed.predictors.onnx_model import OnnxPredictor
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError

__all__ = ["OnnxPredictor", "Predictor", "PredictorError"]
