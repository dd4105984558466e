"""Every example in a docstring runs, and so does the Python of the README."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from typing import Any

import numpy as np
import pytest

import labelfeed
from tests._backends import ROOT

MODULES = sorted(m.name for m in pkgutil.walk_packages(labelfeed.__path__, "labelfeed."))
# Private modules have no examples, and some of them are for one backend only.
MODULES = [name for name in MODULES if "._" not in name]


@pytest.mark.parametrize("name", [m for m in MODULES if not m.endswith("__main__")])
def test_examples_of(name: str, keras_backend: str) -> None:
    module = importlib.import_module(name)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    names: dict[str, Any] = {"np": np, "labelfeed": labelfeed}
    failed, _ = doctest.testmod(module, optionflags=flags, extraglobs=names)
    assert failed == 0


def test_there_are_examples(keras_backend: str) -> None:
    found = 0
    for name in MODULES:
        if not name.endswith("__main__"):
            tests = doctest.DocTestFinder().find(importlib.import_module(name))
            found += sum(bool(t.examples) for t in tests)
    assert found > 10


def test_python_of_the_readme_runs(
    keras_backend: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert blocks
    monkeypatch.chdir(tmp_path)
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    assert (tmp_path / "findings.keras").exists()
