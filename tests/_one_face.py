"""The rule of the one face: above models/ nobody asks for the class of a model, or for a part."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests._architecture import RANK, modules_of, parse, unit_of

_MODEL = re.compile(r"Model\b")
_PARTS = frozenset(
    "compiled embedder embedding head label model network predict predict_proba predictor product "
    "sides spec visibility with_sides".split()
)


def asked_for_its_class(root: Path) -> list[str]:
    """(i) Above models/ a model is asked through `as_predictor`, never for its class or parts."""
    found = []
    for module, path in modules_of(root):
        if RANK.get(unit_of(module), -1) <= RANK["models"]:
            continue
        for node in ast.walk(parse(path)):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            name, asked = ast.unparse(node.func), ast.unparse(node.args[1])
            by_class = name in ("isinstance", "issubclass") and _MODEL.search(asked)
            by_part = name in ("hasattr", "getattr") and asked.strip("'") in _PARTS
            if by_class or by_part:
                where = f"{path.relative_to(root)}:{node.lineno}"
                found.append(f"{where}: {ast.unparse(node)[:70]}: ask as_predictor")
    return found
