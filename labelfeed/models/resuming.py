"""A training by Keras that was killed goes on from its last checkpoint, to the same weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from labelfeed.models.keras_private import write_back
from labelfeed.models.keras_private_fit import (
    draws_json,
    draws_now,
    metric_variables,
    restore_draws,
    skip_steps,
    start_at,
    training_variables,
)
from labelfeed.records.checkpoint import Checkpoint
from labelfeed.types import JSON, Logs, Tensor, Variable
from labelfeed.writing import CHECKPOINT_EVERY

__all__ = ["Resume"]

# Keras's own, and what it turns round at its first use, in an object that is made anew.
_NOT_KEPT = ("_model", "params", "validation_data", "min_delta")


class Resume(keras.callbacks.Callback):
    """Go on with a training that was killed, and end with the weights that it would have had.

    `fit` with the same model, data and arguments starts where the last checkpoint was written:
    weights, slots of the optimizer, seeds (that of the visibility too), the order of the rows,
    what other callbacks keep, and the history are as they were. Models whose `fit` trains in
    phases skip those that are complete. Checkpoints are written between epochs and, in long ones,
    between steps; at most every `every` seconds, and for at most 2 % of the time.

    Give it as the last callback. Rows given as arrays are shuffled as they would have been; a
    stream has to give the same batches in an epoch whenever it is asked for that epoch.

    Args:
        folder: Where the checkpoint stands, made when there is something to keep; or a
            `Checkpoint`.
        beside: Other callbacks, or objects, that keep something from epoch to epoch, such as
            `EarlyStopping`: their numbers, texts and arrays are kept and put back too, or those
            that their attribute `keeps` names.
        every: Seconds of training that a kill may cost, >= 0; 0: each epoch is written.
        tell: Called with a line that says where the training goes on.
        name: Of the files in it; each model that is trained needs its own.

    Raises:
        CheckpointError: In `__init__`: the folder holds something else.

    Example:
        >>> import tempfile, labelfeed
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion"])
        >>> x, y = np.random.rand(8, 4), np.array([[1, -1], [0, 1]] * 4)
        >>> folder = Path(tempfile.mkdtemp(), "work")
        >>> def train(epochs):
        ...     keras.utils.set_random_seed(0)
        ...     model = labelfeed.strategies.masked(spec, (4,), width=8)
        ...     resume = Resume(folder, every=0)
        ...     model.fit(x, y, epochs=epochs, callbacks=[resume], verbose=0)
        ...     return resume
        >>> _ = train(2)  # as if killed after the second epoch
        >>> resume = train(3)
        >>> resume.done()  # removes the folder
    """

    def __init__(
        self,
        folder: str | Path | Checkpoint,
        beside: Sequence[object] = (),
        every: float = CHECKPOINT_EVERY,
        tell: Callable[[str], None] | None = None,
        name: str = "fit",
    ) -> None:
        """Look what is there."""
        super().__init__()
        made = isinstance(folder, Checkpoint)
        self.checkpoint: Checkpoint = (
            folder if made else Checkpoint(folder, dict, every=every, tell=tell)  # type: ignore
        )
        self.beside, self.name = tuple(beside), name
        self._tell = tell or self.checkpoint.tell
        self._phase = self._step = self._epoch = 0
        self._history: list[tuple[int, dict[str, float]]] = []
        self._draws: dict[str, Any] = {}
        self._unskip: Callable[[], object] = lambda: None
        self._middle: tuple[dict[str, np.ndarray], JSON] | None = None
        self._over = self._complete = self._cut = False

    def done(self) -> None:
        """Remove the checkpoint: the training is complete, and what came of it is saved."""
        self.checkpoint.remove()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._phase += 1
        self._history, self._epoch, self._step = [], 0, 0
        self._over = self._complete = self._cut = False
        self._middle = None
        for number, name in enumerate((self._name(end=True), self._name())):
            found = self.checkpoint.read(name)
            if found is not None and self._restore(*found, complete=number == 0):
                break

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        start_at(self.model, None)
        self._epoch, self._step = epoch, 0
        if self._middle is not None:
            arrays, told = self._middle
            self._middle = None
            restore_draws(told["draws"])
            _assign(metric_variables(self.model), arrays, "metric")
            self._step = told["step"]
            said, in_step = told["logs"], told["draws_in_step"]
            self._unskip = skip_steps(self.model, self._step, said, lambda: restore_draws(in_step))
        self._draws = draws_now() if self._keeps else {}

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if batch < self._step or not self._keeps:
            return
        self._step = batch + 1
        self._cut = self.model.stop_training
        if self._step == self.params["steps"] and not self._cut:
            return  # the epoch ends
        if self.checkpoint.due() or (self._cut and self._asked("stopped")):
            write_back(self.model)
            self._write(*self._state(logs or {}))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        values = {name: float(value) for name, value in (logs or {}).items()}
        self._history.append((epoch, values))
        self._unskip()
        self._cut = self._cut or self._asked("cut")
        if self._cut or not self._keeps:
            return
        self._epoch, self._step = epoch + 1, 0
        self._over = self.model.stop_training and not self._asked("stopped")
        if self.checkpoint.due() or self._asked("stopped"):
            self._write(*self._state())

    def on_train_end(self, logs: Logs | None = None) -> None:
        start_at(self.model, None)
        if self._history:  # Keras's own history knows what was trained since
            history = self.model.history
            history.epoch = [epoch for epoch, _ in self._history]
            history.history = {}
            for _, values in self._history:
                for name, value in values.items():
                    history.history.setdefault(name, []).append(value)
        if self._complete or self._cut or self._asked("stopped") or not self._keeps:
            return
        self._over = True
        end = (self._name(end=True), *self._state())
        self.checkpoint.offer(lambda: end)

    def _asked(self, what: str) -> bool:
        """Tell whether a callback says that somebody has `stopped` the training, or `cut` it."""
        return any(getattr(one, what, False) is True for one in self.beside)

    @property
    def _keeps(self) -> bool:
        return bool(np.isfinite(self.checkpoint.every))

    def _name(self, end: bool = False) -> str:
        return f"{self.name}-{self._phase}" + ("-end" if end else "")

    def _write(self, arrays: dict[str, np.ndarray], told: JSON) -> None:
        self.checkpoint.flush()  # the ends of earlier phases
        self.checkpoint.write(self._name(), arrays, told)

    def _state(self, logs: Logs | None = None) -> tuple[dict[str, np.ndarray], JSON]:
        """Return what there is to keep; with `logs` in the middle of an epoch, else after it."""
        arrays = _arrays(training_variables(self.model), "variable")
        told: dict[str, Any] = {
            "epoch": self._epoch,
            "step": self._step,
            "over": self._over,
            "history": self._history,
            "draws": draws_json(draws_now() if logs is None else self._draws),
        }
        if logs is not None:
            told["draws_in_step"] = draws_json(draws_now())
            told["logs"] = {name: float(value) for name, value in logs.items()}
            arrays |= _arrays(metric_variables(self.model), "metric")
        told["beside"] = [_kept(one, f"beside{i}", arrays) for i, one in enumerate(self.beside)]
        return arrays, told

    def _restore(self, arrays: dict[str, np.ndarray], told: JSON, complete: bool) -> bool:
        variables = training_variables(self.model)
        misfit = _misfit(variables, arrays, "variable")
        if misfit or len(told["beside"]) != len(self.beside):
            self._tell(
                f"The checkpoint in {self.checkpoint.folder} is of another network "
                f"({misfit or 'other callbacks'}): the training starts anew."
            )
            return False
        _assign(variables, arrays, "variable")
        restore_draws(told["draws"])
        for one, kept in zip(self.beside, told["beside"], strict=True):
            _put_back(one, kept, arrays)
        self._history = [(int(epoch), values) for epoch, values in told["history"]]
        self._complete = complete
        epochs, epoch = int(self.params["epochs"]), int(told["epoch"])
        if complete or told["over"]:
            start_at(self.model, epochs)
        else:
            start_at(self.model, epoch)
            if told["step"]:
                self._middle = arrays, told
            where = f"step {told['step'] + 1:,} of " if told["step"] else ""
            phase = f" of phase {self._phase}" if self._phase > 1 else ""
            self._tell(f"goes on from {where}epoch {epoch + 1} of {epochs}{phase}")
        return True


def _arrays(variables: Sequence[Variable], name: str) -> dict[str, np.ndarray]:
    return {f"{name}{i}": _native(v.value) for i, v in enumerate(variables)}


def _native(value: Tensor) -> np.ndarray:
    """Return a copy in a type that NumPy can read from a file: half precision of others widens."""
    array = np.array(keras.ops.convert_to_numpy(value))
    return array if array.dtype.isbuiltin == 1 else array.astype(np.float32)


def _misfit(variables: Sequence[Variable], arrays: dict[str, np.ndarray], name: str) -> str:
    count = sum(key.startswith(name) for key in arrays)
    if count != len(variables):
        return f"{count} variables, not {len(variables)}"
    for i, variable in enumerate(variables):
        if tuple(variable.shape) != (shape := arrays[f"{name}{i}"].shape):
            return f"{variable.path} is {shape} there, not {tuple(variable.shape)}"
    return ""


def _assign(variables: Sequence[Variable], arrays: dict[str, np.ndarray], name: str) -> None:
    if _misfit(variables, arrays, name):
        return
    for i, variable in enumerate(variables):
        variable.assign(arrays[f"{name}{i}"].astype(variable.dtype))


def _kept(one: object, name: str, arrays: dict[str, np.ndarray]) -> JSON:
    """Return what an object holds of numbers, texts and lists of them; put arrays beside."""
    told: dict[str, JSON] = {}
    names = getattr(one, "keeps", None) or [key for key in vars(one) if key not in _NOT_KEPT]
    for key in names:
        value = getattr(one, key)
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            arrays[f"{name}.{key}"] = np.array(value)
            told[key] = {"array": f"{name}.{key}"}
        elif _is_weights(value):
            for i, part in enumerate(value):
                arrays[f"{name}.{key}.{i}"] = _native(part)
            told[key] = {"arrays": [f"{name}.{key}.{i}" for i in range(len(value))]}
        else:
            value = value.item() if isinstance(value, np.generic) else value
            try:
                found = json.loads(json.dumps(value))
            except (TypeError, ValueError):
                continue
            if found == value:  # a tuple, or keys that are no texts, would come back otherwise
                told[key] = {"json": found}
    return told


def _put_back(one: object, told: JSON, arrays: dict[str, np.ndarray]) -> None:
    for key, kept in told.items():
        if "array" in kept:
            value: Any = arrays[kept["array"]]
        elif "arrays" in kept:
            value = [arrays[name] for name in kept["arrays"]]
        else:
            value = kept["json"]
        setattr(one, key, value)
    if hasattr(one, "resumed"):
        one.resumed()


def _is_weights(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(hasattr(v, "__array__") for v in value)
