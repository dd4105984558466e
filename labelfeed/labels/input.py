"""The label as an input of a functional network."""

from __future__ import annotations

import keras

from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Tensor

__all__ = ["LabelInput"]


def LabelInput(spec: LabelSpec, name: str | None = None) -> Tensor:  # noqa: N802 (as keras.Input)
    """Return the symbolic input of a label, to give to conditioning layers.

    Args:
        spec: The label's spec.
        name: Name of the input; the spec's own by default, which is how `LabelFedModel` finds it.

    Returns:
        An int32 `KerasTensor` of shape `(None,)` for a single label (ids) and
        `(None, num_classes)` for multi labels (0 or 1); -1 is unknown.

    Example:
        >>> from labelfeed import LabelSpec
        >>> LabelInput(LabelSpec.single(3)).shape
        (None,)
    """
    if not isinstance(spec, LabelSpec):
        raise TypeError(f"LabelInput needs a LabelSpec, got {type(spec).__name__}.")
    return keras.Input(spec.shape, dtype="int32", name=name or spec.input_name)
