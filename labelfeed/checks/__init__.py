"""A look at a table before training: columns, cells, leaks, and the command that follows."""

from labelfeed.checks.check import check
from labelfeed.checks.result import Check

__all__ = ["Check", "check"]
