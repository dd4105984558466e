"""What training in phases shares: freeze some layers, and start an optimizer anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labelfeed.types import KerasLayer, KerasModel

__all__ = ["extend_history", "restart"]


def restart(
    model: KerasModel, flags: Mapping[KerasLayer, bool], frozen: Sequence[KerasLayer]
) -> None:
    """Freeze some layers, leave the others as the user had them, and compile with a new optimizer.

    Args:
        model: A compiled `LabelFedModel`.
        flags: `trainable` of every layer as the user set it, outer layers first: setting one
            reaches the layers inside.
        frozen: Layers that shall not learn.
    """
    for layer, trainable in flags.items():
        layer.trainable = trainable
    for layer in frozen:
        layer.trainable = False
    arguments = dict(model._compile_arguments)
    optimizer = arguments["optimizer"]
    arguments["optimizer"] = type(optimizer).from_config(optimizer.get_config())
    model.compile(**arguments)


def extend_history(history: dict[str, list[float]], more: Mapping[str, list[float]]) -> None:
    """Append what one phase recorded to what is there."""
    for key, values in more.items():
        history.setdefault(key, []).extend(values)
