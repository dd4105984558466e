"""What a reviewer decided about labels: read from the file that the review page saves."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from labelfeed.data.dataset import Dataset, did_you_mean
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.noise.errors import NoiseError

__all__ = ["Decision", "apply_decisions", "read_decisions"]

_KEYS = ("row", "label", "given", "value")


@dataclasses.dataclass(frozen=True)
class Decision:
    """One label that somebody has looked at.

    Args:
        row: Id of the row, as text.
        label: The label column.
        given: The label that stood there, as text; "" for none.
        value: What it shall be.
    """

    row: str
    label: str
    given: str
    value: str


def read_decisions(path: str | Path) -> list[Decision]:
    """Return the decisions of a file that the review page has saved; skipped rows are not in it.

    Raises:
        NoiseError: It is no such file.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoiseError(f"{path}: cannot be read as a file of decisions: {error}") from error
    entries = content.get("decisions") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise NoiseError(
            f'{path}: expected {{"decisions": [...]}}, as the button Save of a review page writes.'
        )
    found = []
    for number, entry in enumerate(entries, 1):
        texts = isinstance(entry, dict) and all(isinstance(entry.get(k), str) for k in _KEYS)
        if not texts:
            raise NoiseError(
                f"{path}: decision {number} must have {', '.join(_KEYS)}, each a text; got "
                f"{json.dumps(entry)[:120]}."
            )
        found.append(Decision(*(entry[k] for k in _KEYS)))
    return found


def apply_decisions(dataset: Dataset, decisions: Sequence[Decision]) -> np.ndarray:
    """Return the labels of a dataset, encoded, with what was decided.

    Args:
        dataset: The rows that the review page was made of.
        decisions: What `read_decisions` returns.

    Raises:
        NoiseError: A decision is about another row, label or class, two contradict each other, or
            the label has changed since.

    Example:
        >>> import pandas as pd
        >>> from labelfeed.labels.spec import LabelSpec
        >>> spec = LabelSpec.single(["ill", "well"], name="state")
        >>> x, ids = pd.DataFrame({"age": [40, 50]}), np.array([0, 1], np.int32)
        >>> rows = Dataset("table", x, ids, spec, np.array(["p1", "p2"]), "rows.csv")
        >>> apply_decisions(rows, [Decision("p2", "state", "well", "ill")]).tolist()
        [0, 0]
    """
    columns = {column.name: column for column in dataset.spec.label_columns}
    places: dict[str, list[int]] = {}
    for at, row in enumerate(dataset.row_ids):
        places.setdefault(str(row), []).append(at)
    out = dataset.labels.copy()
    seen: dict[tuple[str, str], str] = {}
    for one in decisions:
        what = f"The decision about row {one.row!r}"
        column = columns.get(one.label)
        if column is None:
            hint = did_you_mean(one.label, columns)
            raise NoiseError(f"{what}: there is no label {one.label!r}.{hint}")
        found = places.get(one.row, [])
        if len(found) != 1:
            many = f"{len(found)} such rows; give --id-column as for the page"
            many = many if found else "no such row"
            raise NoiseError(f"{what}: {dataset.source} has {many}.")
        if one.value not in column.names:
            hint = did_you_mean(one.value, column.names)
            raise NoiseError(f"{what}: {one.label!r} is never {one.value!r}.{hint}")
        if seen.setdefault((one.row, one.label), one.value) != one.value:
            raise NoiseError(f"{what}: {one.label!r} is decided twice, and differently.")
        ids = column.ids(dataset.labels[found])
        given = "" if ids[0] == UNKNOWN else column.name_of(int(ids[0]))
        if given != one.given:
            raise NoiseError(
                f"{what}: {one.label!r} was {one.given!r} and is {given!r} in {dataset.source}: "
                "another file, or already repaired?"
            )
        own = out[found]
        column.put(own, np.array([column.names.index(one.value)]))
        out[found] = own
    return out
