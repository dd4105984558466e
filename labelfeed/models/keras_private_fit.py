"""What Keras does not document of `fit`, for a training that goes on in the middle.

As `keras_private.py`, of which it is the other half: nobody else may; its twin has the canaries.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from labelfeed.models.keras_private import set_untracked
from labelfeed.types import JSON, KerasModel, Variable

__all__ = ["draws_json", "draws_now", "metric_variables", "restore_draws", "skip_steps", "start_at",
           "training_variables"]  # fmt: skip


def start_at(model: KerasModel, epoch: int | None) -> None:
    """Have the `fit` that is under way begin with an epoch, from 0; `None`: with its own.

    Keras reads this attribute after `on_train_begin`, for `BackupAndRestore`, and leaves it to
    the next `fit` too: who sets it has to take it back.
    """
    model._initial_epoch = epoch


def training_variables(model: KerasModel) -> list[Variable]:
    """Return all that a training changes but its metrics: weights, seeds, slots of the optimizer.

    Seeds stand in `variables` alone, among the metrics, and the loss tracker in `metrics` alone.
    """
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    of_metrics = {id(v) for v in metric_variables(model)}
    every = {id(v): v for v in (*model.variables, *optimizer.variables)}
    return [v for key, v in every.items() if key not in of_metrics]


def metric_variables(model: KerasModel) -> list[Variable]:
    """Return what metrics and the loss have added up in the epoch that is under way."""
    return list({id(v): v for metric in model.metrics for v in metric.variables}.values())


def skip_steps(
    model: KerasModel, steps: int, logs: Mapping[str, float], done: Callable[[], None]
) -> Callable[[], None]:
    """Let the epoch that begins pass its first steps: their batches are drawn and not learned from.

    The batches of an epoch come from one iterator, which cannot be wound forward in another way.

    Args:
        model: In `on_epoch_begin`, with its training step made.
        steps: How many, >= 1.
        logs: What the last of them said; of its keys Keras takes those to report.
        done: Called after the last of them.

    Returns:
        What ends it, where the epoch ends sooner.
    """
    step = model.train_function
    left = steps

    def end() -> None:
        if model.train_function is passed:
            set_untracked(model, "train_function", step)

    def passed(*given: Any) -> Any:
        nonlocal left
        if left <= 0:
            return step(*given)
        left -= model.steps_per_execution
        if hasattr(given[-1], "__next__"):  # TensorFlow and JAX draw in the step, Torch before it
            for _ in range(model.steps_per_execution):
                next(given[-1])
        if left <= 0:
            end()
            done()
        said = dict(logs)
        return (said, given[0]) if len(given) > 1 else said  # JAX: the state goes through

    set_untracked(model, "train_function", passed)
    return end


def draws_now() -> dict[str, Any]:
    """Return the state of all generators that a training may draw from outside of its variables.

    Python, NumPy (the order of rows on JAX), Torch (the order there), and Keras's own one for
    layers without a seed. TensorFlow's order begins anew with each epoch.
    """
    torch = sys.modules.get("torch") if keras.backend.backend() == "torch" else None
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(),
        "torch": None if torch is None else torch.get_rng_state(),
        "keras": None if (own := _generator()) is None else _values(own.state),
    }


def draws_json(draws: Mapping[str, Any]) -> JSON:
    """Return what `draws_now` returned as JSON types."""
    name, key, *rest = draws["numpy"]
    version, words, gauss = draws["python"]
    return {
        "python": [version, list(words), gauss],
        "numpy": [name, np.asarray(key).tolist(), *rest],
        "torch": None if draws["torch"] is None else draws["torch"].tolist(),
        "keras": None if draws["keras"] is None else draws["keras"].tolist(),
    }


def restore_draws(state: JSON) -> None:
    """Put back what `draws_json` returned."""
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words), gauss))
    name, key, *rest = state["numpy"]
    np.random.set_state((name, np.asarray(key, np.uint32), *rest))
    if state["torch"] is not None:
        torch: Any = sys.modules["torch"]
        torch.set_rng_state(torch.tensor(state["torch"], dtype=torch.uint8))
    own = _generator()
    if own is not None and state["keras"] is not None:
        own.state.assign(np.asarray(state["keras"], own.state.dtype))


def _values(variable: Variable) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(variable.value))


def _generator() -> Any:
    """Return the generator of what is drawn without a seed, `None` before its first use.

    Keras's own function would make it, and draw from Python's generator for that.
    """
    module: Any = sys.modules["keras.src.backend.common.global_state"]
    return module.get_global_attribute("global_seed_generator")
