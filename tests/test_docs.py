"""Every Python and shell block of the pages runs, in order; every name in them exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import labelfeed
from tests._backends import ROOT
from tests._docs import PAGES, Block, blocks_of, inside, run_block, write_files

_DOTTED = re.compile(r"(?<!from )(?<!import )\blabelfeed((?:\.[A-Za-z_]\w*)+)")
WITH_CODE = [page for page in PAGES if any(not b.why_not for b in blocks_of(page))]


@pytest.mark.only_backend("tensorflow")  # what the pages install; the calls run on each elsewhere
@pytest.mark.parametrize("page", WITH_CODE)
def test_the_code_of_a_page_runs(page: str, keras_backend: str, tmp_path: Path) -> None:
    write_files(tmp_path)
    names: dict[str, Any] = {}
    with inside(tmp_path):
        for block in blocks_of(page):
            if not block.why_not:
                run_block(block, names)


def test_pages_have_code(keras_backend: str) -> None:
    assert len(WITH_CODE) >= 5
    marked = [b for page in PAGES for b in blocks_of(page) if b.why_not]
    assert len(marked) <= 6, "most of the code runs"


def test_what_does_not_run_is_found(keras_backend: str, tmp_path: Path) -> None:
    for language, code in (
        ("python", "undefined_name"),
        ("bash", "labelfeed train nothing.csv --target y --out run\n"),
        ("bash", "rm everything\n"),
    ):
        with inside(tmp_path), pytest.raises((AssertionError, NameError)):
            run_block(Block("page.md", 3, language, code, None), {})


@pytest.mark.parametrize("page", PAGES)
def test_dotted_names_exist(page: str, keras_backend: str) -> None:
    """What a page calls `labelfeed.x.y` is reached from `import labelfeed` alone."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for dotted in sorted(set(_DOTTED.findall(text))):
        if dotted.endswith(".py"):
            continue
        found: Any = labelfeed
        for name in dotted[1:].split("."):
            assert hasattr(found, name), f"{page}: labelfeed{dotted}"
            found = getattr(found, name)
