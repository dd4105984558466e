"""What stands in the files of a run, read and written without Keras."""

from labelfeed.records.held_out import HeldOut
from labelfeed.records.training_log import TrainingLog, read_log

__all__ = ["HeldOut", "TrainingLog", "read_log"]
