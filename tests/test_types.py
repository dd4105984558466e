"""Arguments say what they take: the aliases are used, explained and free, bare `Any` is rare."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import typing
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import labelfeed.types
from tests._architecture import modules_of, parse

ROOT = Path(__file__).parents[1]

MOST_BARE = 10
"""Arguments that may be a bare `Any`, without `*args` and `**kwargs`; lower it, never raise it."""


def arguments(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield name and annotation of every argument but `self`, `cls`, `*args` and `**kwargs`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                if arg.arg not in ("self", "cls"):
                    yield arg.arg, ast.unparse(arg.annotation) if arg.annotation else ""


def bare(tree: ast.AST) -> list[str]:
    return [name for name, annotation in arguments(tree) if annotation == "Any"]


def explained(text: str) -> dict[str, str]:
    """Return the text below each alias."""
    body = ast.parse(text).body
    return {
        node.target.id: str(ast.literal_eval(below.value))
        for node, below in zip(body, [*body[1:], None], strict=True)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
    }


def test_the_count_sees_bare_arguments_only() -> None:
    tree = ast.parse(
        "def f(a: Any, b: int, /, c: Any = 1, *args: Any, d: Any, e: list[Any], **k: Any): ...\n"
        "class A:\n    def g(self, h: Any) -> Any: ..."
    )
    assert sorted(bare(tree)) == ["a", "c", "d", "h"]
    assert len(list(arguments(tree))) == 6


def test_few_arguments_are_bare() -> None:
    found = {str(path.relative_to(ROOT)): bare(parse(path)) for _, path in modules_of(ROOT)}
    count = sum(map(len, found.values()))
    where = "\n".join(f"{path}: {', '.join(names)}" for path, names in found.items() if names)
    assert count <= MOST_BARE, f"{count} bare Any, at most {MOST_BARE}; name them:\n{where}"


def test_every_alias_is_exported_explained_and_used() -> None:
    text = Path(labelfeed.types.__file__).read_text(encoding="utf-8")
    aliases = set(re.findall(r"^(\w+): TypeAlias", text, flags=re.MULTILINE))
    assert aliases == set(labelfeed.types.__all__)
    reasons = explained(text)
    assert aliases == set(reasons)
    used: Counter[str] = Counter()
    for module, path in modules_of(ROOT):
        if module != "labelfeed.types":
            used.update(re.findall(r"\b\w+\b", path.read_text(encoding="utf-8")))
    assert [name for name in aliases if not used[name]] == []


def test_an_alias_of_any_says_why() -> None:
    reasons = explained(Path(labelfeed.types.__file__).read_text(encoding="utf-8"))
    without = [
        name
        for name, reason in reasons.items()
        if getattr(labelfeed.types, name) is typing.Any and "\n`Any`: " not in reason
    ]
    assert without == []


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, labelfeed.types; print({'keras', 'numpy', 'pandas'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
