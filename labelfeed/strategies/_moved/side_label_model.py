"""The module that saved files of before 0.2 name."""

from labelfeed.models.side_label import SideLabelModel  # noqa: F401
