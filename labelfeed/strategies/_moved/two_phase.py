"""The module that saved files of before 0.2 name."""

from labelfeed.models.two_phase import TwoPhaseModel  # noqa: F401
