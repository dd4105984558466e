"""The module that saved files of before 0.2 name."""

from labelfeed.layers.logit_calibration import LogitCalibration  # noqa: F401
