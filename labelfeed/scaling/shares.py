"""Which rows of a batch a device or process has, and sums over all of them.

On JAX a step is written for the whole batch, and the compiler cuts it: there is nothing to do. On
TensorFlow each device (replica) runs the step on its rows, on Torch each process does.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import keras
import numpy as np
from keras import ops

from labelfeed.types import Tensor

__all__ = [
    "OfReplica",
    "Sharing",
    "agreed",
    "batch_draw",
    "classes_are_cut",
    "current_sharing",
    "mean_over_shares",
    "share_count",
    "shared_like",
    "spare_classes",
    "whole_batch",
    "whole_loss",
]


@dataclasses.dataclass(frozen=True)
class Sharing:
    """How training is shared while a block of `devices` runs.

    Args:
        devices: Number of all devices.
        place: Which part of each batch this process reads, from 0.
        parts: Into how many parts processes cut each batch.
        class_parts: Into how many parts devices cut the classes of a margin head; 1: not at all.
        processes: Number of processes.
    """

    devices: int
    place: int = 0
    parts: int = 1
    class_parts: int = 1
    processes: int = 1


_current: list[Sharing] = []
_THREAD = threading.local()
_Value = TypeVar("_Value")


def current_sharing() -> Sharing | None:
    """Return how training is shared, `None` outside of a block of `devices`."""
    return _current[-1] if _current else None


@contextlib.contextmanager
def shared_like(how: Sharing) -> Iterator[Sharing]:
    """Share training like that while the block runs."""
    _current.append(how)
    try:
        yield how
    finally:
        _current.remove(how)


def classes_are_cut() -> bool:
    """Return whether devices cut the classes of a head built now."""
    return bool(_current) and _current[-1].class_parts > 1


def spare_classes(num_classes: int) -> int:
    """Return how many classes to add so that they divide among devices.

    Example:
        >>> with shared_like(Sharing(2, class_parts=2)):
        ...     spare_classes(7)
        1
    """
    return -num_classes % _current[-1].class_parts if _current else 0


def share_count() -> int:
    """Return how many devices or processes run the step at hand, each on its own rows."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        context = _replica()
        return 1 if context is None else int(context.num_replicas_in_sync)
    return _current[-1].parts if backend == "torch" and _current else 1


def batch_draw(shape: tuple[Any, ...], draw: Callable[[tuple[Any, ...]], Tensor]) -> Tensor:
    """Draw for the whole batch, and return what belongs to the rows of this device or process.

    So the draw is the same whatever their number.

    Args:
        shape: Of the numbers for these rows, `(rows, ...)`.
        draw: Returns numbers in a shape.
    """
    if share_count() == 1:
        return draw(shape)
    if keras.backend.backend() == "torch":
        rows, place, parts = shape[0], _current[-1].place, _current[-1].parts
        return draw((rows * parts, *shape[1:]))[place * rows : (place + 1) * rows]
    import tensorflow as tf

    context = _replica()
    at = tf.one_hot(context.replica_id_in_sync_group, share_count(), dtype="int32")
    rows = context.all_reduce(tf.distribute.ReduceOp.SUM, at * tf.cast(shape[0], "int32"))
    first = tf.reduce_sum(tf.cumsum(rows, exclusive=True) * at)
    whole = draw((tf.reduce_sum(rows), *shape[1:]))
    return whole[first : first + tf.cast(shape[0], "int32")]


def mean_over_shares(tensor: Tensor) -> Tensor:
    """Return the mean of a tensor over the devices or processes; itself where there is one."""
    if share_count() == 1:
        return tensor
    if keras.backend.backend() == "torch":
        import torch

        whole = ops.convert_to_tensor(tensor).detach().clone()
        torch.distributed.all_reduce(whole)
        return whole / share_count()
    import tensorflow as tf

    return _replica().all_reduce(tf.distribute.ReduceOp.MEAN, tensor)


def whole_loss(loss: Tensor) -> Tensor:
    """Return the loss that a step reports: on Torch the mean of what the processes computed.

    TensorFlow adds up what its devices report by itself.
    """
    return mean_over_shares(loss) if keras.backend.backend() == "torch" else loss


def whole_batch(tensor: Tensor) -> Tensor:
    """Return the rows of all Torch processes, to score them; elsewhere, and `None`, as it is."""
    if tensor is None or keras.backend.backend() != "torch" or share_count() == 1:
        return tensor
    import torch

    own = ops.convert_to_tensor(tensor).detach().contiguous()
    parts = [torch.empty_like(own) for _ in range(share_count())]
    torch.distributed.all_gather(parts, own)
    return torch.cat(parts)


def agreed(number: int) -> int:
    """Return the number that process 0 has, in all processes."""
    if not _current or _current[-1].processes == 1:
        return number
    if keras.backend.backend() == "torch":
        import torch

        told = torch.tensor([number], device=ops.zeros(()).device)
        torch.distributed.broadcast(told, 0)
        return int(told[0])
    from jax.experimental.multihost_utils import broadcast_one_to_all

    return int(broadcast_one_to_all(np.uint32(number)))


class OfReplica(Generic[_Value]):
    """An attribute with a value for each replica, kept during its step.

    TensorFlow runs the step of each device in a thread of its own, and goes from one to the next
    wherever they add something up: what a step notes must not reach the step beside it.

    Args:
        usual: Its value where none is kept.
    """

    def __init__(self, usual: _Value) -> None:
        """Keep the usual value."""
        self.usual = usual

    def __set_name__(self, owner: type, name: str) -> None:
        """Keep the name."""
        self.name = name

    def __get__(self, owner: object, kind: type | None = None) -> _Value:
        """Return the value in this thread."""
        kept = getattr(_THREAD, "kept", None)
        return kept.get((id(owner), self.name), self.usual) if kept else self.usual

    def __set__(self, owner: object, value: _Value) -> None:
        """Set it in this thread."""
        if not hasattr(_THREAD, "kept"):
            _THREAD.kept = {}
        if value is self.usual:
            _THREAD.kept.pop((id(owner), self.name), None)
        else:
            _THREAD.kept[id(owner), self.name] = value


def _replica() -> Any:
    """Return TensorFlow's replica context, if several replicas run."""
    import tensorflow as tf

    if not tf.distribute.has_strategy():
        return None
    context = tf.distribute.get_replica_context()
    return context if context is not None and context.num_replicas_in_sync > 1 else None
