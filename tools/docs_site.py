"""What mkdocs builds beside the pages of docs/: the start page, changes, and a page for each room.

A page that people read in the repository is not written twice: README.md, CONTRIBUTING.md and
CHANGELOG.md become pages of the site with their links turned; the pages of the reference are one
line each, which mkdocstrings fills with docstrings. Nothing of labelfeed is imported.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)")


def on_config(config: Any) -> Any:
    """Put the rooms into the navigation."""
    pages = [{room: f"reference/{room}.md"} for room in rooms()]
    config.nav.insert(-2, {"Reference": [{"labelfeed": "reference/index.md"}, *pages]})
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that docs/ does not hold."""
    for source, page in PAGES.items():
        text = turned((ROOT / source).read_text(encoding="utf-8"))
        files.append(File.generated(config, page, content=text))
    for room in rooms():
        text = f"# labelfeed.{room}\n\n{_options(f'labelfeed.{room}', members(room))}"
        files.append(File.generated(config, f"reference/{room}.md", content=text))
    files.append(File.generated(config, "reference/index.md", content=start_of_reference()))
    return files


def turned(text: str) -> str:
    """Return a page of the root with its links as they are from docs/.

    A link to what is no page (a folder, a licence) becomes its text.
    """

    def link(match: re.Match[str]) -> str:
        target, anchor = match[1], match[2] or ""
        if target in PAGES:
            return f"]({PAGES[target]}{anchor})"
        if target.startswith("docs/") and target.endswith(".md"):
            return f"]({target.removeprefix('docs/')}{anchor})"
        return "](#)"

    return re.sub(r"\[([^\]]+)\]\(#\)", r"\1", _LINK.sub(link, text))


def rooms() -> list[str]:
    """Return the public packages, as `labelfeed/__init__.py` names them."""
    tree = ast.parse((ROOT / "labelfeed" / "__init__.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and str(node.value).startswith("audit checks "):
            return str(node.value).split()
    raise ValueError(
        "labelfeed/__init__.py names its packages in one string that starts with audit"
    )


def places() -> dict[str, str]:
    """Return the names of `labelfeed` itself, each with its module."""
    tree = ast.parse((ROOT / "labelfeed" / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_PLACES":
            return ast.literal_eval(node.value)
    raise ValueError("labelfeed/__init__.py has no _PLACES")


def members(room: str) -> list[str]:
    """Return the public names of a package, or of a module that stands among them."""
    package = ROOT / "labelfeed" / room / "__init__.py"
    path = package if package.is_file() else package.parent.with_suffix(".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    return []


def start_of_reference() -> str:
    """Return the page of `labelfeed` itself."""
    lines = ["# labelfeed\n"]
    for name, module in sorted(places().items(), key=lambda place: place[0].lower()):
        lines.append(
            f"## labelfeed.{name}\n\n::: {module}.{name}\n    options:\n      heading_level: 3\n"
        )
    return "\n".join(lines)


def _options(module: str, names: list[str]) -> str:
    listed = "".join(f"        - {name}\n" for name in names)
    return f"::: {module}\n    options:\n      members:\n{listed}" if names else f"::: {module}\n"
