"""Run `labelfeed train` on the workers of a Ray cluster, as one training."""

from __future__ import annotations

import contextlib
import logging
import os
import runpy
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.processes import Processes

__all__ = ["train_on_ray"]

_CLASS = f"{ScalingError.__module__}.{ScalingError.__name__}: "  # as Ray prints it


def train_on_ray(arguments: list[str], address: str, workers: int, out: str) -> None:
    """Run `labelfeed` with these arguments in every worker, told of each other.

    Ray Train places the workers and watches them; each joins the others by the backend's own means
    (`jax.distributed`, `torch.distributed`). Data and `out` stand in a folder that all hosts share.

    Args:
        arguments: Of the command line, `["train", ...]`.
        address: Of the cluster, `"auto"` for the one that this host belongs to, `"local"` for a new
            one on this host.
        workers: Number of workers, each a process: with a GPU where the cluster has any.
        out: Folder of the run.

    Raises:
        ScalingError: Ray is not installed or does not answer, or a worker failed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        from ray.train import RunConfig, ScalingConfig
        from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer
    except ImportError as error:
        raise ScalingError(
            f"--cluster needs Ray Train ({error.name or error}): pip install 'labelfeed[ray]'."
        ) from error
    _start(address, workers)
    notes = Path(f"{os.path.realpath(out)}.ray")
    notes.mkdir(parents=True, exist_ok=True)
    config = {"arguments": arguments, "folder": os.getcwd(), "said": str(notes / "said.txt")}
    try:
        gpus = float(ray.cluster_resources().get("GPU", 0))
        if 0 < gpus < workers:
            raise ScalingError(f"{workers} workers are asked for, the cluster has {gpus:g} GPUs.")
        trainer = DataParallelTrainer(
            work,
            train_loop_config=config,
            scaling_config=ScalingConfig(num_workers=workers, use_gpu=gpus > 0),
            run_config=RunConfig(name="train", storage_path=str(notes)),
        )
        try:
            with _repeating(notes / "said.txt"):
                trainer.fit()
        except Exception as error:  # Ray has a class for each way of failing
            raise ScalingError(f"A worker failed: {_last_line(error)}") from error
    finally:
        ray.shutdown()
        shutil.rmtree(notes, ignore_errors=True)
    if not Path(out).exists():
        raise ScalingError(
            f"The run was written by the first worker, and is not in {out} here: name a folder "
            "that all hosts of the cluster share."
        )


@contextlib.contextmanager
def _repeating(path: Path) -> Iterator[None]:
    """Print what is written to a file while the block runs."""
    done = threading.Event()

    def repeat() -> None:
        place = 0
        while True:
            last = done.wait(0.2)
            if path.exists():
                with path.open(encoding="utf-8", errors="replace") as file:
                    file.seek(place)
                    sys.stdout.write(file.read())
                    sys.stdout.flush()
                    place = file.tell()
            if last:
                return

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _last_line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip().removeprefix(_CLASS) if lines else type(error).__name__


def _start(address: str, workers: int) -> None:
    import ray

    local = address == "local"
    more: dict[str, Any] = {"num_cpus": workers + 1} if local else {"address": address}
    try:
        # What workers say stands in a file; through Ray much else would come with it.
        dashboard = False if local else None
        ray.init(
            include_dashboard=dashboard, log_to_driver=False, logging_level=logging.ERROR, **more
        )
    except Exception as error:
        raise ScalingError(f"The Ray cluster {address!r} does not answer: {error}") from error


def work(config: dict[str, Any]) -> None:
    """Be one process of the training, in a worker of Ray Train."""
    import ray.train
    from ray.train.collective import broadcast_from_rank_zero

    context = ray.train.get_context()
    met = broadcast_from_rank_zero({"host": _own_address(), "port": _free_port()})
    processes = Processes(
        context.get_world_rank(),
        context.get_world_size(),
        met["host"],
        met["port"],
        context.get_local_rank(),
        context.get_local_world_size(),
    )
    os.environ.update(processes.environment())
    os.chdir(config["folder"])
    with (
        open(config["said"], "a", encoding="utf-8", buffering=1) as said,
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        run_here(config["arguments"])


def run_here(arguments: list[str]) -> None:
    """Run the command line in this very process, which ends with the worker; raise if it fails."""
    sys.argv = ["labelfeed", *arguments]
    try:
        runpy.run_module("labelfeed", run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            text = f"labelfeed ended with the exit code {ended.code}; its lines above say why."
            raise ScalingError(text) from None


def _own_address() -> str:
    import ray

    return str(ray.util.get_node_ip_address())


def _free_port() -> int:
    """Return a port that is free together with the next one, which JAX takes."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("", port + 1))
            except OSError:
                continue
            return port
    raise ScalingError("No two free ports in a row were found on this host.")
