"""Whether the training of a run is shared among devices."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Literal

from labelfeed.options import StrategyOptions
from labelfeed.scaling.devices import devices as devices_block
from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.processes import check_cut_classes, told_processes
from labelfeed.scaling.shares import Sharing

__all__ = ["sharing_of_run"]


def sharing_of_run(
    count: int | Literal["all"] | None,
    shard_classes: bool,
    options: StrategyOptions,
    blended: bool,
    streamed: bool,
) -> AbstractContextManager[Sharing] | None:
    """Return the block in which several devices train, `None` for one as ever.

    Args:
        count: How many devices, or all.
        shard_classes: Whether they cut the classes of a margin head, not the rows.
        options: Of the strategy.
        blended: Whether a blend of plain models is made of the rows.
        streamed: Whether rows stay on disk.

    Raises:
        ScalingError: What is trained is not shared among devices.
    """
    if count is None and not shard_classes:
        return None
    if blended:
        raise ScalingError(
            "--devices is for one network that Keras trains. Of these rows a blend of plain models "
            "is made, which uses the processor cores of this machine by itself: leave --devices "
            "out, or train a network alone with --plain network."
        )
    if streamed:
        raise ScalingError("--devices needs the rows in the memory: it does not go with --stream.")
    if options.backbone is not None:
        raise ScalingError("--devices does not go with --backbone, whose vectors are made once.")
    if shard_classes and options.strategy != "margin":
        raise ScalingError("--shard-classes is for --strategy margin, whose head has centres.")
    if shard_classes:
        check_cut_classes(told_processes().count)
    return devices_block(count or "all", shard_classes=shard_classes)
