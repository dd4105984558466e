"""Arguments of a diffusion, checked where it is made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.generate.networks import GIVEN, LEVEL, NOISY, NUMBERS
from labelfeed.generate.noise import NoiseLevels
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, KerasModel
from labelfeed.visibility.masked_rows import MaskedRows
from labelfeed.visibility.policies import Masked, Visibility

__all__ = ["check_denoiser", "column_groups", "dropout_policy", "levels_of", "number_scale"]


def check_denoiser(network: KerasModel, labels: Sequence[LabelSpec]) -> None:
    """Raise `ValueError` unless a network takes what a diffusion gives it.

    Args:
        network: Functional model.
        labels: The label and the side labels.
    """
    if not hasattr(network, "inputs") or not hasattr(network, "outputs"):
        raise ValueError("The network must be a functional keras.Model, such as table_network's.")
    found = {tensor.name: tensor for tensor in network.inputs}
    wanted = [NOISY, LEVEL, *(spec.input_name for spec in labels)]
    if len({*wanted, GIVEN, NUMBERS}) < len(wanted) + 2:
        raise ValueError(
            f"Label and side labels need different names, none of them {NOISY!r}, {LEVEL!r}, "
            f"{GIVEN!r} or {NUMBERS!r}; got {wanted[2:]}."
        )
    missing = [name for name in wanted if name not in found]
    strange = [name for name in found if name not in (*wanted, GIVEN, NUMBERS)]
    if missing or strange:
        raise ValueError(
            f"The network has the inputs {list(found)}; expected {wanted}, and if you like "
            f"{GIVEN!r} and {NUMBERS!r} (missing: {missing}; not known: {strange})."
        )
    shape = tuple(found[NOISY].shape)
    if len(network.outputs) != 1 or tuple(network.outputs[0].shape) != shape or None in shape[1:]:
        raise ValueError(
            f"The network must have one output of the shape of its input {NOISY!r}, {shape}; got "
            f"{[tuple(tensor.shape) for tensor in network.outputs]}."
        )
    if GIVEN in found and tuple(found[GIVEN].shape[1:]) != (2 * shape[-1],):
        raise ValueError(
            f"The input {GIVEN!r} holds values and flags of {shape[-1]} columns: its shape must be "
            f"(None, {2 * shape[-1]}), got {tuple(found[GIVEN].shape)}."
        )


def column_groups(groups: ArrayLike | None, d: int) -> np.ndarray:
    """Return the group of each column, int32 `(d,)`, counted from 0.

    Args:
        groups: One number for each column, the same for columns that are given together; `None`:
            each column by itself.
        d: Columns.

    Example:
        >>> column_groups([7, 7, 9], 3).tolist()
        [0, 0, 1]
    """
    array = np.arange(d) if groups is None else np.asarray(groups)
    if array.shape != (d,):
        raise ValueError(f"groups must be {d} numbers, one a column; got the shape {array.shape}.")
    return np.unique(array, return_inverse=True)[1].astype(np.int32)


def dropout_policy(
    dropout: float | Visibility, labels: Sequence[LabelSpec], numbers: int
) -> Visibility:
    """Return which labels a training step shows.

    Args:
        dropout: Probability that a row shows none, in [0, 1); a visibility is passed through.
        labels: The label and the side labels.
        numbers: How many numbers condition.
    """
    if isinstance(dropout, Visibility):
        return dropout
    if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout < 1:
        raise ValueError(
            f"label_dropout is a probability in [0, 1) or a visibility, got {dropout!r}."
        )
    one = len(labels) == 1 and not labels[0].shape and not numbers
    return Masked(dropout) if one else MaskedRows(dropout)


def levels_of(x: np.ndarray) -> NoiseLevels:
    """Return noise levels that suit x: the highest drowns what varies most.

    That is ten standard deviations in the direction in which x varies most, which leaves half a
    percent of its spread unknown to the start of the sampler.

    Args:
        x: `(n, ...)`.
    """
    spread = float(x.std())
    if not spread > 0:
        return NoiseLevels()
    rows = x.reshape(len(x), -1)[:2000].astype(np.float64)
    rows = rows - rows.mean(axis=0)
    gram = rows @ rows.T if len(rows) < rows.shape[1] else rows.T @ rows
    widest = np.sqrt(np.linalg.eigvalsh(gram)[-1].clip(min=0) / len(rows))
    return NoiseLevels(data=spread, high=float(np.clip(10 * widest / spread, 10, 200)))


def number_scale(numbers: np.ndarray) -> list[list[float]]:
    """Return mean and spread of each column of `(n, numbers)`, whose NaN are unknown.

    Example:
        >>> number_scale(np.array([[1.0, np.nan], [3.0, np.nan]]))
        [[2.0, 0.0], [1.0, 1.0]]
    """
    known = ~np.isnan(numbers)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, numbers, 0).sum(axis=0, dtype=np.float64) / count
    spread = np.sqrt((np.where(known, numbers - mean, 0) ** 2).sum(axis=0) / count)
    return [mean.tolist(), np.where(spread > 0, spread, 1.0).tolist()]
