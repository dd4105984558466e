"""Finds the labels that are probably wrong, and what they should be."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.groups import together
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.estimators.given_rows import given_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.annotated import clean_annotated
from labelfeed.noise.cleaned import Cleaned
from labelfeed.noise.errors import NoiseError
from labelfeed.noise.honest import find_noise
from labelfeed.noise.suiting import suiting_plain
from labelfeed.types import ArrayLike, DataPath, Features, Labels, Plain

__all__ = ["clean"]


def clean(
    data: DataPath | Dataset | Features,
    y: Labels | None = None,
    /,
    *,
    spec: LabelSpec | None = None,
    groups: ArrayLike | None = None,
    matrices: Mapping[str, ArrayLike] | None = None,
    annotators: Sequence[str] = (),
    plain: Plain = "auto",
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
    **reading: Any,
) -> Cleaned:
    """Return which labels are probably wrong, and repaired ones.

    Each label is judged by a cross-fitted blend of plain models that saw it neither directly nor
    through repaired labels of other rows; see `labelfeed.noise.honest.find_noise`. Labels are taken
    for noisy only where that predicts held-out labels better than taking them as they are, or where
    the features tell the classes apart but for a rate of errors that is the same everywhere.
    Noise that depends on the class alone can be told from hard cases only so: rows that all
    models find hard are not repaired, and neither are classes with fewer than five rows.

    Args:
        data: A file as `load_data` takes it, with its arguments as keywords (`target="diagnosis"`),
            rows as it returns them, or features: numbers `(n, d)` or a DataFrame.
        y: Of features: their labels, what `LabelSpec.encode` takes, -1 or None where unknown.
        spec: Of features: what the labels are; `None`: classes for a vector, yes/no for a matrix.
        groups: Of features: `(n,)`, rows of one group (a patient) are judged without it.
        matrices: Noise matrices that are known, by label column: rows true, columns given.
        annotators: Of a file: columns of several annotators, whose labels are taken together;
            `target` then is the name of what they agree on. See `clean_annotated`.
        plain: The plain models, as `LabelFedClassifier` takes them.
        seed: Seed of everything drawn.
        on_step: Called with the number of blends fitted and the number of all.
        **reading: Arguments of `load_data`.

    Raises:
        DataError: The file cannot be read, or holds pictures, or a label is a number.
        EstimatorError: The rows cannot be learned from.
        NoiseError: A matrix is no noise matrix, or names no label column.

    Example:
        >>> labelfeed.clean("scans.csv", target="diagnosis").to_frame()  # doctest: +SKIP
    """
    if annotators:
        if not isinstance(data, str | Path) or y is not None or matrices:
            raise NoiseError("Annotators are columns of a file: clean(path, annotators=[...]).")
        return clean_annotated(data, annotators, plain=plain, seed=seed, on_step=on_step, **reading)
    dataset = given_rows(data, y, spec, groups, reading, "clean", NoiseError)
    _check_classes(dataset)
    names = [column.name for column in dataset.spec.label_columns]
    wrong = [name for name in matrices or {} if name not in names]
    if wrong:
        raise NoiseError(f"A noise matrix is given for {wrong[0]!r}; the labels are {names}.")
    if np.ndim(dataset.features) > 2:
        raise DataError(
            f"{dataset.source}: labels of pictures are not cleaned. Write features of them with "
            "`labelfeed embed`, and clean these with their labels as an npz."
        )
    belonging = together(dataset.features, dataset.groups, dataset.group_name)
    preprocessor = Preprocessor.fit(dataset.features)
    x = preprocessor.transform(dataset.features)
    states = dataset.states
    weight = dataset.weights
    notes = list(belonging.notes)
    if weight is not None and weight.ndim > 1:
        notes.append("weights of single labels are not used to clean them")
        weight = None
    found = find_noise(
        x,
        states,
        dataset.spec,
        groups=belonging.ids,
        weight=weight,
        matrices=matrices,
        plain=suiting_plain(plain, states),
        seed=seed,
        on_step=on_step,
    )
    for one in found:
        if one.unjudged:
            shown = ", ".join(map(repr, one.unjudged[:5])) + ", ..." * (len(one.unjudged) > 5)
            notes.append(f"{one.column.name!r}: fewer than 5 rows of {shown}, which stay as given")
    return Cleaned(dataset, tuple(found), x, tuple(notes))


def _check_classes(dataset: Dataset) -> None:
    """Raise `DataError` if a label is a number, which is nearly right or far off, no class."""
    for column in dataset.spec.label_columns:
        if column.number is not None:
            option = shlex.quote(f"{column.name}=0")
            raise DataError(
                f"{dataset.source}: {column.name!r} is a number; clean repairs classes. Give "
                f"--ranges {option} if each number is a class, or clean a column that names its "
                "ranges (young, old)."
            )
