"""Every example in a docstring runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from typing import Any

import numpy as np
import pytest

import labelfeed

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
