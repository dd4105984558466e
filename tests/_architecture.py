"""The rules of the house, each a function of the project's root that returns its violations."""

from __future__ import annotations

import ast
import graphlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests._imports import imports_of, module_file, module_name, places

MAX_LINES = 300

# Imports run one way: a module may import what stands above it, and its own package.
ORDER = (
    ("types", "docstrings", "lazy", "limits", "printable", "results", "writing"),
    ("labels", "scaling"),
    ("visibility", "sides", "metrics", "losses"),
    ("data",),
    ("records",),
    ("estimators", "judging", "synthetic"),
    ("noise",),
    ("unlabelled",),
    ("predictors",),
    ("layers",),
    ("heads", "checks"),
    ("models",),
    ("generate", "options"),
    ("strategies",),
    ("runs",),
    ("audit",),
    ("comparison",),
    ("tuning",),
    ("report",),
    ("export",),
    ("serving",),
    ("demo",),
    ("cli",),
    ("__main__",),
)
RANK = {unit: rank for rank, units in enumerate(ORDER) for unit in units}

# The only modules that may import labelfeed inside a function: they must start fast.
LAZY_ENTRIES = (
    "labelfeed",
    "labelfeed.__main__",
    "labelfeed.cli.main",
    "labelfeed.cli.data_commands",
    "labelfeed.cli.run_commands",
    "labelfeed.cli.opened",
    "labelfeed.runs._one_row",
    "labelfeed.runs.rows",
)

# Methods whose contract is Keras's own; every other public method says what it does.
HOOKS = frozenset(
    "build call compute_mask compute_output_shape compute_output_spec compute_loss "
    "compute_metrics get_config from_config get_build_config build_from_config "
    "get_compile_config compile_from_config train_step test_step predict_step "
    "update_state result reset_state".split()
)

_PICKLES = {"pickle", "cPickle", "cloudpickle", "dill", "shelve", "marshal"}
_MACHINE_PATH = re.compile(r"(?<![\w.~}])/(?:work|root)/")


def long_files(root: Path) -> list[str]:
    """(a) No file is longer than `MAX_LINES`."""
    folders = ("labelfeed", "tests", "benchmarks", "examples", "tools")
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    counts = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [
        f"{path.relative_to(root)}: {count} lines, at most {MAX_LINES}: split it by subject"
        for path, count in counts.items()
        if count > MAX_LINES
    ]


def unranked(root: Path) -> list[str]:
    """(b) Every module and package directly under labelfeed/ has a place in the order."""
    return [
        f"labelfeed.{unit}: give it a place in ORDER of tests/_architecture.py"
        for unit in sorted(_units(root) - RANK.keys())
    ]


def ranked_in_vain(root: Path) -> list[str]:
    """(b) The order names packages that exist, and no others."""
    return [
        f"labelfeed.{unit}: take it out of ORDER of tests/_architecture.py"
        for unit in sorted(RANK.keys() - _units(root))
    ]


def wrong_directions(root: Path) -> list[str]:
    """(b) Modules import downwards only; the package itself is for users."""
    found = []
    for module, path in modules_of(root):
        for imp in imports_of(root, path):
            if module == "labelfeed" or not _ours(imp.module):
                continue
            where = f"{path.relative_to(root)}:{imp.line}"
            here, there = unit_of(module), unit_of(imp.module)
            if imp.module == "labelfeed" and imp.name != "__version__":
                found.append(f"{where}: import {imp.name} from the module that defines it")
            elif here != there and RANK.get(there, -1) >= RANK.get(here, len(ORDER)):
                found.append(f"{where}: labelfeed.{here} may not import labelfeed.{there}")
    return found


