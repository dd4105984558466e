"""`fit` and `evaluate` where devices or processes share the rows; and errors where none would."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import keras
import numpy as np

from labelfeed.models.keras_private import set_untracked
from labelfeed.scaling.batches import SharedBatches, SharedStream
from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.shares import Sharing, agreed, current_sharing, share_count, shared_like
from labelfeed.types import KerasModel, Labels, SampleWeight, Source, Tensor

__all__ = [
    "averaged",
    "check_one_device",
    "check_synced",
    "named_arguments",
    "scored_alone",
    "settle_means",
    "shared_evaluation",
    "shared_fit",
]

_POSITIONS = ("batch_size", "epochs", "verbose", "callbacks", "validation_split")
_USE = "Build and train the model inside `with labelfeed.scaling.devices('all'):`."


def check_synced(model: KerasModel) -> None:
    """Raise `ScalingError` where devices or processes would each train by itself.

    Keras takes a distribution on TensorFlow and Torch, and a process group of Torch, without a
    word, and lets each train by itself.

    Args:
        model: The model, which says in `_by_row` whether its loss looks at each row by itself.
    """
    backend, how = keras.backend.backend(), current_sharing()
    if backend != "jax" and keras.distribution.distribution() is not None:
        raise ScalingError(
            f"keras.distribution is set, and does nothing on {backend}: each device or process "
            "would train by itself. Take it away (keras.distribution.set_distribution(None)). "
            + _USE
        )
    if backend == "torch" and how is None and (count := _group_size()) > 1:
        raise ScalingError(
            f"A process group of {count} Torch processes is there, and Keras's fit does not "
            f"average their gradients: each would train by itself. {_USE}"
        )
    alone = backend == "jax" and how is None and keras.distribution.distribution() is None
    if alone and (count := _jax_processes()) > 1:
        raise ScalingError(
            f"{count} JAX processes are there, and no distribution: each would train by itself. "
            f"{_USE}"
        )
    if backend == "tensorflow":
        _check_strategy()
    several = (_replicas() if how is None else how.devices) > 1
    if backend != "jax" and several and not model._by_row:
        raise ScalingError(
            f"The loss of this {type(model).__name__} looks at the rows of a batch together, and "
            f"on {backend} each device has a part of them: train it on one device, or on JAX, "
            "where a step sees the whole batch."
        )


def _group_size() -> int:
    import torch

    group = torch.distributed
    return int(group.get_world_size()) if group.is_available() and group.is_initialized() else 1


def _jax_processes() -> int:
    import jax

    return int(jax.process_count())


def _replicas() -> int:
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return int(tf.distribute.get_strategy().num_replicas_in_sync)


def _check_strategy() -> None:
    import tensorflow as tf

    strategy = tf.distribute.get_strategy()
    name = type(strategy).__name__.removesuffix("V1")
    if name not in ("MirroredStrategy", "OneDeviceStrategy", "_DefaultDistributionStrategy"):
        broken = " Keras's fit is broken under it (keras issue 20585)." * name.startswith("Multi")
        raise ScalingError(
            f"{name} is not supported.{broken} Several devices of one host: MirroredStrategy, by "
            "labelfeed.scaling.devices; several hosts: the backend jax or torch."
        )


def check_one_device(model: KerasModel) -> None:
    """Raise `ScalingError` for a single batch that several devices would have to share."""
    check_synced(model)
    how = current_sharing()
    if how is not None and how.devices > 1:
        raise ScalingError(
            f"train_on_batch is not shared among {how.devices} devices: use fit, or train on one."
        )


def shared_fit(
    model: KerasModel, x: Source, y: Labels, arguments: dict[str, Any]
) -> tuple[Source, Labels, dict[str, Any]]:
    """Return arguments of Keras's `fit` with rows that devices and processes share.

    Args:
        model: The model, which has a `label`.
        x: Arrays, or a stream.
        y: Arrays, or `None` for a stream.
        arguments: The others by name.

    Raises:
        ScalingError: Not all would train together, or the rows cannot be shared.
    """
    check_synced(model)
    if current_sharing() is None:
        return x, y, arguments
    arguments = dict(arguments)
    if arguments.pop("validation_split", None):
        raise ScalingError("validation_split is not shared among devices: give validation_data.")
    size, shuffled = arguments.pop("batch_size", None), arguments.pop("shuffle", True)
    weight, held = arguments.pop("sample_weight", None), arguments.get("validation_data")
    if y is None:
        x = _stream(x, model, True)
    else:
        x, y = _batches(model, (x, y, weight), size, bool(shuffled)), None
    if isinstance(held, tuple):
        size = arguments.pop("validation_batch_size", None) or size
        held = _batches(model, held, size, None)
    elif held is not None:
        held = _stream(held, model, False)
    return x, y, {**arguments, "validation_data": held, "shuffle": False}


def shared_evaluation(
    model: KerasModel, x: Source, y: Labels, weight: SampleWeight, batch_size: int | None
) -> Source | None:
    """Return rows to score that devices share; `None` where there is nothing to share."""
    if current_sharing() is None:
        return None
    if y is None:
        return _stream(x, model, False)
    return _batches(model, (x, y, weight), batch_size, None)


def _batches(
    model: KerasModel, rows: tuple[Any, ...], size: int | None, shuffled: bool | None
) -> SharedBatches:
    """Return arrays as shared batches; shuffled or not to train, `None` to score."""
    how = current_sharing()
    assert how is not None
    if shuffled is None:
        if keras.backend.backend() == "torch":  # every process scores all rows
            how = Sharing(1)
        unit = how.devices // how.class_parts
        size = max((size or 32) // unit, 1) * unit
    seed = agreed(int(np.random.randint(2**31 - 1))) if shuffled else None
    rows = tuple(part for part in rows if part is not None)
    return SharedBatches(rows, model.label.kind, how, size or 32, seed)


def _stream(data: Source, model: KerasModel, training: bool) -> Source:
    """Return a stream whose batches devices and processes share."""
    how, backend = current_sharing(), keras.backend.backend()
    assert how is not None
    if how.devices == 1 or backend == "tensorflow" or (backend == "torch" and not training):
        return data
    if isinstance(data, keras.utils.PyDataset):
        return SharedStream(data, model.label.kind, how)
    raise ScalingError(
        f"A {type(data).__name__} is not cut among {how.devices} devices on {backend}: give "
        "arrays, or a keras.utils.PyDataset that yields the same whole batches in all processes."
    )


def named_arguments(args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return arguments of `fit` after x and y by their names."""
    return {**dict(zip(_POSITIONS, args, strict=False)), **kwargs}


