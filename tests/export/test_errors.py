"""An error of an export is one of values: the command line shows its message alone."""

from __future__ import annotations

from labelfeed.export.errors import ExportError


def test_it_is_an_error_of_values() -> None:
    assert issubclass(ExportError, ValueError)
