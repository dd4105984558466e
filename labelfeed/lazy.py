"""Packages whose names are imported when they are asked for."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(package: str, places: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package (PEP 562), which imports a name on its first use.

    A public function stays what its name means, also when a module of the package that is called
    the same is imported later.

    Args:
        package: Name of the package, in whose `__init__` this is called.
        places: The module that each public name stands in.

    Example:
        >>> import sys, types
        >>> sys.modules["some_package"] = types.ModuleType("some_package")
        >>> get = lazy_names("some_package", {"plural": "labelfeed.printable"})
        >>> get("plural")(2, "row")
        '2 rows'
        >>> del sys.modules["some_package"]
    """
    module = sys.modules[package]

    class Package(types.ModuleType):
        def __setattr__(self, name: str, value: object) -> None:
            if name not in places or not isinstance(value, types.ModuleType):
                super().__setattr__(name, value)

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(places[name]), name)
        setattr(module, name, value)
        return value

    module.__class__ = Package
    return get
