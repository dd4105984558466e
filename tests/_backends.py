"""Which test files touch Keras: those run once per backend, the others once.

A file touches Keras when its imports reach a backend or Keras, directly or through modules of
this repository, at any depth and inside functions too, or when it uses the `keras_backend`
fixture (tests that start Keras in another process need it). Nothing has to be marked.
"""

from __future__ import annotations

import ast
import functools
import importlib.abc
from pathlib import Path

from tests._imports import imports_of, module_file, places

BACKENDS = ("tensorflow", "jax", "torch")
ROOT = Path(__file__).resolve().parents[1]
_KERAS = {"keras", *BACKENDS}
_OURS = {"labelfeed", "tests", "benchmarks", "examples"}


@functools.cache
def touches_keras(path: Path, root: Path = ROOT) -> bool:
    """Return whether the test file needs a backend."""
    return _uses_fixture(path) or _reaches_keras(path, root)


class KerasBlocker(importlib.abc.MetaPathFinder):
    """Refuses Keras in the process that runs the tests which must not need it."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "keras":
            raise RuntimeError(
                "This test file was taken for one that does not touch Keras, yet it imports "
                "Keras. Import keras at the top of the file, or use the keras_backend fixture."
            )


def _uses_fixture(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.arg) and node.arg == "keras_backend" for node in ast.walk(tree))


def _reaches_keras(path: Path, root: Path) -> bool:
    seen, waiting = {path}, [path]
    while waiting:
        direct, files = _next(waiting.pop(), root)
        if direct:
            return True
        waiting += files - seen
        seen |= files
    return False


@functools.cache
def _next(path: Path, root: Path) -> tuple[bool, frozenset[Path]]:
    """Return whether a file imports Keras itself, and the files of ours that it imports.

    Kept: each process asks for every test file, and most of them import the same.
    """
    files: set[Path] = set()
    for found in imports_of(root, path):
        top = found.module.partition(".")[0]
        if found.for_typing:
            continue
        if top in _KERAS:
            return True, frozenset()
        if top not in _OURS:
            continue
        module = found.module
        if module == "labelfeed":
            # The package itself is lazy: follow the name, or assume the worst without one.
            if found.name is None:
                return True, frozenset()
            facade = module_file(root, "labelfeed")
            module = places(facade).get(found.name, "") if facade else ""
        files |= _files(module, root)
    return False, frozenset(files)


@functools.cache
def _files(module: str, root: Path) -> frozenset[Path]:
    """Return the files that importing the module runs: its own, and those of its packages."""
    parts = module.split(".")
    names = [".".join(parts[:stop]) for stop in range(2, len(parts) + 1)]
    return frozenset(file for name in names if (file := module_file(root, name)))
