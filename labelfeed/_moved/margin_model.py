"""The module that saved files of before 0.2 name."""

from labelfeed.models.margin import MarginModel  # noqa: F401
