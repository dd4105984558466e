"""`labelfeed train --devices` and `--cluster`: several devices, processes and hosts."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from labelfeed.cli.backends import choose_backend
from labelfeed.cli.common_options import options_of
from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.processes import check_cut_classes, join, leave, told_processes
from labelfeed.scaling.ray_cluster import train_on_ray

__all__ = ["SCALING", "shared_training", "submit"]


def _devices(context: click.Context, option: click.Parameter, text: str | None) -> int | str | None:
    if text is None or text == "all":
        return text
    if not text.isdigit() or int(text) < 1:
        raise click.BadParameter(f"{text!r} is neither a number >= 1 nor 'all'.")
    return int(text)


SCALING = options_of(
    click.option("--devices", metavar="N|all", callback=_devices,
                 help="Train the network on several devices (GPUs); see docs/scale-out.md."),
    click.option("--shard-classes", is_flag=True,
                 help="Of a margin head on JAX: the devices cut the classes, not the rows."),
    click.option("--cluster", metavar="ADDRESS|local",
                 help="Train on a Ray cluster: 'auto', ray://HOST:PORT, ...; local: a new one."),
    click.option("--workers", type=click.IntRange(min=1), help="Processes on it.  [1]"),
)  # fmt: skip


def submit(cluster: str | None, workers: int | None, out: str, backend: str | None) -> None:
    """Run this very command on a Ray cluster.

    Raises:
        ScalingError: The command or the cluster does not suit, or a worker failed.
    """
    if cluster is None:
        raise click.UsageError("--workers needs --cluster, where they run.")
    if "--shard-classes" in sys.argv:
        check_cut_classes(workers or 1)
    chosen = choose_backend(backend)
    if chosen == "tensorflow" and (workers or 1) > 1:
        raise ScalingError(
            "Several processes do not train together on TensorFlow (keras issue 20585): say "
            "--backend jax or --backend torch."
        )
    given = _without(sys.argv[1:], ("--cluster", "--workers", "--backend"))
    train_on_ray([*given, "--backend", chosen], cluster, workers or 1, out)


def _without(arguments: list[str], options: tuple[str, ...]) -> list[str]:
    """Return arguments without some options and their values.

    Example:
        >>> _without(["train", "x.csv", "--workers", "2", "--quiet"], ("--workers",))
        ['train', 'x.csv', '--quiet']
    """
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in options:
            skip = True
        elif argument.partition("=")[0] not in options:
            kept.append(argument)
    return kept


@contextlib.contextmanager
def shared_training(shared: dict[str, Any], out: str) -> Iterator[bool]:
    """Join the other processes, or start them; tell whether this one writes the run.

    Args:
        shared: Arguments of `run_train`: `devices`, which is set where several processes are told,
            and `out`, which is added: a folder that is thrown away in all processes but the first.
        out: Folder of the run.

    Raises:
        ScalingError: The backend cannot.
    """
    backend, processes = choose_backend(), told_processes()
    shared["out"] = out
    if processes.count == 1:
        if backend == "torch" and shared["devices"] is not None:
            _start_processes(shared["devices"])
        yield True
        return
    if shared.get("shard_classes"):
        check_cut_classes(processes.count)
    join(processes, backend)
    shared["devices"] = shared["devices"] or "all"
    try:
        if processes.rank == 0:
            yield True
            return
        with tempfile.TemporaryDirectory(prefix="labelfeed-worker-") as place:
            shared["out"] = str(Path(place) / "run")
            yield False
    finally:
        leave(backend)


def _start_processes(count: int | str) -> None:
    """Run this command in a process for each device, as Torch needs it, where there are several."""
    import torch

    here = torch.cuda.device_count()
    wanted = here if count == "all" else int(count)
    if wanted < 2 or wanted > here:
        return
    started = subprocess.run(torchrun(wanted, sys.argv[1:]), check=False)
    sys.exit(started.returncode)


def torchrun(count: int, arguments: list[str]) -> list[str]:
    """Return the command that runs `labelfeed` in several processes of this host."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return [*launcher, f"--nproc-per-node={count}", "-m", "labelfeed", *arguments]
