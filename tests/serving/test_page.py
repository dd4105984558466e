"""The page: whole, alone, and closed to what data could smuggle in."""

from __future__ import annotations

import re

from labelfeed.serving.page import HEADERS, PAGE_FILES, page_file


def test_the_page_needs_nothing_from_elsewhere() -> None:
    texts = {name: page_file(name).decode() for name, _ in PAGE_FILES.values()}
    for name, text in texts.items():
        assert not re.search(r"https?://|//[a-z]+\.", text), name
    used = set(re.findall(r'(?:src|href)="([^":]+)"', texts["page.html"]))
    assert used == {path.lstrip("/") for path in PAGE_FILES} - {""}


def test_nothing_is_read_as_html_or_code() -> None:
    for name, kind in PAGE_FILES.values():
        text = page_file(name).decode()
        if kind == "text/javascript":
            assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval", text)
        else:
            assert not re.search(r"<script>|\son\w+=|style=", text), name
    policy = HEADERS["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
