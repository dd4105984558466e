"""Everything of Keras that it does not document and that this library touches; nobody else may.

Each function says why it is needed. `tests/models/test_keras_private*.py` have a canary for each,
and run on the newest Keras (`make test`) and on the oldest that `pyproject.toml` promises
(`make test-oldest`): looked at with Keras 3.12.2 and 3.15.1. It stands in models/ because
labels, layers, heads and losses need nothing of the kind.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Set
from typing import Any

import keras

from labelfeed.types import (
    Batch,
    Features,
    Identifier,
    KerasLayer,
    KerasModel,
    KerasOptimizer,
    State,
    Tensor,
    Variable,
)

__all__ = [
    "all_layers",
    "build_optimizer",
    "cached_evaluation",
    "call_behind",
    "call_inside",
    "evaluated_anew",
    "forget_compiled",
    "forget_train_step",
    "is_masked",
    "loss_tracker",
    "mean_of",
    "on_state",
    "optimizer_slots",
    "replace_loss_tracker",
    "set_random_seed",
    "set_untracked",
    "split_step",
    "state_kept",
    "stepped_in_vain",
    "without_tensorflow",
    "write_back",
]

# What a JAX step's state holds, in this order; the variables of the metrics come last.
_STATE = ("trainable", "non_trainable", "optimizer")


def all_layers(model: KerasModel) -> list[KerasLayer]:
    """Return a model and the layers in it, at any depth, outer ones first.

    `model.layers` stops at the first level, and setting `trainable` of a layer reaches the layers
    inside: who restores these flags has to go from the outside to the inside.
    """
    return list(model._flatten_layers())


def call_inside(network: KerasModel, inputs: Features, training: bool | None) -> Tensor:
    """Run a functional model inside the `call` of an outer one.

    Its `__call__` would cast and settle `training` once more, which the outer one's has done: 6 %
    of a small Torch step.
    """
    return network.call(inputs, training=training)


def call_behind(network: KerasModel, skipped: Set[Any], value: Tensor, inputs: Features) -> Tensor:
    """Run a functional model with a value in the place of what some of its operations say.

    A functional model from a tensor in the middle of the graph would do, but Keras makes it by
    calling every layer behind once more, after which the network cannot be saved.

    Args:
        network: Functional model.
        skipped: Its operations that do not run; whatever reads them gets `value`.
        value: A tensor.
        inputs: A list, in the order of its inputs.
    """

    def of(operation: Any) -> Any:
        return (lambda *args, **kwargs: value) if operation in skipped else operation

    return keras.tree.flatten(network._run_through_graph(inputs, operation_fn=of))[0]


def forget_compiled(model: KerasModel) -> None:
    """Drop the loss and the metrics of an earlier `compile`.

    Keras keeps them where a later one says `None`.
    """
    model._compile_loss = model._compile_metrics = model.loss = None


def set_untracked(model: KerasModel, name: str, value: object) -> None:
    """Set an attribute past Keras, which takes metrics and layers in attributes for the model's."""
    object.__setattr__(model, name, value)


def replace_loss_tracker(model: KerasModel, tracker: Any) -> None:
    """Replace the mean that reports `loss`.

    Keras weighs each batch by its rows; where labels are unknown or shown, the mean over what
    counted needs other weights. Untracked, as in Keras's own `compile`: it is reported anyway.
    """
    set_untracked(model, "_loss_tracker", tracker)


def loss_tracker(model: KerasModel) -> Any:
    """Return the mean that reports `loss`."""
    return model._loss_tracker


def forget_train_step(model: KerasModel) -> None:
    """Have the training step compiled anew: what it took for a constant has changed."""
    model.train_function = None


@contextlib.contextmanager
def evaluated_anew(model: KerasModel) -> Iterator[None]:
    """Let `evaluate` run eagerly, and put the compiled step back afterwards."""
    kept = model.run_eagerly, model.test_function
    model.run_eagerly, model.test_function = True, None
    try:
        yield
    finally:
        model.run_eagerly, model.test_function = kept


@contextlib.contextmanager
def stepped_in_vain(model: KerasModel) -> Iterator[None]:
    """Let training steps run eagerly, and put weights, state and the compiled step back afterwards.

    What a metric or an optimizer keeps stands in variables too; those that the optimizer has not
    made yet it makes here.
    """
    if not model.optimizer.built:
        build_optimizer(model.optimizer, model.trainable_variables)
    variables = {id(v): v for v in (*model.variables, *model.optimizer.variables)}
    variables |= {id(v): v for metric in model.metrics for v in metric.variables}
    values = {key: keras.ops.copy(v.value) for key, v in variables.items()}
    kept = model.run_eagerly, model.train_function
    model.run_eagerly, model.train_function = True, None
    try:
        yield
    finally:
        model.run_eagerly, model.train_function = kept
        for key, variable in variables.items():
            variable.assign(values[key])


def build_optimizer(optimizer: KerasOptimizer, variables: list[Variable]) -> None:
    """Make the optimizer's variables before the first step, so that a file finds them."""
    optimizer.build(variables)


