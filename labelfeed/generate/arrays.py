"""What `fit` is given, checked and made arrays that batches are cut of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labelfeed.generate.conditions import ids_of_sides, numbers_of_rows
from labelfeed.generate.networks import NUMBERS
from labelfeed.generate.rows import CLEAN
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.features import feature_arrays, unlisted
from labelfeed.types import ArrayLike, Features, Labels, SampleWeight, SideValues

__all__ = ["held_out_tenth", "row_parts", "weights_of_rows"]


def row_parts(
    x: Features,
    y: Labels | None,
    sides: SideValues | None,
    numbers: ArrayLike | None,
    *,
    shape: tuple[int, ...],
    spec: LabelSpec,
    side_specs: Sequence[LabelSpec] = (),
    number_count: int = 0,
    what: str = "x",
) -> dict[str, np.ndarray]:
    """Return `CLEAN`, the ids of each label by the name of its input, and `numbers` if any.

    Args:
        x: Rows or pictures, an array or a table.
        y: Labels; `None`: all unknown.
        sides: Side labels.
        numbers: Numbers that condition, NaN where unknown.
        shape: That of one row of x.
        spec: The label.
        side_specs: The side labels.
        number_count: How many numbers condition.
        what: Name of x in messages.

    Raises:
        LabelError: A label does not fit, or all are unknown.
        ValueError: x is not finite or has another shape, or the number of rows differs.
    """
    try:
        array = np.asarray(feature_arrays(unlisted(x, 1))).astype(np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} must be numbers, an array or a table: {error}") from error
    if array.ndim != len(shape) + 1 or array.shape[1:] != shape or not len(array):
        wanted = ", ".join(map(str, ("n", *shape)))
        raise ValueError(f"{what} must be an array ({wanted}), n >= 1, got {array.shape}.")
    n, bad = len(array), np.argwhere(~np.isfinite(array))
    if len(bad):
        raise ValueError(
            f"{what}: row {bad[0][0]}, place {bad[0][1:].tolist()} is {array[tuple(bad[0])]}; "
            f"{len(bad)} values are not finite. Fill or leave out what is missing, or encode it, "
            "as labelfeed.synthetic.TableCodec does."
        )
    if y is None:
        ids = np.full((n, *spec.shape), UNKNOWN, np.int32)
    else:
        ids = spec.encode(y, cells=spec.id_cells)
        if (ids == UNKNOWN).all():
            raise LabelError(
                f"Every label of {spec.name!r} is unknown, so nothing can be asked for later. "
                "Leave y out to train without labels."
            )
    if len(ids) != n:
        raise ValueError(f"{what} has {n} rows, the labels have {len(ids)}.")
    parts = {CLEAN: array, spec.input_name: ids}
    for side, found in zip(side_specs, ids_of_sides(sides, n, side_specs), strict=True):
        parts[side.input_name] = found
    if number_count:
        parts[NUMBERS] = numbers_of_rows(numbers, n, number_count)
    elif numbers is not None:
        raise ValueError("The network takes no numbers: make it with numbers= of them.")
    return parts


def weights_of_rows(weight: SampleWeight | None, rows: int) -> np.ndarray | None:
    """Return sample weights, float32 `(rows,)`.

    Raises:
        ValueError: They are no finite numbers >= 0, one a row.
    """
    if weight is None:
        return None
    array = np.asarray(weight, np.float32)
    if array.shape != (rows,) or not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(
            f"sample_weight must be {rows} finite numbers >= 0, one a row; got {array.shape}."
        )
    return array


def held_out_tenth(
    parts: Mapping[str, np.ndarray], weight: np.ndarray | None, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray | None, dict[str, np.ndarray], np.ndarray | None]:
    """Return the rows that train and their weights, then those of a held-out tenth.

    Args:
        parts: Arrays `(n, ...)` by name.
        weight: `(n,)`, or `None`.
        seed: Of the draw.

    Example:
        >>> kept, _, held, _ = held_out_tenth({"x": np.arange(50)}, None, seed=0)
        >>> len(kept["x"]), len(held["x"])
        (45, 5)
    """
    n = len(next(iter(parts.values())))
    held, kept = np.split(np.random.default_rng(seed).permutation(n), [max(n // 10, 1)])
    cut = [{key: value[at] for key, value in parts.items()} for at in (kept, held)]
    weights = [None if weight is None else weight[at] for at in (kept, held)]
    return cut[0], weights[0], cut[1], weights[1]
