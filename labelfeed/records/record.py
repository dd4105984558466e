"""What stands in the JSON files of a run, checked before anything is done with it.

A run may come from somebody else: a value of another type has to be an error that names the file
and the place, here, and not a crash somewhere behind.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from labelfeed.data.described import is_number
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import allowed_bytes, in_words
from labelfeed.types import JSON

__all__ = ["PARTS", "check_model", "read_object", "read_record", "read_split"]

PARTS = ("options", "data", "metrics", "versions")
_FORMAT = 1
_SHARE = 0.5  # of the memory
_KINDS = ("table", "arrays", "images")
_TEXT = ("fingerprint", "target", "id_column", "features", "file_column", "labels_file", "group",
         "decimal", "encoding")  # fmt: skip
_TEXTS = ("labels", "sides", "drop", "weights", "dates", "beside")


def read_object(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds.

    Raises:
        ValueError: It is not there, no JSON, nested too deeply, holds NaN, or is no object.
    """
    if not path.is_file():
        raise ValueError(f"{path.parent} is no complete run: {path.name} is missing.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError(f"{path} is broken: it is nested too deeply.") from error
    except (ValueError, OSError) as error:
        raise ValueError(f"{path} is broken: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} is broken: expected an object, got {type(content).__name__}.")
    return content


def read_record(path: Path) -> tuple[LabelSpec, dict[str, dict[str, Any]]]:
    """Return the label spec and the `PARTS` of a `run.json`.

    Raises:
        ValueError: The file is broken, of another format, or a value is of another type; says
            which.
    """
    record = read_object(path)
    found = record.get("format")
    if found != _FORMAT or isinstance(found, bool):
        raise ValueError(
            f"{path} has the format {found!r}; this version of labelfeed reads {_FORMAT}."
        )
    try:
        spec = _spec(record["label"])
        for side in _list(record.get("sides", []), "sides"):
            _spec(side)
        parts = {key: dict(_object(record[key], key)) for key in PARTS}
        _check_data(parts["data"])
        training = _object(parts["metrics"].get("training", {}), "metrics.training")
        _list(training.get("phases", []), "metrics.training.phases")
        _wanted(parts["options"], "network", "options.network", "module:function", _is_text)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        reason = str(error) if type(error) is ValueError else repr(error)
        raise ValueError(f"{path} is broken: {reason}") from error
    return spec, parts


def read_split(path: Path) -> dict[str, list[int]]:
    """Return the row positions of a `split.json`, by part.

    Raises:
        ValueError: The file is broken, or a part is no list of row positions.
    """
    split = read_object(path)
    for part, rows in split.items():
        if not isinstance(rows, list) or not all(_is_count(row) for row in rows):
            raise ValueError(f"{path} is broken: {part!r} must be a list of row positions from 0.")
    return split


def check_model(path: Path) -> None:
    """Raise `ValueError` if a `model.keras` unpacks to more than allowed (`labelfeed.limits`).

    Whether it is an archive at all is for Keras to say.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return
    if size > (most := allowed_bytes(_SHARE)):
        raise ValueError(
            f"{path}: it unpacks to {in_words(size)}, and {in_words(most)} are allowed; raise it "
            f"with --max-bytes {size} (Python: labelfeed.limits.limits)."
        )


def _no_number(word: str) -> Any:
    raise ValueError(f"it holds {word}, which is no number.")


def _spec(config: JSON) -> LabelSpec:
    """Return a label spec; `LabelSpec.from_config` would take numbers for names."""
    config = _object(config, "label")
    for key in ("name", "kind"):
        if not isinstance(config[key], str):
            raise ValueError(f"{key} of the label must be text, got {config[key]!r}.")
    if not _is_count(config["num_classes"]):
        raise ValueError(f"num_classes must be a whole number, got {config['num_classes']!r}.")
    if config["names"] is not None and not _are_texts(config["names"]):
        raise ValueError("the names of the label must be a list of texts, or null.")
    for key in ("groups", "words"):
        _list(config.get(key, []), key)
    if not _are_texts(config.get("ordered", [])):
        raise ValueError("ordered must be a list of texts.")
    if not all(map(is_number, _list(config.get("edges", []), "edges"))):
        raise ValueError("edges must be a list of numbers.")
    for head, classes in config.get("groups", []):
        if not isinstance(head, str) or not _are_texts(classes):
            raise ValueError("groups must be pairs of a name and its classes.")
    return LabelSpec.from_config(config)


def _check_data(data: Mapping[str, Any]) -> None:
    """Check what `labelfeed.runs.rows` takes from the record of how the data were read."""
    _wanted(data, "kind", "data.kind", " or ".join(_KINDS), lambda value: value in _KINDS)
    _wanted(data, "image_color", "data.image_color", "rgb or grey",
            lambda value: value in ("rgb", "grey"))  # fmt: skip
    _wanted(data, "path", "data.path", "text or a list of texts",
            lambda value: _is_text(value) or _are_texts(value))  # fmt: skip
    for key in _TEXT:
        _wanted(data, key, f"data.{key}", "text", _is_text)
    for key in _TEXTS:
        _wanted(data, key, f"data.{key}", "a list of texts", _are_texts)
    _wanted(data, "image_size", "data.image_size", "[height, width]", _is_size)
    _wanted(data, "image_white", "data.image_white", "a whole number", _is_count)
    if data.get("cells") is not None:
        _check_cells(_object(data["cells"], "data.cells"))
    _object(data.get("spellings") or {}, "data.spellings")
    if data.get("kind") == "images":
        for key in ("image_size", "image_color"):
            if data.get(key) is None:
                raise ValueError(f"data.{key} is missing.")


def _check_cells(cells: Mapping[str, Any]) -> None:
    for key in ("missing", "keep", "negative", "uncertain_words"):
        _wanted(cells, key, f"data.cells.{key}", "a list of texts", _are_texts)
    for key in ("none_word", "separator"):
        _wanted(cells, key, f"data.cells.{key}", "text", _is_text)
    uncertain = _object(cells.get("uncertain", {}), "data.cells.uncertain")
    CellRules.from_json({**cells, "uncertain": uncertain})


def _wanted(
    values: Mapping[str, Any], key: str, place: str, what: str, fits: Callable[[JSON], bool]
) -> None:
    value = values.get(key)
    if value is not None and not fits(value):
        raise ValueError(f"{place} must be {what}, got {value!r}.")


def _object(value: JSON, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object, got {type(value).__name__}.")
    return value


def _list(value: JSON, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list, got {type(value).__name__}.")
    return value


def _is_text(value: JSON) -> bool:
    return isinstance(value, str)


def _are_texts(value: JSON) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_size(value: JSON) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_count, value))


def _is_count(value: JSON) -> bool:
    """Tell whether a value is a whole number from 0 that fits into 63 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
