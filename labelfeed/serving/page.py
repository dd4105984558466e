"""The files of the page, and the headers under which a browser shows them."""

from __future__ import annotations

from pathlib import Path

__all__ = ["HEADERS", "PAGE_FILES", "page_file"]

HEADERS = {
    # Nothing from elsewhere, nothing inline, in nobody's frame: a name in the data cannot run.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Headers of every answer."""

PAGE_FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/row.js": ("row.js", "text/javascript"),
}
"""File and media type by path."""


def page_file(name: str) -> bytes:
    """Return a file of the page."""
    return (Path(__file__).parent / "files" / name).read_bytes()
