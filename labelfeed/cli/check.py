"""`labelfeed check`: what a table holds and what to look at, before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labelfeed.checks.check import check
from labelfeed.checks.result import Check
from labelfeed.cli.console import print_json, say
from labelfeed.cli.files import is_npz
from labelfeed.data.order import split_order
from labelfeed.data.side_numbers import split_ranges
from labelfeed.labels.cell_rules import CellRules

__all__ = ["run_check"]


def run_check(
    data: str | tuple[str, ...],
    *,
    reading: dict[str, Any],
    cells: Mapping[str, Any] | None = None,
    as_json: bool = False,
) -> Check:
    """Print what `labelfeed.check` finds, and return it.

    Args:
        data: CSV, Excel or Parquet file, or several.
        reading: Arguments of `check`; `order` and `side_ranges` as the options have them.
        cells: Arguments of `CellRules`.
        as_json: Print JSON only.

    Raises:
        DataError: The file cannot be read, or has no such column.
    """
    usual = "y" if is_npz(data) else "label"
    order = split_order(reading.get("order") or (), reading.get("target") or usual)
    ranges = split_ranges(reading.get("side_ranges") or ())
    given = {**reading, "order": order, "side_ranges": ranges}
    found = check(data, **given, cells=CellRules(**(cells or {})))
    if as_json:
        print_json(found.to_json())
    else:
        say(str(found))
    return found
