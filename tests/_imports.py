"""What a Python file imports, read from its syntax tree: nothing is executed."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Import:
    """One imported module, and the name taken from it (`None` for the module itself)."""

    module: str
    name: str | None
    line: int
    in_function: bool
    for_typing: bool


def module_name(root: Path, path: Path) -> str:
    """Return the dotted name of a file: `labelfeed/layers/__init__.py` is `labelfeed.layers`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_file(root: Path, dotted: str) -> Path | None:
    """Return the file of a dotted name, or `None` when the tree has none."""
    base = root.joinpath(*dotted.split("."))
    for path in (base.with_name(base.name + ".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def imports_of(root: Path, path: Path) -> list[Import]:
    """Return every import of a file; `from package import module` counts as the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    package = module_name(root, path)
    if path.name != "__init__.py":
        package = package.rpartition(".")[0]
    found = []
    for node, in_function, for_typing in _walk(tree, False, False):
        for module, name in _targets(root, package, node):
            found.append(Import(module, name, node.lineno, in_function, for_typing))
    return found


def places(path: Path) -> dict[str, str]:
    """Return the literal `_PLACES = {name: module}` of a package that exports lazily."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and "_PLACES" in map(ast.unparse, node.targets):
            return dict(ast.literal_eval(node.value))
    return {}


def _walk(node: ast.AST, in_function: bool, for_typing: bool) -> Iterator[tuple]:
    for child in ast.iter_child_nodes(node):
        inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(child, ast.If) and _last_name(child.test) == "TYPE_CHECKING":
            for part in child.body:
                yield part, in_function, True
                yield from _walk(part, in_function, True)
            for part in child.orelse:
                yield part, in_function, for_typing
                yield from _walk(part, in_function, for_typing)
            continue
        yield child, in_function, for_typing
        yield from _walk(child, in_function or inner, for_typing)


def _targets(root: Path, package: str, node: ast.AST) -> Iterator[tuple[str, str | None]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, None) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = package.split(".")
            base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])
        for alias in node.names:
            if module_file(root, f"{base}.{alias.name}"):
                yield f"{base}.{alias.name}", None
            else:
                yield base, alias.name
    elif isinstance(node, ast.Call) and _last_name(node.func).endswith("import_module"):
        target = node.args[0] if node.args else None
        if isinstance(target, ast.Constant):
            name = str(target.value)
            yield (f"{package}{name}" if name.startswith(".") else name), None


def _last_name(node: ast.AST) -> str:
    """Return `c` of `c` and of `a.b.c`, else nothing."""
    return getattr(node, "attr", getattr(node, "id", ""))
