"""What the models of this library share: checked labels, class weights, scored metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import keras
import numpy as np

from labelfeed.labels.errors import CellError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.checked_rows import CheckedRows
from labelfeed.models.checks import class_weight_table
from labelfeed.models.keras_private import (
    build_optimizer,
    cached_evaluation,
    forget_compiled,
    forget_train_step,
    replace_loss_tracker,
    set_untracked,
    without_tensorflow,
)
from labelfeed.models.scoring import ScoredMean, wrap_metrics
from labelfeed.models.shared_fit import (
    averaged,
    check_one_device,
    named_arguments,
    scored_alone,
    shared_evaluation,
    shared_fit,
)
from labelfeed.models.sources import checked_source, in_own_order, run_checked
from labelfeed.scaling.gathered import gathered, is_cut, undistributed
from labelfeed.types import (
    ClassWeight,
    Features,
    KerasModel,
    Labels,
    Logs,
    SampleWeight,
    Source,
    Tensor,
)

__all__ = ["CheckedModel"]


class CheckedModel(CheckedRows):
    """A Keras model whose labels are checked and encoded before they reach a step.

    A subclass calls its `__init__`, and `_compile` from its own `compile`; its steps hand `ids`
    to `_class_weighted`, and leave the number of rows that count in `loss_tracker(self).weight`. It
    says in `_feature_structure` what an export takes.

    Args:
        label: `LabelSpec` of the label.
        like: The Keras model whose dtype policy is taken by default.
        name: Name of the model.
        **kwargs: As in Keras.
    """

    loss: Any
    _channels: tuple[str, ...]
    _compile_arguments: dict[str, Any]
    _class_weight: np.ndarray | None
    _label_errors: list[CellError]

    def __init__(
        self, label: LabelSpec, like: KerasModel, name: str | None = None, **kwargs: Any
    ) -> None:
        """Start without class weights; the model counts as built, so that weights load."""
        kwargs.setdefault("dtype", like.dtype_policy)
        super().__init__(name=name, **kwargs)
        self.label = label
        self._channels = ()
        self._class_weight = None
        self._label_errors = []
        self._remember({}, False)
        self.built = True

    def _compile(
        self, metrics: Mapping[str, Any], arguments: dict[str, Any], binary: bool, **kwargs: Any
    ) -> None:
        """Compile with metrics by channel; `arguments` is what the caller's `compile` was given."""
        wrapped, self._channels = wrap_metrics(metrics, self.label, binary)
        forget_compiled(self)
        super().compile(weighted_metrics=wrapped or None, **kwargs)
        replace_loss_tracker(self, ScoredMean())
        arguments = {**arguments, "optimizer": self.optimizer}
        set_untracked(self, "_compile_arguments", arguments)

    def fit(
        self,
        x: Source | None = None,
        y: Labels | None = None,
        *args: Any,
        validation_data: Source | None = None,
        class_weight: ClassWeight | None = None,
        allow_nan: bool = False,
        sample_weight: SampleWeight | None = None,
        **kwargs: Any,
    ) -> Logs:
        """Train as `keras.Model.fit` does; arguments as there, except:

        Args:
            x: Features, or a `tf.data.Dataset`, `PyDataset`, generator or Torch `DataLoader` of
                `(x, y)` or `(x, y, sample_weight)`. A table's columns are remembered by name.
            y: Targets: anything `LabelSpec.encode` takes; unknown labels allowed.
            *args: `batch_size`, `epochs`, ... in Keras's order.
            validation_data: As in Keras.
            class_weight: `{class id or name: weight}`; for multi `{label: weight}` or
                `{label: {0: weight, 1: weight}}`. Works for every kind of data.
            allow_nan: Whether features may hold NaN or inf (if the network handles them);
                remembered for `evaluate` and `predict`.
            sample_weight: `(n,)`, for multi also `(n, num_labels)` or a table or dict by label.
                Weights of unknown labels are ignored.
            **kwargs: As in Keras.

        Raises:
            LabelError: A label does not fit; raised before training starts for arrays, at its
                batch for streams.
            ValueError: A feature is not finite; a weight of a known label is negative or not
                finite; or tables have different row indexes or columns.
        """
        self._set_class_weight(class_weight)
        self._remember(self._columns, allow_nan)
        if y is None:
            x = self._checked(x)
        else:
            x, y, sample_weight = self._arrays(x, y, sample_weight)
        if isinstance(validation_data, (list, tuple)) and len(validation_data) > 1:
            validation_data = self._validation(validation_data)
        elif validation_data is not None:
            validation_data = self._checked(validation_data, what="validation_data")
        further = {"validation_data": validation_data, "sample_weight": sample_weight, **kwargs}
        own = in_own_order(x, kwargs)
        x, y, further = shared_fit(self, x, y, named_arguments(args, {**further, **own}))
        with averaged(self):
            return self._run(super().fit, x, y, **further)

    def evaluate(
        self,
        x: Source | None = None,
        y: Labels | None = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: SampleWeight | None = None,
        *args: Any,
        allow_nan: bool | None = None,
        **kwargs: Any,
    ) -> Logs:
        """Evaluate as `keras.Model.evaluate` does; x, y, weights and `allow_nan` as for `fit`."""
        if not cached_evaluation(kwargs):  # else rows that `fit` has checked before
            if y is None:
                x = self._checked(x, allow_nan)
            else:
                x, y, sample_weight = self._arrays(x, y, sample_weight, allow_nan=allow_nan)
            if (shared := shared_evaluation(self, x, y, sample_weight, batch_size)) is not None:
                x, y, batch_size, sample_weight = shared, None, None, None
        given = (x, y, batch_size, verbose, sample_weight, *args)
        with scored_alone():
            return self._run(super().evaluate, *given, **kwargs)

    def predict(self, x: Source, *args: Any, allow_nan: bool | None = None, **kwargs: Any) -> Logs:
        """Predict as `keras.Model.predict` does; x and `allow_nan` as for `fit`."""
        if is_cut():
            with undistributed():
                return gathered(self).predict(x, *args, allow_nan=allow_nan, **kwargs)
        checked = self._checked(x, allow_nan, targets=False)
        x = self._features(x, allow_nan=allow_nan) if checked is x else checked
        return self._run(super().predict, x, *args, **kwargs)

    def predict_on_batch(self, x: Features) -> Logs:
        """Predict one batch; x as for `fit`."""
        return super().predict_on_batch(self._features(x))

    def train_on_batch(
        self,
        x: Features,
        y: Labels | None = None,
        sample_weight: SampleWeight | None = None,
        class_weight: ClassWeight | None = None,
        return_dict: bool = False,
    ) -> Logs:
        """Run one training step on one batch; arguments as for `fit`. All may be unknown."""
        check_one_device(self)
        self._set_class_weight(class_weight)
        x, y, sample_weight = self._arrays(x, y, sample_weight, some_known=False)
        return super().train_on_batch(x, y, sample_weight, return_dict=return_dict)

    def test_on_batch(
        self,
        x: Features,
        y: Labels | None = None,
        sample_weight: SampleWeight | None = None,
        return_dict: bool = False,
    ) -> Logs:
        """Evaluate one batch; arguments as for `evaluate`. All labels may be unknown."""
        x, y, sample_weight = self._arrays(x, y, sample_weight, some_known=False)
        return super().test_on_batch(x, y, sample_weight, return_dict=return_dict)

    def _checked(
        self,
        data: Source,
        allow_nan: bool | None = None,
        targets: bool = True,
        what: str = "",
    ) -> Source:
        """Return a stream whose batches are checked as they pass; anything else as it is."""
        return checked_source(
            data,
            self.label,
            self._label_errors,
            targets,
            allow_nan=self._nan_allowed if allow_nan is None else allow_nan,
            sides=self._side_inputs(),
            what=what,
        )

    def _side_inputs(self) -> tuple[str, ...]:
        """Return the names of the inputs for side labels."""
        return ()

    def _run(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Logs:
        return run_checked(self, self._label_errors, method, *args, **kwargs)

    def _set_class_weight(self, class_weight: ClassWeight | None) -> None:
        table = class_weight_table(class_weight, self.label)
        before = self._class_weight
        if (table is None) != (before is None) or (table is not None and np.any(table != before)):
            forget_train_step(self)  # the weights are constants of the compiled step
        self._class_weight = table

    def functional(self) -> KerasModel:
        """Return an ordinary functional model of the features, with no label tensor in it.

        It shares the weights, and takes features as `predict` does.
        """
        given = keras.tree.map_structure(_input_like, self._feature_structure())
        return keras.Model(given, self(given))

    def export(self, filepath: str | Path, format: str = "tf_saved_model", **kwargs: Any) -> None:
        """Export the label-free model as `keras.Model.export` does: `functional()`, served.

        Args:
            filepath: As in Keras.
            format: `"tf_saved_model"`, `"onnx"`, ...: what Keras exports from this backend.
            **kwargs: As in Keras.

        Example:
            >>> import labelfeed
            >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
            >>> model = labelfeed.strategies.margin(spec, (5,), dimension=8)
            >>> model.export("served")  # doctest: +SKIP
        """
        self.functional().export(filepath, format, **kwargs)

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return what `compile` was given, serialised; `None` before."""
        if not self.compiled:
            return None
        with without_tensorflow():
            return keras.saving.serialize_keras_object(self._compile_arguments)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with what `get_compile_config` returned."""
        if config:
            with without_tensorflow():
                given = keras.saving.deserialize_keras_object(config)
            self.compile(**given)
            build_optimizer(self.optimizer, self.trainable_variables)

    @classmethod
    def _with_objects(
        cls, config: dict[str, Any], keys: tuple[str, ...], custom: dict[str, Any] | None
    ) -> Self:
        """Return the model of a config in which `keys` hold serialised Keras objects."""
        config = {**config, "label": LabelSpec.from_config(config["label"])}
        remembered = config.pop("features", None)
        for key in keys:
            if isinstance(config.get(key), dict):
                config[key] = keras.saving.deserialize_keras_object(config[key], custom)
        model = cls(**config)
        if remembered:
            model._remember(remembered["columns"], remembered["allow_nan"])
        return model


def _input_like(tensor: Tensor) -> Tensor:
    return keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=tensor.name)