def cycles(root: Path) -> list[str]:
    """(c) No import cycle."""
    graph = {
        module: {imp.module for imp in imports_of(root, path) if _ours(imp.module)}
        for module, path in modules_of(root)
        if module != "labelfeed"
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [" <- ".join(error.args[1])]
    return []


def hidden_imports(root: Path) -> list[str]:
    """(d) labelfeed imports labelfeed at the top of a file, except in `LAZY_ENTRIES`."""
    return [
        f"{path.relative_to(root)}:{imp.line}: import {imp.module} at the top of the file"
        for module, path in modules_of(root)
        if module not in LAZY_ENTRIES
        for imp in imports_of(root, path)
        if imp.in_function and _ours(imp.module)
    ]


def missing_twins(root: Path) -> list[str]:
    """(e) labelfeed/layers/x.py is tested by tests/layers/test_x.py."""
    found = []
    for module, path in modules_of(root):
        if path.name.startswith("_"):
            continue
        place = path.relative_to(root / "labelfeed")
        twin = root / "tests" / place.with_name(f"test_{place.name}")
        if not twin.is_file():
            found.append(f"{module}: expected {twin.relative_to(root)}")
        elif "def test_" not in twin.read_text(encoding="utf-8"):
            found.append(f"{twin.relative_to(root)}: has no test")
    return found


def bad_exports(root: Path) -> list[str]:
    """(f) `__all__` is there, sorted, unique, and names what exists."""
    found = []
    for module, path in modules_of(root):
        if path.name.startswith("_") and path.name != "__init__.py":
            continue
        lazy = places(path)
        for name, place in lazy.items():
            file = module_file(root, place)
            if file is None or name not in (_exports(file) or ()):
                found.append(f"{module}: {name} is not in __all__ of {place}")
        names = _exports(path)
        if names is None:
            if not lazy:
                found.append(f"{module}: expected a literal __all__ = [...]")
            continue
        if names != (wanted := sorted(set(names), key=_export_order)):
            found.append(f"{module}: __all__ should read {wanted}")
        known = _top_level_names(path) | set(lazy)
        found += [
            f"{module}: {name} in __all__ does not exist"
            for name in sorted(set(names) - known)
            if path.name != "__init__.py" or not module_file(root, f"{module}.{name}")
        ]
    return found


def double_exports(root: Path) -> list[str]:
    """(h) A public name has one home."""
    homes = defaultdict(list)
    for module, path in modules_of(root):
        if not path.name.startswith("_"):
            for name in _exports(path) or ():
                homes[name].append(module)
    return [f"{name}: exported by {mods}" for name, mods in homes.items() if len(mods) > 1]


def bare_methods(root: Path) -> list[str]:
    """Public methods of public classes have a docstring, but for Keras's own hooks."""
    found = []
    for module, path in modules_of(root):
        for cls in parse(path).body:
            if not isinstance(cls, ast.ClassDef) or cls.name.startswith("_"):
                continue
            for node in cls.body:
                if not isinstance(node, ast.FunctionDef) or node.name.startswith(("_", "on_")):
                    continue
                extra = {ast.unparse(item).rpartition(".")[2] for item in node.decorator_list}
                if node.name in HOOKS or extra & {"setter", "overload", "override"}:
                    continue
                if not ast.get_docstring(node):
                    found.append(f"{module}.{cls.name}.{node.name}: say what it does")
    return found


def pickles(root: Path) -> list[str]:
    """(g) Nothing is pickled: loading a file must not run code."""
    found = []
    for folder in ("labelfeed", "tests", "benchmarks", "examples"):
        for path in sorted((root / folder).rglob("*.py")):
            where = path.relative_to(root)
            found += [
                f"{where}:{imp.line}: imports {imp.module}"
                for imp in imports_of(root, path)
                if imp.module.partition(".")[0] in _PICKLES
            ]
            for node in ast.walk(parse(path)):
                if isinstance(node, ast.Attribute) and node.attr in ("read_pickle", "to_pickle"):
                    found.append(f"{where}:{node.lineno}: {node.attr}")
                elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                    unsafe = ast.unparse(node.value) != "False"
                    found += [f"{where}:{node.value.lineno}: allow_pickle"] * unsafe
    return found


def machine_paths(paths: Iterable[Path]) -> list[str]:
    """(g) No file names a folder of somebody's machine."""
    found = []
    for path in paths:
        text = path.read_bytes().decode("utf-8", errors="replace")
        if "\0" not in text:
            for number, line in enumerate(text.splitlines(), 1):
                if _MACHINE_PATH.search(line):
                    found.append(f"{path}:{number}: {line.strip()[:80]}")
    return found


def modules_of(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((root / "labelfeed").rglob("*.py")):
        yield module_name(root, path), path


def _units(root: Path) -> set[str]:
    return {unit_of(module) for module, _ in modules_of(root)} - {""}


def unit_of(module: str) -> str:
    return f"{module}..".split(".")[1]


def _ours(module: str) -> bool:
    return module.partition(".")[0] == "labelfeed"


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _exports(path: Path) -> list[str] | None:
    for node in parse(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            try:
                return list(ast.literal_eval(node.value))
            except ValueError:
                return None
    return None


def _export_order(name: str) -> tuple:
    """Order as ruff's RUF022 does (`make format`): CONSTANTS, Classes, the rest, 2 before 10."""
    group = 0 if len(name) > 1 and name.isupper() else 1 if name[0].isupper() else 2
    return group, [(not p.isdigit(), int(p or 0) if p.isdigit() else p) for p in _split(name)]


def _split(name: str) -> list[str]:
    return [part for part in re.split(r"(\d+)", name) if part]


def _top_level_names(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.Module(_flat(parse(path).body), [])):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
    return names


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """Drop what stands inside classes and functions, keep their names."""
    kept: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [ast.Pass()]
        kept.append(node)
    return kept
