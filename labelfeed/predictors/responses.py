"""What a model gives for rows, settled: one output, two columns for a sigmoid, checked numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.rows import array_of
from labelfeed.types import Tensor

__all__ = ["PredictorError", "chosen_output", "class_probabilities", "one_output"]

_SLACK = 1e-4  # how far rounding may take a probability beyond 0 or 1


class PredictorError(ValueError):
    """A model that cannot do what it is asked, or gives what does not fit; says how to mend it."""


def class_probabilities(output: Tensor, spec: LabelSpec, rows: int | None) -> np.ndarray:
    """Return a model's output as probabilities `(n, num_classes)`.

    The only place that knows: one sigmoid column stands for two classes, `(1 - p, p)`.

    Args:
        output: `(n, num_classes)`, or for two classes or one yes/no label `(n, 1)` or `(n,)`.
        spec: The label that is predicted.
        rows: How many rows there must be; `None` if nobody knows.

    Returns:
        float64 array in [0, 1].

    Raises:
        PredictorError: There is another number of rows or columns, or a value outside of [0, 1].

    Example:
        >>> class_probabilities(np.array([0.25]), LabelSpec.single(2), 1).tolist()
        [[0.75, 0.25]]
    """
    found = one_output(output, rows)
    if spec.kind == "single" and spec.num_classes == 2 and found.shape[1] == 1:
        _check_range(found, spec)
        found = np.hstack([1 - found, found])
    if found.shape[1] != spec.num_classes:
        raise PredictorError(
            f"The model gives {found.shape[1]} scores a row; the {spec.kind} label {spec.name!r} "
            f"has num_classes={spec.num_classes}, so ({len(found)}, {spec.num_classes}) was "
            "expected. Pass the spec of the label that the model predicts."
        )
    _check_range(found, spec)
    return np.clip(found, 0.0, 1.0)


def chosen_output(
    found: Tensor, output: str | int | None, spec: LabelSpec, names: Sequence[str] = ()
) -> Tensor:
    """Return that of a model's outputs that predicts a label.

    Args:
        found: An array, or a list or dict of them.
        output: Name or position of it; by default the one called like the spec, if there is one.
        spec: The label.
        names: Names of the outputs; a dict has its own.

    Raises:
        PredictorError: There is no such output.

    Example:
        >>> both = {"age": np.zeros((2, 1)), "ill": np.ones((2, 2))}
        >>> chosen_output(both, None, LabelSpec.single(2, name="ill")).shape
        (2, 2)
    """
    several = isinstance(found, (dict, list, tuple))
    values = list(found.values() if isinstance(found, dict) else found) if several else [found]
    known = [*found] if isinstance(found, dict) else [*names][: len(values)]
    if output is None and (not several or len(values) == 1):
        return found
    output = spec.name if output is None and spec.name in known else output
    if isinstance(output, str) and output not in known and output.lstrip("-").isdecimal():
        output = int(output)  # from a command line
    if isinstance(output, int) and -len(values) <= output < len(values):
        return values[output]
    if output in known:
        return values[known.index(str(output))]
    which = f"has outputs {known}" if known else f"has {len(values)} outputs"
    asked = "" if output is None else f", and none called {output!r}"
    raise PredictorError(
        f"The model {which}{asked}: pass the name or position of the one that predicts the label "
        "as output=, or call it like the label."
    )


def one_output(output: Tensor, rows: int | None) -> np.ndarray:
    """Return the scores among a model's outputs as a float64 matrix `(n, columns)`.

    Args:
        output: An array or tensor `(n,)` or `(n, columns)`, alone or in a list or dict.
        rows: How many rows there must be; `None` if nobody knows.

    Raises:
        PredictorError: There are several outputs, or the shape does not fit.
    """
    if isinstance(output, dict):
        output = list(output.values())
    if isinstance(output, (list, tuple)):
        if len(output) != 1:
            raise PredictorError(
                f"The model has {len(output)} outputs: pass the name or position of the one that "
                "predicts the label as output=, or call it like the label."
            )
        output = output[0]
    scores = np.asarray(array_of(output), np.float64)
    scores = scores[:, None] if scores.ndim == 1 else scores
    if scores.ndim != 2 or rows not in (None, len(scores)):
        wanted = "rows" if rows is None else rows
        raise PredictorError(f"Expected scores of shape ({wanted}, classes), got {scores.shape}.")
    return scores


def _check_range(found: np.ndarray, spec: LabelSpec) -> None:
    # Written so that NaN is caught too.
    bad = np.argwhere(~((found >= -_SLACK) & (found <= 1 + _SLACK)))
    if len(bad):
        row, column = (int(i) for i in bad[0])
        raise PredictorError(
            f"Row {row}, column {column}: the model gives {found[row, column]:.6g}, and a "
            f"probability lies in [0, 1]; {len(bad)} of {found.size} values do not. If these are "
            f"logits, end the model in a {spec.activation}; NaN comes of a feature or a training "
            "gone wrong."
        )
