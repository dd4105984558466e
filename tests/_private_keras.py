"""The rule of the house about Keras: what it does not document is touched in one module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests._architecture import modules_of, parse
from tests._imports import imports_of

# The one module that touches what Keras does not document, and the names that it touches.
# Names that begin with an underscore and that labelfeed nowhere defines need no list.
KERAS_ROOM = "labelfeed.models.keras_private"
FIT_ROOM = "labelfeed.models.keras_private_fit"  # its other half: what is private of `fit`
SKLEARN_ROOM = "labelfeed.estimators.sklearn_private"  # the same for scikit-learn
KERAS_PRIVATE = frozenset(
    "_flatten_layers _layers _loss_tracker _compile_loss _compile_metrics _losses_override "
    "_tracker train_function test_function predict_function jax_state_sync".split()
)

_PRIVATE = re.compile(r"_[^_]")
_OF_PYTHON = {"_asdict", "_replace", "_fields", "_make", "_exit"}  # of named tuples; os._exit


def private_keras(root: Path) -> list[str]:
    """(i) What Keras (scikit-learn) does not document is touched in one room alone."""
    trees = {module: (path, parse(path)) for module, path in modules_of(root)}
    own = {name for _, tree in trees.values() for name in _defined(tree)} - KERAS_PRIVATE
    found = []
    for module, (path, tree) in trees.items():
        if module in (KERAS_ROOM, FIT_ROOM, SKLEARN_ROOM):
            continue
        where = f"{path.relative_to(root)}"
        for imp in imports_of(root, path):
            place = f"{imp.module}.{imp.name or ''}."
            if place.startswith(("keras.src.", "keras._")):
                found.append(f"{where}:{imp.line}: {place[:-1]}: put it into {KERAS_ROOM}")
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                name = node.attr
                foreign = _PRIVATE.match(name) and name not in own and name not in _OF_PYTHON
                if not foreign and name not in KERAS_PRIVATE and ast.unparse(node) != "keras.src":
                    continue
            elif isinstance(node, ast.Constant) and node.value in KERAS_PRIVATE:
                name = str(node.value)
            else:
                continue
            found.append(f"{where}:{node.lineno}: {name}: put it into {KERAS_ROOM}")
    return found


def _defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module gives to functions, classes, variables and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if ast.unparse(node.value) in ("self", "cls"):
                yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
