"""The module that saved files of before 0.2 name."""

from labelfeed.models.label_fed import LabelFedModel  # noqa: F401
