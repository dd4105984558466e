"""What a stranger may plant in a file: pickles, lambdas, code that is named."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmarks.inputs_runs import changed, places

__all__ = ["MODULE", "Trap", "in_json", "in_keras", "in_npz", "instead"]

MODULE = "labelfeed_stranger"
"""A module that writes the marker when it is imported; it lies where Python finds it."""


class Trap:
    """What writes a marker when it is unpickled or run.

    Args:
        marker: The file.
    """

    def __init__(self, marker: Path) -> None:
        """Store the file."""
        self.marker = marker

    def pickled(self, protocol: int) -> bytes:
        """Return a pickle of a protocol that opens the file for writing, spelt out by hand."""
        start = b"" if protocol < 2 else bytes([0x80, protocol])
        return start + f"cbuiltins\nopen\n(V{self.marker}\nVw\ntR.".encode()

    @property
    def code(self) -> str:
        """The same as a line of Python."""
        return f"open({str(self.marker)!r}, 'w').close()"


def _npy(trap: Trap) -> bytes:
    made = io.BytesIO()
    form = {"descr": "|O", "fortran_order": False, "shape": (1,)}
    np.lib.format.write_array_header_1_0(made, form)
    return made.getvalue() + trap.pickled(2)


def instead(path: Path, trap: Trap, rng: np.random.Generator) -> str:
    """Put something else in the place of a file."""
    content = trap.pickled(int(rng.integers(6)))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:  # as Torch keeps its pickles
        archive.writestr("archive/data.pkl", content)
    ways = {
        "a pickle": content,
        "a gzipped pickle": gzip.compress(content),
        "a zipped pickle": made.getvalue(),
        "an array of objects": _npy(trap),
        "Python": f"{trap.code}\n".encode(),
        "YAML": f"!!python/object/apply:builtins.exec [{json.dumps(trap.code)}]".encode(),
    }
    what = list(ways)[rng.integers(len(ways))]
    path.write_bytes(ways[what])
    return what


def _calls(trap: Trap) -> list[Any]:
    """Return JSON that somebody might take for something to be called or imported."""
    function = {"module": MODULE, "class_name": "function", "config": "build",
                "registered_name": "build"}  # fmt: skip
    text = base64.b64encode(trap.pickled(2)).decode()
    return [
        f"{MODULE}:build", f"{MODULE}.build", "os:system", f"__import__({MODULE!r})", function,
        {"module": MODULE, "class_name": "build", "config": {}, "registered_name": None},
        {"module": "builtins", "class_name": "function", "config": "exec",
         "registered_name": "exec"},
        {"class_name": "open", "module": "builtins", "config": {"file": str(trap.marker),
         "mode": "w"}, "registered_name": None},
        {"class_name": "Popen", "module": "subprocess", "registered_name": None,
         "config": {"args": ["touch", str(trap.marker)]}},
        {"class_name": "__lambda__", "config": {"value": text}},
        {"py/object": f"{MODULE}.build"}, {"py/reduce": [{"py/type": "builtins.exec"},
                                                        {"py/tuple": [trap.code]}]},
        {"__class__": f"{MODULE}.build"}, {"$ref": f"file://{trap.marker}"}, text,
        "{{" + trap.code + "}}", f"${{{trap.code}}}", f"`touch {trap.marker}`",
        f"; touch {trap.marker}", {"array": text}, {MODULE: {"build": {}}},
    ]  # fmt: skip


def in_json(path: Path, trap: Trap, rng: np.random.Generator) -> str:
    """Write something to be called at a place of a JSON file; or name code where a run may."""
    lines = path.read_text("utf-8").splitlines() if path.suffix != ".json" else []
    content = json.loads(lines[-1] if lines else path.read_text("utf-8"))
    options = content.get("options", content.get("about", {}).get("given"))
    if isinstance(options, dict) and rng.random() < 0.3:
        name = ("network", "plain", "strategy", "members")[rng.integers(4)]
        options[name] = f"{MODULE}:build"
        what = f"options {name} = {options[name]}"
    else:
        calls, where = _calls(trap), list(places(content))
        place, value = where[rng.integers(len(where))], calls[rng.integers(len(calls))]
        content = changed(content, place, value)
        what = f"{'.'.join(map(str, place))} = {str(value)[:80]}"
    text = json.dumps(content)
    path.write_text("\n".join([*lines[:-1], text]) + "\n", "utf-8")
    return what


def in_npz(path: Path, trap: Trap, rng: np.random.Generator) -> str:
    """Put an array of objects, or a pickle, in the place of an array, or beside them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [*parts, "more.npy", "more"]
    name = names[rng.integers(len(names))]
    what = ("objects", "a pickle")[rng.integers(2)]
    parts[name] = _npy(trap) if what == "objects" else trap.pickled(int(rng.integers(6)))
    _zip(path, parts)
    return f"{name} is {what}"


def in_keras(path: Path, trap: Trap, rng: np.random.Generator) -> str:
    """Plant a lambda, a function, a class or a pickle in a `.keras` file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    draw = rng.integers(5)
    if draw == 0:
        parts["config.json"] = json.dumps(_lambda(trap)).encode()
        what = "a lambda layer"
    elif draw == 1:
        content = trap.pickled(int(rng.integers(6)))
        name = ("model.weights.npz", "assets/x.pkl", "assets.zip", "../marker", "model.weights.h5",
                str(trap.marker), "metadata.json")[rng.integers(7)]  # fmt: skip
        if name == "model.weights.npz":
            parts.pop("model.weights.h5")
            made = io.BytesIO()
            with zipfile.ZipFile(made, "w") as archive:
                archive.writestr("__root__.npy", _npy(trap))
            content = made.getvalue()
        parts[name] = content
        what = f"{name} in it"
    else:
        config = json.loads(parts["config.json"])
        calls, where = _calls(trap), list(places(config))
        place, value = where[rng.integers(len(where))], calls[rng.integers(len(calls))]
        if draw == 2:
            named = [p for p in where if p[-1] in ("module", "registered_name", "class_name")]
            place = named[rng.integers(len(named))]
            value = (MODULE, f"{MODULE}>build", "build", "subprocess", "os")[rng.integers(5)]
        parts["config.json"] = json.dumps(changed(config, place, value)).encode()
        what = f"{'.'.join(map(str, place))[-60:]} = {str(value)[:80]}"
    _zip(path, parts)
    return what


def _lambda(trap: Trap) -> dict[str, Any]:
    code = trap.code
    layer = keras.layers.Lambda(eval(f"lambda x, run=exec, code={code!r}: run(code) or x"))
    config: dict[str, Any] = keras.saving.serialize_keras_object(
        keras.Sequential([keras.Input((2,)), layer])
    )
    return config


def _zip(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
