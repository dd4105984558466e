"""What mkdocstrings has to know of our docstrings (an extension of griffe).

The source keeps a line `{name}` where docstrings share a text (labelfeed/docstrings.py), and
calls one example "Example:". Pages show the text, and the example as code.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from pathlib import Path
from typing import Any

import griffe

_ROOMS = Path(__file__).resolve().parent.parent / "labelfeed"
_PLACE = re.compile(r"^[ ]*\{\w+\}[ ]*$", re.MULTILINE)
_EXAMPLE = re.compile(r"^([ ]*)Example:[ ]*$", re.MULTILINE)


class SharedTexts(griffe.Extension):
    """Fills in shared texts and names the section of examples as griffe knows it."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring is None:
            return
        text = _EXAMPLE.sub(r"\1Examples:", obj.docstring.value)
        if _PLACE.search(text) and (sharing := _sharing(obj.module.path.split(".")[1])):
            holder = type("Holder", (), {"__doc__": text})
            text = sharing(holder).__doc__
        obj.docstring.value = text


@functools.cache
def _sharing(room: str) -> Any:
    """Return the decorator of a room, without importing the room (and Keras with it)."""
    path = _ROOMS / room / "_texts.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(f"_texts_of_{room}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.documented
