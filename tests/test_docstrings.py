"""Every example in a docstring runs, and every argument of a layer or head is described."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import labelfeed
from labelfeed.docstrings import sharing
from tests._backends import ROOT

MODULES = sorted(m.name for m in pkgutil.walk_packages(labelfeed.__path__, "labelfeed."))
# Private modules have no examples, and some of them are for one backend only.
MODULES = [name for name in MODULES if "._" not in name]
COMPILED = ("labelfeed.models.", "labelfeed.strategies.", "labelfeed.runs.", "labelfeed.audit.")


def parameter(name: str) -> Any:
    """What compiles for seconds runs where it does not; its own tests run on every backend."""
    marks = pytest.mark.only_backend("torch") if name.startswith(COMPILED) else ()
    return pytest.param(name, marks=marks, id=name)


@pytest.mark.parametrize("name", [parameter(m) for m in MODULES if not m.endswith("__main__")])
def test_examples_of(name: str, keras_backend: str) -> None:
    module = importlib.import_module(name)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    names: dict[str, Any] = {"np": np, "labelfeed": labelfeed}
    failed, _ = doctest.testmod(module, optionflags=flags, extraglobs=names)
    assert failed == 0


@pytest.mark.only_backend("torch")
def test_there_are_examples(keras_backend: str) -> None:
    found = 0
    for name in MODULES:
        if not name.endswith("__main__"):
            tests = doctest.DocTestFinder().find(importlib.import_module(name))
            found += sum(bool(t.examples) for t in tests)
    assert found > 10


def test_shared_text_takes_the_place_and_the_indentation_of_its_line() -> None:
    texts = {"rate": "rate: In [0, 1).", "all": "\n    {rate}\n    seed: An integer\n      >= 0.\n"}

    @sharing(texts)
    def drop() -> None:
        """Drop {rate} of `sum_{j}`.

        Args:
            {all}
        """

    assert inspect.getdoc(drop) == (
        "Drop {rate} of `sum_{j}`.\n\nArgs:\n"
        "    rate: In [0, 1).\n    seed: An integer\n      >= 0."
    )


def test_a_shared_text_that_is_not_there_is_refused_by_name() -> None:
    def drop() -> None:
        """Drop.

        {ratte}
        """

    with pytest.raises(ValueError, match=r"drop names .* 'ratte'; expected one of rate, seed"):
        sharing({"seed": "", "rate": ""})(drop)


def test_without_docstrings_nothing_is_asked_for() -> None:
    code = (
        "from labelfeed.docstrings import sharing\n"
        "@sharing({})\n"
        "class Drop:\n    '''Drop.\n    {rate}\n    '''\n"
        "print(Drop.__doc__)"
    )
    command = [sys.executable, "-OO", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"


@pytest.mark.only_backend("torch")
def test_no_place_of_a_shared_text_is_left_and_each_is_used_twice(keras_backend: str) -> None:
    left, documented = [], 0
    for name in MODULES:
        if not name.endswith("__main__"):
            for where, doc in docstrings(importlib.import_module(name)):
                documented += bool(doc)
                left += [where] * bool(places(doc))
    assert not left
    assert documented > 500
    for room in ("layers", "heads"):
        texts = importlib.import_module(f"labelfeed.{room}._texts").TEXTS
        files = (ROOT / "labelfeed" / room).glob("*.py")
        used = places("\n".join(path.read_text(encoding="utf-8") for path in files))
        assert set(used) == set(texts)
        assert not [name for name in texts if used.count(name) < 2]


@pytest.mark.only_backend("torch")
def test_every_argument_of_a_layer_or_head_is_described_and_no_other(keras_backend: str) -> None:
    from keras.layers import Layer

    rooms = [importlib.import_module(f"labelfeed.{room}") for room in ("layers", "heads")]
    public = [getattr(room, name) for room in rooms for name in room.__all__]
    layers = [cls for cls in public if isinstance(cls, type) and issubclass(cls, Layer)]
    assert len(layers) > 30
    for cls in layers:
        section = re.search(r"^Args:\n((?:    .*\n)+)", f"{inspect.getdoc(cls)}\n", re.M)
        assert section, cls
        assert re.search(r"^    \*\*kwargs: `name`, ", section[1], re.M), cls
        described = re.findall(r"^    (\w+): \S", section[1], re.M)
        assert sorted(described) == sorted(arguments(cls, Layer)), cls


def places(text: str) -> list[str]:
    return re.findall(r"^ *\{(\w+)\} *$", text, re.M)


def docstrings(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Yield what a module documents: itself, its classes, functions and methods."""
    yield module.__name__, module.__doc__ or ""
    for name, made in vars(module).items():
        if getattr(made, "__module__", None) == module.__name__:
            inside = vars(made).items() if isinstance(made, type) else ()
            for inner, part in [("", made), *inside]:
                yield f"{module.__name__}.{name}.{inner}", getattr(part, "__doc__", None) or ""


def arguments(cls: type, end: type) -> list[str]:
    """Return the named arguments that a class takes, with those that `**kwargs` hands on."""
    if cls is end:
        return []
    if "__init__" not in vars(cls):
        return arguments(cls.__mro__[1], end)
    parameters = list(inspect.signature(cls).parameters.values())
    own = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
    # What the class itself hands to the one above, by place or by name, nobody else can.
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls.__init__)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    call = next(node for node in calls if ast.unparse(node.func) == "super().__init__")
    above = arguments(cls.__mro__[1], end)[len(call.args) :]
    return own + [name for name in above if name not in {k.arg for k in call.keywords}]
