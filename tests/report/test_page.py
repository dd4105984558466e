"""A page stands alone and is written whole."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from labelfeed.report.page import write_page
from labelfeed.report.tables import Table


def test_a_page_holds_its_parts_in_order(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_page(path, "A <title>", ["first & text", Table("T", ("a",), (("1",),)), b"picture"])
    text = path.read_text(encoding="utf-8")
    assert "A &lt;title&gt;" in text
    picture = base64.b64encode(b"picture").decode()
    places = [text.index(part) for part in ("first &amp; text", "<h2>T</h2>", picture)]
    assert places == sorted(places)
    assert "http" not in text  # nothing is fetched when it is opened


def test_what_matters_most_stands_on_top(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_page(path, "T", ["first", "## Rows & more"], lead="it <pays>")
    text = path.read_text(encoding="utf-8")
    places = [text.index(part) for part in ("<p class=lead>it &lt;pays&gt;", "<p>first",
                                            "<h2>Rows &amp; more</h2>")]  # fmt: skip
    assert places == sorted(places)


def test_a_page_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises((TypeError, AttributeError)):
        write_page(path, "t", [object()])  # type: ignore[list-item]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
