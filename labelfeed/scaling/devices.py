"""`devices`: train what is built inside on several devices, by the engine of the backend."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any, Literal

import keras

from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.processes import join, told_processes
from labelfeed.scaling.shares import Sharing, current_sharing, shared_like

__all__ = ["devices"]


@contextlib.contextmanager
def devices(
    count: int | Literal["all"] = "all", *, shard_classes: bool = False
) -> Iterator[Sharing]:
    """Train on several devices what is built inside of the block.

    Build and compile the model in the block, and call `fit` there. Each batch is cut among the
    devices; its last one is filled up with rows of unknown label, which count nowhere. What the
    visibility draws for a batch, its loss and its gradient are those of one device, up to rounding.
    `gathered(model)` is the trained model without devices, to save and to use.

    JAX: `keras.distribution`, for several processes too. TensorFlow: `tf.distribute.
    MirroredStrategy`, in one process. Torch: a process for each device (`torchrun`). Several
    processes are told by `RANK`, `WORLD_SIZE`, `MASTER_ADDR` and `MASTER_PORT`, as `torchrun` does;
    all of them run the same program, and give `fit` all rows: each takes its own of them.

    Args:
        count: Number of devices, >= 1, or `"all"`: the GPUs (TPUs) there are, else the CPU.
        shard_classes: JAX, a `MarginModel` with a head of class centres: cut the classes among the
            devices, and not the batch. For tables of centres that one device cannot hold.

    Yields:
        How training is shared: `devices`, `processes`, ...

    Raises:
        ScalingError: There are fewer devices, or the backend cannot share training like that.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
        >>> with labelfeed.scaling.devices("all"):
        ...     model = labelfeed.strategies.plain(spec, (4,), width=8)
        ...     history = model.fit(np.ones((8, 4)), np.array([0, 1] * 4), verbose=0)
        >>> model = labelfeed.scaling.gathered(model)
        >>> model.predict(np.ones((8, 4)), verbose=0).shape
        (8, 2)
    """
    if current_sharing() is not None:
        raise ScalingError("A block of labelfeed.scaling.devices stands in another one.")
    if count != "all" and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
        raise ScalingError(f"devices must be a number >= 1 or 'all', got {count!r}.")
    backend = keras.backend.backend()
    if shard_classes and backend != "jax":
        raise ScalingError(f"Classes are cut among devices on JAX alone, not on {backend}.")
    if backend not in ("jax", "tensorflow", "torch"):
        raise ScalingError(f"Training is not shared on the backend {backend}.")
    processes = told_processes()
    join(processes, backend)
    if processes.count > 1 and count != "all":
        raise ScalingError(
            f"{processes.count} processes train together, on all devices that they see: leave the "
            f"number of devices out, got {count}."
        )
    with contextlib.ExitStack() as stack:
        if backend == "jax":
            yield stack.enter_context(_on_jax(count, shard_classes))
        elif backend == "tensorflow":
            yield stack.enter_context(_on_tensorflow(count))
        else:
            yield stack.enter_context(_on_torch(count))


@contextlib.contextmanager
def _on_jax(count: int | str, shard_classes: bool) -> Iterator[Sharing]:
    import jax

    names = _first(keras.distribution.list_devices(), count, "jax")
    place, parts = jax.process_index(), jax.process_count()
    made: Any
    if shard_classes:
        mesh = keras.distribution.DeviceMesh((1, len(names)), ("batch", "classes"), names)
        layout = keras.distribution.LayoutMap(mesh)
        layout[".*centres.*"] = ("classes", None)  # and what the optimizer keeps for them
        made = keras.distribution.ModelParallel(
            layout_map=layout, batch_dim_name="batch", auto_shard_dataset=False
        )
        how = Sharing(len(names), class_parts=len(names), processes=parts)
    else:
        made = keras.distribution.DataParallel(devices=names, auto_shard_dataset=False)
        how = Sharing(len(names), place, parts, processes=parts)
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(made)
    try:
        with shared_like(how):
            yield how
    finally:
        keras.distribution.set_distribution(before)


@contextlib.contextmanager
def _on_tensorflow(count: int | str) -> Iterator[Sharing]:
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    names = _first([device.name for device in found], count, "tensorflow")
    strategy = _mirrored(tuple(names)) if len(names) > 1 else None
    with (
        contextlib.nullcontext() if strategy is None else strategy.scope(),
        shared_like(Sharing(len(names))) as how,
    ):
        yield how


@functools.cache
def _mirrored(names: tuple[str, ...]) -> Any:
    """Return the one strategy of these devices: two of them would mix up what they add up."""
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(names)


@contextlib.contextmanager
def _on_torch(count: int | str) -> Iterator[Sharing]:
    import torch

    group = torch.distributed
    if group.is_available() and group.is_initialized():
        parts, place = group.get_world_size(), group.get_rank()
        with shared_like(Sharing(parts, place, parts, processes=parts)) as how:
            yield how
        return
    here = max(torch.cuda.device_count(), 1)
    if count == 1 or (count == "all" and here == 1):
        with shared_like(Sharing(1)) as how:
            yield how
        return
    _first(["device"] * here, count, "torch")
    raise ScalingError(
        "Torch trains on several devices by a process for each: start the program with "
        f"`torchrun --nproc-per-node {count if count != 'all' else here}`, or use "
        "`labelfeed train --devices`, which does that."
    )


def _first(names: list[str], count: int | str, backend: str) -> list[str]:
    """Return the first devices of those there are."""
    if isinstance(count, str):
        return names
    if count > len(names):
        raise ScalingError(
            f"{count} devices are asked for, {backend} sees {len(names)}: ask for at most "
            f"{len(names)}, or 'all'."
        )
    return names[:count]