@contextlib.contextmanager
def averaged(model: KerasModel) -> Iterator[None]:
    """Average gradients over Torch processes while the block runs, from the same weights on.

    All gradients of a step go in one piece, before the optimizer sees them. On other backends the
    engine does so by itself.
    """
    if keras.backend.backend() != "torch" or share_count() == 1:
        yield
        return
    import torch

    apply = model.optimizer.apply

    def apply_averaged(grads: list[Tensor], *args: Any, **kwargs: Any) -> None:
        _average([grad for grad in grads if grad is not None])
        apply(grads, *args, **kwargs)

    for variable in model.variables:
        torch.distributed.broadcast(variable.value.data, 0)
    set_untracked(model.optimizer, "apply", apply_averaged)
    try:
        yield
    finally:
        object.__delattr__(model.optimizer, "apply")


def scored_alone() -> AbstractContextManager[object]:
    """Return a block in which each Torch process scores all rows by itself."""
    if keras.backend.backend() == "torch" and share_count() > 1:
        return shared_like(Sharing(1))
    return contextlib.nullcontext()


def _average(tensors: list[Tensor]) -> None:
    """Average tensors over Torch processes, in place."""
    import torch

    if not tensors:
        return
    flat = torch.cat([tensor.detach().reshape(-1).float() for tensor in tensors])
    torch.distributed.all_reduce(flat)
    parts = torch.split(flat / share_count(), [tensor.numel() for tensor in tensors])
    with torch.no_grad():
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.reshape(tensor.shape))


def settle_means(model: KerasModel) -> None:
    """Average what a step keeps beside the weights (moving means) over Torch processes."""
    if keras.backend.backend() == "torch" and share_count() > 1:
        kept = [variable.value.data for variable in model.non_trainable_variables]
        _average([value for value in kept if value.is_floating_point()])
