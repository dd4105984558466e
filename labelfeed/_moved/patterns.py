"""The module that saved files of before 0.2 name."""

from labelfeed.visibility.patterns import LikeData  # noqa: F401
