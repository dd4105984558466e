"""One self-contained HTML page of paragraphs, tables and charts."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from labelfeed.report.tables import Table, table_html
from labelfeed.writing import replacing

__all__ = ["Part", "write_page"]

Part: TypeAlias = str | Table | bytes
"""Of a page: text, a table, or the bytes of a PNG."""

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881 }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 52rem }
body { margin: 2.5rem auto; padding: 0 1rem }
h1 { font-size: 1.7rem; margin-bottom: .3rem }
h2 { font-size: 1.15rem; margin-top: 2.2rem }
table { border-collapse: collapse; width: 100% }
th, td { padding: .4rem .7rem; text-align: right; border-bottom: 1px solid var(--line) }
td { white-space: nowrap }
th:first-child, td:first-child { text-align: left }
td:first-child, .wide td { white-space: normal }
thead th { border-bottom-width: 2px }
td { font-variant-numeric: tabular-nums }
tr.strong td { font-weight: 650; background: var(--soft) }
.note { color: #777; font-size: .92rem }
.lead { font-size: 1.25rem; font-weight: 650; overflow-wrap: anywhere }
p { overflow-wrap: anywhere }
.section { font-size: 1.4rem; border-top: 2px solid var(--line); padding-top: 1.2rem }
h1, h2 { overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .6rem }
img { max-width: 100%; background: #fff; border-radius: 6px }
@media print {
  body { margin: 0 auto; max-width: none; font-size: 10.5pt }
  img { max-height: 9cm }
  img, tr, pre { break-inside: avoid }
  h2, thead { break-after: avoid }
  .section { break-before: page }
}
@media (max-width: 42rem) {
  th, td { padding: .3rem .35rem }
  td { white-space: normal; overflow-wrap: anywhere }
  td:first-child { overflow-wrap: anywhere }
  .wide thead { display: none }
  .wide tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line) }
  .wide td { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .1rem }
  .wide td { text-align: right }
  .wide td::before { content: attr(data-of); color: #777; text-align: left; white-space: normal }
  .wide td:first-child { font-weight: 650; text-align: left }
  .wide td[data-of=""]::before { display: none }
}
"""


def write_page(path: Path, title: str, parts: Sequence[Part], lead: str = "") -> None:
    """Write a page that needs no other file and no network.

    Args:
        path: File to write; written whole or not at all.
        title: Heading and window title.
        parts: In order: text (a paragraph, a heading after `## `, that of a whole section after
            `# `, what was typed after `$ `), a `Table`, or the bytes of a PNG.
        lead: What matters most, in large letters below the title.
    """
    body = "\n".join(_part(part) for part in parts)
    if lead:
        body = f"<p class=lead>{html.escape(lead)}</p>\n{body}"
    heading = html.escape(title)
    text = (
        f"<!doctype html>\n<html lang=en><meta charset=utf-8>\n"
        f"<meta name=viewport content='width=device-width'>\n"
        f"<title>{heading}</title>\n<style>{_STYLE}</style>\n<h1>{heading}</h1>\n{body}\n</html>\n"
    )
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")


def _part(part: Part) -> str:
    if isinstance(part, Table):
        return table_html(part)
    if isinstance(part, bytes):
        return (
            f"<p><img alt=chart src='data:image/png;base64,{base64.b64encode(part).decode()}'></p>"
        )
    if part.startswith("# "):
        return f"<h2 class=section>{html.escape(part[2:])}</h2>"
    if part.startswith("$ "):
        return f"<pre>{html.escape(part[2:])}</pre>"
    if part.startswith("## "):
        return f"<h2>{html.escape(part[3:])}</h2>"
    return f"<p>{html.escape(part)}</p>"
