"""A model of the user's own that `labelfeed audit` is given: a `.keras` file, or named code."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.loading import load_data
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import own_spec
from labelfeed.strategies.own_code import import_module
from labelfeed.types import AnyModel

__all__ = ["audited_rows", "is_own_model", "named_code", "own_model"]

_FILES = (".keras", ".h5")


def is_own_model(name: str) -> bool:
    """Return whether it is a file of Keras's or names code, and no run folder.

    Example:
        >>> is_own_model("model.keras"), is_own_model("mine:build"), is_own_model("run")
        (True, True, False)
    """
    return not Path(name).is_dir() and (name.lower().endswith(_FILES) or _names_code(name))


def _names_code(name: str) -> bool:
    module, colon, function = name.partition(":")
    return bool(colon) and function.isidentifier() and all(map(str.isidentifier, module.split(".")))


def named_code(name: str) -> Callable[..., Any]:
    """Return what `module:function` names; the module is imported, also from this folder.

    Raises:
        DataError: There is no such module or function, or it is no function.
    """
    if not _names_code(name):
        raise DataError(f"{name!r}: expected MODULE:FUNCTION, such as mine:train.")
    try:
        module = import_module(name)
    except ImportError as error:
        raise DataError(f"{name}: the module cannot be imported: {error}") from error
    function = name.partition(":")[2]
    if not hasattr(module, function):
        near = did_you_mean(function, [n for n in dir(module) if not n.startswith("_")])
        raise DataError(f"{name}: the module has no {function!r}.{near}")
    found: Any = getattr(module, function)
    if not callable(found):
        raise DataError(f"{name}: expected a function, got {type(found).__name__}.")
    return _naming_itself(found, name) if inspect.isroutine(found) else found


def _naming_itself(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return the function, whose errors say that they are those of the user's code."""

    @functools.wraps(function)
    def called(*args: Any, **given: Any) -> Any:
        try:
            return function(*args, **given)
        except Exception as error:
            raise DataError(f"{name} failed: {type(error).__name__}: {error}") from error

    return called


def own_model(name: str, trust: bool | str = False) -> AnyModel:
    """Return a user's model: of a `.keras` file, or what `module:function` is or returns.

    A function without arguments is called for the model, one of `(rows, label)` is the model.

    Args:
        name: The file, or the code.
        trust: `module:function` of the classes that a file needs: imported first.

    Raises:
        DataError: It cannot be read, or needs code that was not named.
    """
    if not name.lower().endswith(_FILES):
        found = named_code(name)
        made = inspect.isroutine(found) or inspect.isclass(found)
        return found() if made and not _required(found) else found
    if isinstance(trust, str):
        named_code(trust)
    if not Path(name).is_file():
        raise DataError(f"{name}: there is no such file.")
    try:
        return keras.saving.load_model(name, safe_mode=trust is not True)
    except Exception as error:  # of any kind, by what the file holds
        text = str(error).splitlines()[0][:300]
        raise DataError(
            f"{name}: Keras cannot load it ({text}). Classes of your own: name a function of their "
            "module with --network MODULE:FUNCTION; lambdas: --trust."
        ) from error


def _required(function: Callable[..., Any]) -> list[str]:
    try:
        arguments = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ["rows"]
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [a.name for a in arguments if a.default is a.empty and a.kind not in optional]


def audited_rows(
    model: AnyModel,
    data: str,
    *,
    target: str | None = None,
    labels: Sequence[str] = (),
    drop: Sequence[str] = (),
    group: str | None = None,
    labels_file: str | None = None,
    cells: CellRules | None = None,
    spec: LabelSpec | None = None,
) -> Dataset:
    """Return rows as a user's model takes them: columns that hold numbers are numbers.

    Args:
        model: The model; one of this library knows its labels.
        data: CSV, Parquet, Excel, npz or folder of images.
        target: Label column; this and what follows as in `load_data`.
        labels: Further label columns.
        drop: Columns that are no features.
        group: Column of groups.
        labels_file: Table with the labels of images.
        cells: What cells mean.
        spec: The labels, where another file has told them.

    Raises:
        DataError: The file cannot be read, or has no labels.
    """
    spec = own_spec(model) if spec is None else spec
    named: dict[str, Any] = {} if spec else {"target": target, "labels": tuple(labels)}
    reading: dict[str, Any] = {"drop": tuple(drop), "group": group, "labels_file": labels_file,
                               "cells": CellRules() if cells is None else cells}  # fmt: skip
    dataset = load_data(data, spec=spec, **named, **reading)
    if not dataset.labelled.any():
        raise DataError(f"{data}: no row has a label (looked for {dataset.spec.name!r}).")
    if isinstance(dataset.features, pd.DataFrame):
        return dataclasses.replace(dataset, features=_numbers(dataset.features))
    return dataset


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    out = {}
    for name in frame.columns:
        column = frame[name]
        blank = column.map(
            lambda cell: None if isinstance(cell, str) and not cell.strip() else cell
        )
        numbers = pd.to_numeric(blank, errors="coerce")
        whole = bool((numbers.notna() == blank.notna()).all())
        out[name] = numbers.astype(np.float64) if whole else column
    return pd.DataFrame(out)
