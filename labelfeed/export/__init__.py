"""Exports: a trained run for places where there is no Keras, or no labelfeed."""

from labelfeed.export.errors import ExportError
from labelfeed.export.export import Exported, export_run

__all__ = ["ExportError", "Exported", "export_run"]
