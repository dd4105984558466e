"""Features as they come, lists, tables, tensors: made arrays, and refused where not finite."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence

import keras
import numpy as np

from labelfeed.labels.errors import CellError
from labelfeed.types import Cell, Features

__all__ = ["check_finite", "feature_arrays", "ordered_tables", "unlisted"]

_FLOAT32 = float(np.finfo(np.float32).max)  # that of bfloat16 too


def unlisted(x: Features, inputs: int) -> Features:
    """Return nested lists of numbers as arrays; anything else as it is.

    Args:
        x: Features; `array.tolist()` is the rows where there is one input, else one list for each.
        inputs: Number of feature inputs.

    Example:
        >>> unlisted([[1.0, 2.0], [3.0, 4.0]], 1).shape
        (2, 2)
    """
    if isinstance(x, Mapping):
        return {key: unlisted(value, 1) for key, value in x.items()}
    if not isinstance(x, (list, tuple)) or not _holds_numbers(x):
        return x
    if inputs > 1:
        return [unlisted(value, 1) for value in x]
    try:
        return np.asarray(x, np.float64).astype(keras.config.floatx())
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The features are a list that is no regular array of numbers ({error}). Expected one "
            "row like another, such as array.tolist()."
        ) from error


def ordered_tables(
    x: Features, names: Sequence[str], columns: dict[str, list[str]]
) -> tuple[Features, dict[str, list[str]]]:
    """Return tables among features with their columns in the order of training.

    Args:
        x: Features; tables alone, or in a list or dict.
        names: Names of the feature inputs.
        columns: Names of the columns of each input's table in training, by the input's place.

    Returns:
        The features, and `columns` with those that were not known yet.

    Raises:
        ValueError: A table lacks a column or has another one.
    """
    found = dict(columns)

    def ordered(key: str, leaf: Features) -> Features:
        given = _named_columns(leaf)
        if given is None:
            return leaf
        wanted = found.setdefault(key, given)
        if given == wanted:
            return leaf
        missing = [name for name in wanted if name not in given]
        strange = [name for name in given if name not in wanted]
        if missing or strange or len(given) != len(wanted):
            raise ValueError(
                f"The features have the columns {_listed(given)}; the model was trained on "
                f"{_listed(wanted)} (missing: {_listed(missing)}; not known: {_listed(strange)}). "
                "Give the same columns in any order, or an array (.to_numpy()) if the order is "
                "right."
            )
        return leaf[wanted]

    if isinstance(x, Mapping):  # by place: a file may give an input another name
        places = {name: str(place) for place, name in enumerate(names)}
        return {key: ordered(places.get(key, str(key)), leaf) for key, leaf in x.items()}, found
    if isinstance(x, (list, tuple)):
        return [ordered(str(place), leaf) for place, leaf in enumerate(x)], found
    return ordered("0", x), found


def feature_arrays(x: Features) -> Features:
    """Return features with arrays in the place of tables; the rest as it is.

    Args:
        x: Features; tables (pandas, polars) alone, or in a list or dict.

    Raises:
        ValueError: A column of a table holds no numbers.
    """
    if isinstance(x, Mapping):
        return {key: feature_arrays(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [feature_arrays(value) for value in x]
    return _table_array(x) if hasattr(x, "to_numpy") else x


def check_finite(x: Features, what: str = "") -> None:
    """Raise `CellError` naming row and place of the first NaN or inf in array features.

    Args:
        x: Features: arrays, tables or tensors, alone or nested. Others are passed over.
        what: Whose features they are, for the message.
    """
    most = _FLOAT32
    if keras.config.floatx() in ("float16", "float64"):
        most = float(np.finfo(keras.config.floatx()).max)
    for path, leaf in keras.tree.flatten_with_path(x):
        array = _float_array(leaf)
        if array is None or not array.size:
            continue
        with np.errstate(invalid="ignore"):
            if -most <= array.min() and array.max() <= most:  # NaN is neither
                continue
            bad = ~(np.abs(array) <= most)
        row, *place = (int(i) for i in np.argwhere(bad)[0]) if array.ndim else (0,)
        columns = getattr(leaf, "columns", None)
        where = f", position {tuple(place)}" if place else ""
        if len(place) == 1:
            name = place[0] if columns is None else columns[place[0]]
            where = f", column {name!r}"
        name = f" of {'.'.join(map(str, path))!r}" if path else ""
        value = array[(row, *place)] if array.ndim else array
        beyond = f", beyond {keras.config.floatx()} ({most:.3g})" if np.isfinite(value) else ""
        raise CellError(
            f"the feature is {value}{beyond}; {int(bad.sum())} features are not finite. Impute "
            "them first, or pass allow_nan=True if the network handles them.",
            place=f"{what + ': ' if what else ''}Row {row}{where}{name}",
            row=row,
            value=value,
            expected="a finite number",
            count=int(bad.sum()),
        )


def _holds_numbers(x: Features) -> bool:
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    return isinstance(x, numbers.Number)


def _named_columns(leaf: Features) -> list[str] | None:
    """Return the columns of a table that has names; `None` of arrays and numbered columns."""
    columns = getattr(leaf, "columns", None)
    if columns is None or not hasattr(leaf, "to_numpy"):
        return None
    names = list(columns)
    return names if names and all(isinstance(name, str) for name in names) else None


def _table_array(table: Features) -> np.ndarray:
    array: np.ndarray = table.to_numpy()
    if array.dtype.kind in "iufb":
        return array
    if getattr(table, "columns", None) is None:
        return _numbers(array, getattr(table, "name", None))
    parts = [_numbers(table[name].to_numpy(), name) for name in table.columns]
    return np.stack(parts, axis=1)


def _numbers(values: np.ndarray, name: object) -> np.ndarray:
    if values.dtype.kind in "iufb":
        return values.astype(np.float64)
    if values.dtype.kind == "O":
        try:  # nullable numbers: what is missing has no float
            return np.array([_number(value) for value in values], np.float64)
        except (TypeError, ValueError):
            pass
    example = values[0] if len(values) else None
    raise ValueError(
        f"Column {name!r} of the features holds no numbers: {values.dtype}, such as {example!r}. "
        "Turn it into numbers first (labelfeed.data does it for files), or leave it out."
    )


def _number(value: Cell) -> float:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return float("nan")
    if isinstance(value, (str, bytes)):
        raise TypeError("text")
    return float(value)


def _float_array(leaf: Features) -> np.ndarray | None:
    """Return the values of a leaf if they are floats that can be looked at."""
    if hasattr(leaf, "to_numpy"):
        leaf = _table_array(leaf)
    elif hasattr(leaf, "detach"):
        if not leaf.dtype.is_floating_point or leaf.device.type == "meta":
            return None
        leaf = leaf.detach().float() if leaf.dtype.itemsize < 4 else leaf.detach()
        leaf = leaf.cpu().numpy()
    elif isinstance(leaf, keras.KerasTensor) or not hasattr(leaf, "__array__"):
        return None
    array = np.asarray(leaf)
    return array if array.dtype.kind == "f" else None


def _listed(names: Sequence[str], most: int = 6) -> str:
    shown = ", ".join(map(repr, names[:most])) or "none"
    return shown if len(names) <= most else f"{shown}, ... ({len(names)} in all)"
