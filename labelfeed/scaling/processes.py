"""Processes that train together: who they are, and how they join.

They are told by the environment, as `torchrun` does: `RANK`, `WORLD_SIZE`, `MASTER_ADDR`,
`MASTER_PORT`, and `LOCAL_RANK`, `LOCAL_WORLD_SIZE` on their host. Keras is not needed to read it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Mapping
from typing import Any

from labelfeed.scaling.errors import ScalingError

__all__ = ["Processes", "check_cut_classes", "join", "leave", "told_processes"]

_NAMES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
_JAX_PORT = 1  # beyond MASTER_PORT, where torchrun itself may listen


@dataclasses.dataclass(frozen=True)
class Processes:
    """This process among those that train together.

    Args:
        rank: Its number, from 0.
        count: Number of all.
        host: Where process 0 is to be met.
        port: A free port there; JAX takes the next one.
        local_rank: Its number on its host.
        local_count: Number of processes on its host.
    """

    rank: int = 0
    count: int = 1
    host: str = "127.0.0.1"
    port: int = 0
    local_rank: int = 0
    local_count: int = 1

    def environment(self) -> dict[str, str]:
        """Return what `told_processes` reads."""
        values = (self.rank, self.count, self.host, self.port, self.local_rank, self.local_count)
        return dict(zip((*_NAMES, "LOCAL_RANK", "LOCAL_WORLD_SIZE"), map(str, values), strict=True))


def told_processes(environment: Mapping[str, str] | None = None) -> Processes:
    """Return what the environment says; one process where it says nothing.

    Args:
        environment: Instead of that of the process.

    Raises:
        ScalingError: It says a part only, or what is no number.

    Example:
        >>> told_processes({}).count
        1
    """
    found = os.environ if environment is None else environment
    if int(_number(found, "WORLD_SIZE", "1")) == 1:
        return Processes()
    missing = [name for name in _NAMES if name not in found]
    if missing:
        raise ScalingError(
            f"WORLD_SIZE is {found['WORLD_SIZE']}, but {', '.join(missing)} is not set: give each "
            f"process {', '.join(_NAMES)}, as torchrun does."
        )
    rank, count = _number(found, "RANK"), _number(found, "WORLD_SIZE")
    if not 0 <= rank < count:
        raise ScalingError(f"RANK must be in 0 .. WORLD_SIZE - 1 = {count - 1}, got {rank}.")
    return Processes(
        rank,
        count,
        found["MASTER_ADDR"],
        _number(found, "MASTER_PORT"),
        _number(found, "LOCAL_RANK", "0"),
        _number(found, "LOCAL_WORLD_SIZE", "1"),
    )


def _number(found: Mapping[str, str], name: str, usual: str = "") -> int:
    text = found.get(name, usual)
    if not text.isdigit():
        raise ScalingError(f"{name} must be a number, got {text!r}.")
    return int(text)


def join(processes: Processes, backend: str) -> None:
    """Meet the other processes, unless that has been done; the backend must not have run yet.

    Args:
        processes: From `told_processes`.
        backend: Of Keras.

    Raises:
        ScalingError: The backend cannot, or not all were met.
    """
    if processes.count == 1:
        return
    if backend not in ("jax", "torch"):
        raise ScalingError(
            f"WORLD_SIZE is {processes.count}, but several processes do not train together on "
            "TensorFlow: Keras's fit is broken under MultiWorkerMirroredStrategy (keras issue "
            "20585). Take --backend jax or torch; several devices of one host work on TensorFlow."
        )
    try:
        met = (_join_jax if backend == "jax" else _join_torch)(processes)
    except RuntimeError as error:  # both engines raise it, or a class of it
        raise ScalingError(
            f"Process {processes.rank} of {processes.count} did not meet the others at "
            f"{processes.host}:{processes.port} (MASTER_ADDR, MASTER_PORT): {error}"
        ) from error
    if met != processes.count:
        raise ScalingError(
            f"{backend} met {met} of {processes.count} processes: each would train by itself. "
            "Join (labelfeed.scaling.devices) before anything else uses the backend."
        )


def check_cut_classes(processes: int) -> None:
    """Raise `ScalingError` where the run of several processes would cut its classes.

    Args:
        processes: How many train together.
    """
    if processes > 1:
        raise ScalingError(
            f"--shard-classes trains a run in one process, not in {processes}: each process would "
            "have to keep the best weights, of which it has a part. Start one process on the "
            "devices of one host, or leave --shard-classes out; from Python a fit in "
            "labelfeed.scaling.devices('all', shard_classes=True), without early stopping."
        )


def leave(backend: str) -> None:
    """Part from the other processes."""
    if backend == "torch":
        import torch

        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def _join_jax(processes: Processes) -> int:
    import jax

    if not getattr(jax.distributed, "is_initialized", bool)():  # older JAX cannot say
        with contextlib.suppress(AttributeError):  # an option of some releases, the rule of others
            jax.config.update("jax_cpu_collectives_implementation", "gloo")
        one_each = processes.local_count > 1 and _accelerated()
        more: dict[str, Any] = {"local_device_ids": [processes.local_rank]} if one_each else {}
        jax.distributed.initialize(
            f"{processes.host}:{processes.port + _JAX_PORT}",
            processes.count,
            processes.rank,
            **more,
        )
    return int(jax.process_count())


def _accelerated() -> bool:
    """Return whether JAX is not told to use the CPU; asking it would start it."""
    return os.environ.get("JAX_PLATFORMS", "") != "cpu"


def _join_torch(processes: Processes) -> int:
    import torch

    if not torch.distributed.is_available():
        raise ScalingError("This build of Torch has no torch.distributed.")
    if not torch.distributed.is_initialized():
        if torch.cuda.is_available():
            torch.cuda.set_device(processes.local_rank)
        torch.distributed.init_process_group(
            "nccl" if torch.cuda.is_available() else "gloo"  # the rest stands in the environment
        )
    return int(torch.distributed.get_world_size())
