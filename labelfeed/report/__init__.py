"""Tables, charts and pages: how results are shown. Nothing here computes a result."""

from labelfeed.report.card import card_text, write_card
from labelfeed.report.charts import bars, curve
from labelfeed.report.page import write_page
from labelfeed.report.tables import Table, print_table, with_interval

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
