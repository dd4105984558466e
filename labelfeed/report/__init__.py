"""Tables, charts and pages: how results are shown. Nothing here computes a result.

Names are imported on first use: what prints a table needs neither scikit-learn nor Matplotlib.
"""

from __future__ import annotations

from labelfeed.lazy import lazy_names

_PLACES = {
    "Table": "labelfeed.report.tables",
    "bars": "labelfeed.report.charts",
    "card_text": "labelfeed.report.card",
    "curve": "labelfeed.report.charts",
    "print_table": "labelfeed.report.tables",
    "with_interval": "labelfeed.report.tables",
    "write_card": "labelfeed.report.card",
    "write_page": "labelfeed.report.page",
}

__all__ = [
    "Table",
    "bars",
    "card_text",
    "curve",
    "print_table",
    "with_interval",
    "write_card",
    "write_page",
]

__getattr__ = lazy_names(__name__, _PLACES)
