"""Who follows a training: JSON lines; TensorBoard and MLflow through callbacks of Keras."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from labelfeed.records.training_log import TrainingLog
from labelfeed.results import json_types

if TYPE_CHECKING:
    from labelfeed.runs.folder import Run

__all__ = [
    "TRACKERS",
    "JsonLines",
    "MLflow",
    "TensorBoard",
    "Tracker",
    "Trackers",
    "TrackingError",
    "figures_of",
    "tracker",
]

_SETS = {"nothing_known": "", "partly_known": "partly_known_"}


class TrackingError(ValueError):
    """A package that tracks trainings is missing; the message says how to install it."""


class Tracker:
    """Told of a training as it goes; each kind overrides what it needs."""

    def callbacks(self) -> list[keras.callbacks.Callback]:
        """Return callbacks for the training of a network by Keras."""
        return []

    def epoch(self, phase: int, number: int, logs: Mapping[str, Any]) -> None:
        """Take the losses of an epoch, or `"model"` and `"seconds"` of a fitted plain model."""

    def finish(self, run: Run) -> None:
        """Take the trained run with its scores."""

    def close(self) -> None:
        """End it, whether or not the training ended well."""


class JsonLines(Tracker):
    """Write each epoch, each plain model and the scores to a `TrainingLog`.

    Args:
        log: The log.
    """

    def __init__(self, log: TrainingLog) -> None:
        """Keep the log."""
        self.log = log

    def epoch(self, phase: int, number: int, logs: Mapping[str, Any]) -> None:
        """Write a line."""
        if "model" in logs:
            self.log.add(phase=phase, fitted=number, **logs)
        else:
            self.log.add(phase=phase, epoch=number, **logs)

    def finish(self, run: Run) -> None:
        """Write the out-of-fold losses of plain models, and the held-out scores."""
        for name, loss in run.metrics.get("training", {}).get("losses", {}).items():
            self.log.add(model=name, out_of_fold_loss=loss)
        self.log.scores(run.metrics)


class TensorBoard(Tracker):
    """Keras's callback `TensorBoard`, to read with `tensorboard --logdir`.

    Of plain models, which have no epochs, it gets the seconds and, like of any run, the scores.

    Args:
        folder: Where its files stand.

    Raises:
        TrackingError: TensorFlow or TensorBoard is missing.
    """

    def __init__(self, folder: str | Path) -> None:
        """Look for the packages first: a training shall not end for want of one."""
        _needed("tensorflow", "TensorBoard is written by it, whatever the backend")
        _needed("tensorboard")
        self.folder = Path(folder)
        self._last = 0

    def callbacks(self) -> list[keras.callbacks.Callback]:
        """Return Keras's callback."""
        return [keras.callbacks.TensorBoard(str(self.folder), write_graph=False)]

    def epoch(self, phase: int, number: int, logs: Mapping[str, Any]) -> None:
        """Count the epochs."""
        self._last = number

    def finish(self, run: Run) -> None:
        """Write scores, and what plain models say of themselves, beside the last epoch."""
        (callback,) = self.callbacks()
        callback.set_model(run.model)
        callback.on_train_begin()
        callback.on_epoch_end(self._last, {f"val_{k}": v for k, v in figures_of(run).items()})
        callback.on_train_end()


class MLflow(Tracker):
    """A run of MLflow with the options, each epoch by MLflow's Keras callback, and the scores.

    Where it is kept is MLflow's own matter (`MLFLOW_TRACKING_URI`).

    Args:
        name: Name of the run of MLflow.

    Raises:
        TrackingError: MLflow is missing.
    """

    def __init__(self, name: str) -> None:
        """Start the run."""
        self._mlflow: Any = _needed("mlflow")
        self._keras: Any = _needed("mlflow.keras")
        self._open = True
        self._mlflow.start_run(run_name=name)

    def callbacks(self) -> list[keras.callbacks.Callback]:
        """Return MLflow's callback."""
        return [self._keras.MlflowCallback()]

    def finish(self, run: Run) -> None:
        """Log the options and the scores."""
        self._mlflow.log_params({k: str(v) for k, v in run.options.items() if v is not None})
        self._mlflow.log_metrics(figures_of(run))

    def close(self) -> None:
        """End the run of MLflow."""
        if self._open:
            self._mlflow.end_run()
            self._open = False


class Trackers:
    """Several of them as one, together with the functions that a command gives.

    Args:
        trackers: All of them.
        on_phase: Called with the number of each phase.
        on_epoch: Called with the number and the losses of each epoch.
    """

    def __init__(
        self,
        trackers: Sequence[Tracker],
        on_phase: Callable[[int], None] | None = None,
        on_epoch: Callable[[int, dict[str, Any]], None] | None = None,
    ) -> None:
        """Start before the first phase."""
        self._trackers, self._on_phase, self._on_epoch = trackers, on_phase, on_epoch
        self._phase = 1

    def callbacks(self) -> list[keras.callbacks.Callback]:
        """Return the callbacks of all."""
        return [callback for one in self._trackers for callback in one.callbacks()]

    def phase(self, number: int) -> None:
        """Tell of a phase that begins."""
        self._phase = number
        if self._on_phase is not None:
            self._on_phase(number)

    def epoch(self, number: int, logs: dict[str, Any]) -> None:
        """Tell of an epoch that is done."""
        for one in self._trackers:
            one.epoch(self._phase, number, logs)
        if self._on_epoch is not None:
            self._on_epoch(number, logs)

    def finish(self, run: Run) -> None:
        """Tell of the scores."""
        for one in self._trackers:
            one.finish(run)


def figures_of(run: Run) -> dict[str, float]:
    """Return the scores of a run, and the losses and seconds of its plain models, by name."""
    found: dict[str, float] = {}
    sets = {prefix: run.metrics.get(known) for known, prefix in _SETS.items()}
    sets["sides_known_"] = run.metrics.get("sides", {}).get("known")
    for prefix, scores in sets.items():
        for name, value in json_types(scores or {}).items():
            if isinstance(value, float):
                found[f"{prefix}{name}"] = value
    training = run.metrics.get("training", {})
    for what in ("losses", "seconds"):
        for name, value in training.get(what, {}).items():
            found[f"{what}_{name.replace(' ', '_')}"] = float(value)
    return found


TRACKERS: dict[str, Callable[[Path], Tracker]] = {
    "tensorboard": lambda folder: TensorBoard(folder / "tensorboard" / _now()),
    "mlflow": lambda folder: MLflow(folder.name),
}
"""What `--track` takes, for a run folder."""


def tracker(name: str, folder: Path) -> Tracker:
    """Return a tracker by its name.

    Args:
        name: A key of `TRACKERS`.
        folder: Folder of the run.

    Raises:
        TrackingError: Its package is missing.
    """
    return TRACKERS[name](folder)


def _now() -> str:
    return time.strftime("%Y%m%d-%H%M%S")


def _needed(module: str, why: str = "") -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        more = f" ({why})" if why else ""
        raise TrackingError(
            f"Tracking needs {package}{more}, which cannot be imported: pip install "
            f"'labelfeed[tracking]'. ({error})"
        ) from error