def cached_evaluation(arguments: dict[str, Any]) -> bool:
    """Tell whether these keywords of `evaluate` come from `fit`, which validates by it.

    It calls it at every epoch with rows that it has made batches of already.
    """
    return bool(arguments.get("_use_cached_eval_dataset"))


def optimizer_slots(optimizer: KerasOptimizer, variable: Variable) -> list[Variable]:
    """Return what an optimizer keeps for one variable (momentum, moments, ...).

    It says so nowhere but in their names, which begin with the path of the variable.
    """
    prefix = variable.path.replace("/", "_") + "_"
    return [v for v in optimizer.variables if v.name.startswith(prefix)]


def split_step(args: tuple[Any, ...]) -> tuple[list[State], Batch]:
    """Return `([state], data)` of the arguments of `train_step` or `test_step`, `[]` but on JAX.

    The data come last on every backend, so one override serves all.
    """
    *state, data = args
    return state, data


def is_masked(tensor: Tensor) -> bool:
    """Tell whether a layer put a mask on a tensor, which Keras's losses and metrics then apply."""
    return getattr(tensor, "_keras_mask", None) is not None


def mean_of(metric: Identifier) -> tuple[Any, dict[str, Any]] | None:
    """Return the function whose weighted mean a metric is, with its arguments; else `None`.

    `MeanMetricWrapper` keeps both to itself. With them a metric over partly hidden labels is one
    weighted sum, instead of a flat copy of its arguments; a subclass that updates itself otherwise
    is no such mean.
    """
    function = getattr(metric, "_fn", None)
    if type(metric).update_state is not keras.metrics.MeanMetricWrapper.update_state:
        return None
    return None if function is None else (function, dict(metric._fn_kwargs))


def on_state(
    model: KerasModel, state: State, function: Callable[[], Any], parts: tuple[str, ...] = _STATE
) -> tuple[Any, tuple[Any, ...]]:
    """Run a function that reads and writes variables inside a JAX step, where they are values.

    Args:
        model: The model whose step it is.
        state: The state of the step: the values of trainable, non-trainable, optimizer and metrics
            variables, in this order.
        function: Takes nothing.
        parts: The kinds of variables that the function may touch.

    Returns:
        What the function returned, and the state after it.
    """
    variables = {
        "trainable": lambda: model.trainable_variables,
        "non_trainable": lambda: model.non_trainable_variables,
        "optimizer": lambda: model.optimizer.variables,
    }
    groups = [variables[name]() if name in parts else None for name in _STATE]
    given = list(zip(groups, state, strict=False))
    mapping = [pair for g, values in given if g is not None for pair in zip(g, values, strict=True)]
    with keras.StatelessScope(state_mapping=mapping) as scope:
        found = function()
    after = [v if g is None else [scope.get_current_value(w) for w in g] for g, v in given]
    return found, (*after, *state[len(given) :])


def write_back(model: KerasModel) -> None:
    """Give a model its weights back after an error in `fit`.

    On JAX they are out of the model while it runs, and would be lost.
    """
    getattr(model, "jax_state_sync", lambda: None)()


@contextlib.contextmanager
def state_kept(model: KerasModel) -> Iterator[None]:
    """Keep in reach what Keras on JAX takes out of a model before its first batch.

    Keras empties the variables, then asks for the batch, and notes the state only after the step:
    an error in the first batch, as of a bad label, would leave a model without weights. Nothing is
    copied.
    """
    take_out = getattr(model, "_get_jax_state", None)
    if take_out is None or "_get_jax_state" in vars(model):  # in place: validation inside `fit`
        yield
        return

    def noted(**kinds: bool) -> Any:
        state = take_out(**kinds)
        if kinds.get("purge_model_variables"):
            names = [f"{k}_variables" for k in (*_STATE, "metrics") if kinds.get(f"{k}_variables")]
            set_untracked(model, "_jax_state", dict(zip(names, state, strict=True)))
        return state

    set_untracked(model, "_get_jax_state", noted)
    try:
        yield
    finally:
        object.__delattr__(model, "_get_jax_state")


@contextlib.contextmanager
def without_tensorflow() -> Iterator[None]:
    """Keep Keras on JAX and Torch from importing TensorFlow, if nothing has imported it yet.

    Keras asks whether TensorFlow is there by importing it, when it seeds (to seed it too), saves
    and loads (an object might be a `TensorShape`): seconds, and lines on the terminal.
    """
    module: Any = sys.modules.get("keras.src.utils.module_utils")
    lazy: Any = getattr(module, "tensorflow", None)
    if "tensorflow" in sys.modules or getattr(lazy, "_available", False) is not None:
        yield
        return
    lazy._available = False
    try:
        yield
    finally:
        lazy._available = None


def set_random_seed(seed: int) -> None:
    """Seed Python, NumPy, Keras and the backend; TensorFlow only where it runs already."""
    with without_tensorflow():
        keras.utils.set_random_seed(seed)
