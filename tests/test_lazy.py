"""Twin of labelfeed/lazy.py: names come when they are asked for, and stay what they are."""

from __future__ import annotations

import sys
import types

import pytest

from labelfeed.lazy import lazy_names
from labelfeed.printable import plural


def test_a_name_is_imported_once_and_no_module_takes_its_place(monkeypatch) -> None:
    package = types.ModuleType("lazy_package")
    monkeypatch.setitem(sys.modules, "lazy_package", package)
    package.__getattr__ = lazy_names("lazy_package", {"plural": "labelfeed.printable"})
    assert "plural" not in vars(package)
    assert package.plural is plural and vars(package)["plural"] is plural
    package.plural = types.ModuleType("lazy_package.plural")  # as importing it would do
    assert package.plural is plural
    package.other = other = types.ModuleType("lazy_package.other")
    assert package.other is other
    with pytest.raises(AttributeError, match="'lazy_package' has no attribute 'none'"):
        _ = package.none
