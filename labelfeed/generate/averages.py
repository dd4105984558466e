"""Moving averages of weights, whose network samples better than the last one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from labelfeed.types import Tensor, Variable

__all__ = ["move_averages"]

torch: Any = None
if keras.backend.backend() == "torch":
    import torch as _torch

    torch = _torch


def move_averages(pairs: Sequence[tuple[Variable, Variable]], keep: Tensor) -> None:
    """Set each average to `keep average + (1 - keep) weight`.

    Why native on Torch, which compiles nothing: by `keras.ops` each weight takes six calls.

    Args:
        pairs: Averages and weights.
        keep: Share that stays, in [0, 1], a number or a scalar tensor.

    Example:
        >>> mean, own = keras.Variable([0.0]), keras.Variable([1.0])
        >>> move_averages([(mean, own)], 0.75)
        >>> float(ops.convert_to_numpy(mean)[0])
        0.25
    """
    if torch is not None:
        with torch.no_grad():
            for mean, own in pairs:
                mean.value.lerp_(own.value, 1 - float(keep))
        return
    for mean, own in pairs:
        mean.assign(keep * ops.cast(mean, "float32") + (1 - keep) * ops.cast(own, "float32"))
