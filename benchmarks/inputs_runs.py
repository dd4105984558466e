"""Hostile run folders: broken JSON, changed values, damaged or foreign models, missing files."""

from __future__ import annotations

import copy
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.inputs_files import damaged
from benchmarks.inputs_tally import Case
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.runs.folder import Run, load_run
from labelfeed.runs.kept import MODEL, PREPROCESS, RUN, SEEN, SPLIT
from labelfeed.runs.saving import save_run
from labelfeed.strategies.networks import build_network

__all__ = [
    "DELETED", "FOREIGN", "ROWS", "TEXTS", "changed", "made_run", "one_value", "places", "run_case",
]  # fmt: skip

ROWS = pd.DataFrame({"age": [20.0, 30.5, np.nan, 41.0], "site": ["a", "b", "a", "c"]})
_FILES = (MODEL, RUN, PREPROCESS, SPLIT, SEEN)
_NEEDED = (MODEL, RUN, PREPROCESS, SPLIT)
DELETED = object()
_VALUES: tuple[Any, ...] = (
    DELETED, None, True, False, -1, 0, 10**400, 1.5, 1e308, "x", "", "\x1b[2J", [], {}, [[]],
    [None], [1, 2], {"a": 1}, "os:system", "../../../x", ["x"] * 1000, 2**63, "nan",
)  # fmt: skip
TEXTS = {
    "empty": b"",
    "null": b"null",
    "a list": b"[]",
    "a number": b"1e999",
    "nested deeply": b"[" * 200_000,
    "objects nested deeply": b'{"a":' * 100_000,
    "digits": b'{"format": ' + b"9" * 100_000 + b"}",
    "NULs": bytes(1000),
    "another encoding": '{"name": "n\xe9e"}'.encode("latin-1"),
    "half a surrogate": b'{"format": 1, "label": "\\ud800"}',
    "not a number": b'{"format": NaN}',
    "a page": b"<html></html>",
}


def _no_model() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("readme.txt", "no model")
    return made.getvalue()


FOREIGN = {"empty": b"", "text": b"no model", "zip": _no_model(), "HDF5": b"\x89HDF\r\n\x1a\n",
           "pickle": b"\x80\x04cposix\nsystem\n."}  # fmt: skip
"""Files that are no model."""


def made_run(folder: Path, seed: int = 0) -> Path:
    """Write a small run that nobody trained; how it was trained does not matter here."""
    spec = LabelSpec.single(["well", "ill"], name="state")
    preprocessor = Preprocessor.fit(ROWS)
    model = LabelFedModel(build_network(preprocessor.shape, spec, width=4), spec)
    run = Run(model, preprocessor, {"seed": seed}, {"kind": "table"}, {"test": [1, 2]})
    return save_run(run, folder)


def run_case(seed: int, number: int, base: Path, folder: Path) -> Case:
    """Return the case of a number: a copy of a run with something wrong.

    Args:
        seed: Of all cases.
        number: Which case.
        base: The run; it is not changed.
        folder: Where the copy is written; what is there is removed.
    """
    rng = np.random.default_rng([seed, number])
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    spoil = _WAYS[rng.integers(len(_WAYS))]
    what, wants, refusable = spoil(folder, rng)

    def read() -> np.ndarray:
        return load_run(folder).predict(ROWS)

    return Case(what, read, wants, refusable)


Spoilt = tuple[str, Callable[[Any], bool] | None, bool]


def places(content: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the keys that lead to each value of JSON; two of each list are enough."""
    inside = content.items() if isinstance(content, dict) else enumerate(content[:2])
    for key, value in inside:
        yield (*above, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*above, key))


def changed(content: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of JSON with another value at a place, or without it."""
    made = copy.deepcopy(content)
    inside = made
    for key in place[:-1]:
        inside = inside[key]
    if value is DELETED:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    return made


def _probabilities(found: np.ndarray) -> bool:
    return found.shape == (len(ROWS), 2) and np.allclose(found.sum(axis=1), 1, atol=1e-4)


def one_value(content: Any, rng: np.random.Generator) -> tuple[str, Any]:
    """Return what was changed at a place of JSON that is drawn, and a copy with it changed."""
    where = list(places(content))
    place, value = where[rng.integers(len(where))], _VALUES[rng.integers(len(_VALUES))]
    return f"{'.'.join(map(str, place))} = {str(value)[:40]!r}", changed(content, place, value)


def _value(folder: Path, rng: np.random.Generator) -> Spoilt:
    name = (RUN, PREPROCESS, SPLIT)[rng.integers(3)]
    what, made = one_value(json.loads((folder / name).read_text("utf-8")), rng)
    (folder / name).write_text(json.dumps(made), "utf-8")
    return f"{name}: {what}", _probabilities, True


def _text(folder: Path, rng: np.random.Generator) -> Spoilt:
    name = (RUN, PREPROCESS, SPLIT)[rng.integers(3)]
    if rng.random() < 0.5:
        what = list(TEXTS)[rng.integers(len(TEXTS))]
        (folder / name).write_bytes(TEXTS[what])
        return f"{name}: {what}", None, False
    content = bytearray((folder / name).read_bytes())
    what = damaged(content, rng)
    (folder / name).write_bytes(content)
    return f"{name}: {what}", _probabilities, True


def _model(folder: Path, rng: np.random.Generator) -> Spoilt:
    """Change bytes of the model; the checksums of its parts tell."""
    wanted = load_run(folder).predict(ROWS)
    name = (MODEL, SEEN)[int(rng.random() < 0.2)]
    content = bytearray((folder / name).read_bytes())
    what = damaged(content, rng)
    (folder / name).write_bytes(content)
    return f"{name}: {what}", lambda found: np.allclose(found, wanted, atol=1e-6), True


def _config(folder: Path, rng: np.random.Generator) -> Spoilt:
    """Change a value in the config of the model, with right checksums."""
    with zipfile.ZipFile(folder / MODEL) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    what, made = one_value(json.loads(parts["config.json"]), rng)
    parts["config.json"] = json.dumps(made).encode()
    if rng.random() < 0.2:
        gone = list(parts)[rng.integers(len(parts))]
        what, _ = f"without {gone}", parts.pop(gone)
    with zipfile.ZipFile(folder / MODEL, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return f"{MODEL}: {what}", _probabilities, True


def _foreign(folder: Path, rng: np.random.Generator) -> Spoilt:
    name = (MODEL, SEEN)[int(rng.random() < 0.2)]
    what = list(FOREIGN)[rng.integers(len(FOREIGN))]
    (folder / name).write_bytes(FOREIGN[what])
    return f"{name}: {what}", None, False


def _files(folder: Path, rng: np.random.Generator) -> Spoilt:
    name = _NEEDED[rng.integers(len(_NEEDED))]
    what = ("missing", "a folder", "a link to nothing", "another file", "as it is")[rng.integers(5)]
    if what == "as it is":
        return what, _probabilities, False
    other = _FILES[(_FILES.index(name) + 1) % len(_FILES)]
    content = (folder / other).read_bytes()
    (folder / name).unlink()
    if what == "a folder":
        (folder / name).mkdir()
    elif what == "a link to nothing":
        (folder / name).symlink_to(folder / "nothing")
    elif what == "another file":
        (folder / name).write_bytes(content)
    return f"{name}: {what}", None, False


_WAYS: tuple[Callable[[Path, np.random.Generator], Spoilt], ...] = (
    _value, _value, _value, _text, _text, _model, _config, _config, _foreign, _files
)  # fmt: skip
