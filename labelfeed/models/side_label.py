"""`SideLabelModel`: predicts a target from features and side labels, with or without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._unread import with_unread
from labelfeed.models.features import feature_arrays, unlisted
from labelfeed.models.keras_private import all_layers, build_optimizer, call_inside
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.phases import extend_history, restart
from labelfeed.models.wire import as_tensors, split_label, unknown_like
from labelfeed.predictors.rows import num_rows, same_rows
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.sides.values import encode_sides
from labelfeed.types import Features, KerasModel, Labels, Logs, SideValues, Source, Tensor
from labelfeed.visibility.policies import Hidden

__all__ = ["SideLabelModel"]

PLAIN, OUTPUT, PRIOR = "plain", "scores", "deployment_prior"  # layers that `call` looks for


@keras.saving.register_keras_serializable(package="labelfeed")
class SideLabelModel(LabelFedModel):
    """A model of features and side labels; a side label that nobody gave is unknown.

    The target is never an input. `model(x)`, `predict(x)` and an export of them take no side
    label; `predict(x, sides={"scanner": "A"})` takes some. An id beyond the spec raises; in a
    stream or a traced graph it is unknown.

    If the network has a layer called `"plain"` (features -> logits) and ends in one called
    `"scores"` (logits -> output), as that of `side_label` does, `fit` trains in two phases: the
    plain layer alone on all rows, then, with it frozen, all that reads side labels. Rows without
    any side label are then served by `scores(plain(x))`.

    Args:
        network: Functional `keras.Model` whose inputs are one feature tensor and a `LabelInput` of
            each side label (found by name), with one output `(batch, num_classes)`.
        label: `LabelSpec` of the target.
        sides: `LabelSpec` of each side label.
        product: A fitted `BayesProduct` of the same side labels, kept as the peer to compare with.
        name: Name of the model.

    Raises:
        ValueError: The network lacks the input of a side label, or a name stands there twice.

    Example:
        >>> import labelfeed
        >>> digit, turn = LabelSpec.single(10, "digit"), LabelSpec.single(4, "t")
        >>> model = labelfeed.strategies.side_label(digit, (64,), [turn])
        >>> model.predict(np.ones((2, 64)), sides={"t": [3, -1]}, verbose=0).shape
        (2, 10)
    """

    def __init__(
        self,
        network: KerasModel,
        label: LabelSpec,
        sides: Sequence[LabelSpec],
        product: BayesProduct | dict[str, Any] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Check that network, target and side labels fit together."""
        label = LabelSpec.from_config(label)
        specs = tuple(LabelSpec.from_config(side) for side in sides)
        names = [spec.input_name for spec in specs]
        if not specs or len({*names, label.input_name}) != len(specs) + 1:
            raise ValueError(
                "Side labels and target need different names, and there must be a side label; got "
                f"{names} beside {label.input_name!r}."
            )
        found = [i.name for i in network.inputs]
        missing = [n for n in names if n not in found]
        if missing:
            raise ValueError(f"The network has no input {missing}; it has {found}.")
        if label.input_name not in found:  # what LabelFedModel looks for; nothing reads it
            unread = LabelInput(label)
            output = with_unread(network.outputs[0], unread)
            network = keras.Model([*network.inputs, unread], output)
        super().__init__(network, label, Hidden(), name=name, **kwargs)
        self.sides = specs
        self.product = BayesProduct.from_config(product) if isinstance(product, dict) else product
        self._feature_names = [n for n in self._feature_names if n not in names]
        if len(self._feature_names) != 1:
            raise ValueError(f"Expected one feature input beside {names}: {self._feature_names}.")
        layers = {layer.name: layer for layer in network.layers}
        self._two_phases = {PLAIN, OUTPUT} <= layers.keys() and PRIOR not in layers
        self._plain_only = False

    def call(self, x: Features, training: bool | None = None) -> Tensor:
        """Return the network's output; a side label that `x` does not hold is unknown."""
        given = self._parts(split_label(x)[0])
        features = as_tensors(feature_arrays(given.pop(self._feature_names[0])))
        if self._two_phases and (self._plain_only or not given):
            plain, scores = (self.network.get_layer(n) for n in (PLAIN, OUTPUT))
            return scores(plain(features, training=training))
        inputs = {self._feature_names[0]: features}
        for spec in self.sides:
            side = given.get(spec.input_name)
            if side is None:
                inputs[spec.input_name] = unknown_like(features, spec)
            else:
                inputs[spec.input_name] = self._ids_of(as_tensors(side), spec, features)
        inputs[self.label.input_name] = unknown_like(features, self.label)
        return call_inside(self.network, inputs, training)

    def with_sides(self, x: Features, sides: SideValues) -> Features:
        """Put side labels beside array features, as `fit`, `predict` and a direct call take them.

        Args:
            x: Array of features.
            sides: By name, a value for each row or one value for all: anything that
                `LabelSpec.encode` takes; a DataFrame; or a list of them in the order of `sides`.
                What is left out is unknown.

        Returns:
            A dict of arrays by the names of the network's inputs; x itself if `sides` is `None`.

        Raises:
            LabelError: A value does not fit; names row and column.
            ValueError: There is no such side label, or the number of rows differs.
        """
        x = unlisted(x, 1)
        if sides is None:
            return x
        parts = self._parts(x)
        same_rows(x=parts, sides=sides)
        parts.update(encode_sides(self.sides, sides, num_rows(parts) or 0))
        return parts

    def fit(  # type: ignore[override]  # after epochs everything is a keyword here
        self,
        x: Source | None = None,
        y: Labels | None = None,
        batch_size: int | None = None,
        epochs: int = 1,
        *,
        sides: SideValues | None = None,
        validation_data: Source = None,
        validation_sides: SideValues | None = None,
        plain_epochs: int | None = None,
        **kwargs: Any,
    ) -> Logs:
        """Train; arguments as for `LabelFedModel.fit`, and these:

        Args:
            x: Features, or what `with_sides` returns, or a stream of `(x, y)` with either.
            y: Targets; unknown ones allowed.
            batch_size: Rows per step.
            epochs: Most epochs, of each phase.
            sides: Side labels of the rows, as for `with_sides`.
            validation_data: `(x, y)`, x as above.
            validation_sides: Side labels of the validation rows.
            plain_epochs: Most epochs of the first phase; `epochs` when `None`. 0 leaves the plain
                layer as it is.
            **kwargs: As for `LabelFedModel.fit`.

        Returns:
            The `History` of both phases; of the first alone if its loss became NaN or infinite.

        Raises:
            ValueError: Side labels are given for training but not for validation.
        """
        x = self.with_sides(x, sides)
        if validation_sides is not None:
            first, *rest = validation_data
            validation_data = (self.with_sides(first, validation_sides), *rest)
        self._check_validation(x, validation_data)
        options = {"batch_size": batch_size, "validation_data": validation_data, **kwargs}
        if not self._two_phases:
            return super().fit(x, y, epochs=epochs, **options)
        plain_epochs = epochs if plain_epochs is None else plain_epochs
        flags = {layer: layer.trainable for layer in all_layers(self.network)}
        plain = self.network.get_layer(PLAIN)
        readers = [v for v in self.network.layers if v is not plain]
        total: dict[str, list[float]] = {}
        history = None
        try:
            if plain_epochs:
                self._plain_only = True
                restart(self, flags, readers)
                history = super().fit(x, y, epochs=plain_epochs, **options)
                extend_history(total, history.history)
            self._plain_only = False
            finite = not total or np.isfinite(total["loss"][-1])
            if finite and (y is None or not self._bare(x)):
                done = len(total.get("loss", ()))
                restart(self, flags, [plain])
                history = super().fit(x, y, initial_epoch=done, epochs=done + epochs, **options)
                extend_history(total, history.history)
        finally:
            self._plain_only = False
            restart(self, flags, [])
            build_optimizer(self.optimizer, self.trainable_variables)  # saved with the model
        if history is not None:
            history.history, history.epoch = total, list(range(len(total["loss"])))
        return history

    def evaluate(
        self,
        x: Source | None = None,
        y: Labels | None = None,
        *args: Any,
        sides: SideValues | None = None,
        **kwargs: Any,
    ) -> Logs:
        """Evaluate; side labels are unknown unless `sides` or `x` holds them."""
        return super().evaluate(self.with_sides(x, sides), y, *args, **kwargs)

    def predict(
        self, x: Source, *args: Any, sides: SideValues | None = None, **kwargs: Any
    ) -> Logs:
        """Predict; side labels are unknown unless `sides` or `x` holds them.

        Args:
            x: Features, or what `with_sides` returns.
            *args: As in Keras.
            sides: Side labels, as for `with_sides`.
            **kwargs: As in Keras.

        Returns:
            The network's output, `(n, num_classes)`.
        """
        if kwargs.get("known") is not None:
            raise ValueError(
                f"The target {self.label.name!r} is no input of this model; side labels go into "
                f"sides= ({[spec.name for spec in self.sides]})."
            )
        return super().predict(self.with_sides(x, sides), *args, **kwargs)

    def functional(self, sides: bool = False) -> KerasModel:
        """Return an ordinary functional model, to export.

        Args:
            sides: Whether it has inputs for the side labels; without, it has no label tensor.
        """
        if not sides:
            return super().functional()
        names = [*self._feature_names, *(spec.input_name for spec in self.sides)]
        inputs = [i for i in self.network.inputs if i.name in names]
        given = {i.name: keras.Input(i.shape[1:], dtype=i.dtype, name=i.name) for i in inputs}
        return keras.Model(given, self(given))

    def _side_inputs(self) -> tuple[str, ...]:
        return tuple(spec.input_name for spec in self.sides)

    def _features(self, x: Features, what: str = "", allow_nan: bool | None = None) -> Features:
        """Return features and side labels as arrays, the side labels as ids."""
        if isinstance(x, (Mapping, list, tuple)) and split_label(x)[1] is None:
            x = self._parts(unlisted(x, 1))
            found = {s.name: x[s.input_name] for s in self.sides if s.input_name in x}
            x.update(encode_sides(self.sides, found, num_rows(x)))
        return super()._features(x, what, allow_nan)

    def _feature_list(self, features: Features) -> list[Tensor]:
        """Return the features, after checking the names of all that is there."""
        return [self._parts(features)[self._feature_names[0]]]

    def _parts(self, x: Features) -> dict[str, Any]:
        """Return features and side labels by the names of the network's inputs."""
        feature, names = self._feature_names[0], [spec.input_name for spec in self.sides]
        if isinstance(x, (list, tuple)):
            if len(x) not in (1, 1 + len(names)):
                raise ValueError(
                    f"Expected [features], or [features, {', '.join(names)}]; got {len(x)} items."
                )
            return dict(zip([feature, *names], x, strict=False))
        if not isinstance(x, Mapping):
            return {feature: x}
        strange = set(x) - {feature, *names}
        if strange or feature not in x:
            raise ValueError(f"Expected {feature!r} and side labels {names}: got {sorted(x)}.")
        return dict(x)

    def _bare(self, x: Features) -> bool:
        """Tell whether array features hold no side label."""
        return len(self._parts(split_label(x)[0])) == 1

    def _check_validation(self, x: Features, validation_data: Source) -> None:
        both = isinstance(x, Mapping) and isinstance(validation_data, (list, tuple))
        if both and not self._bare(x) and self._bare(validation_data[0]):
            raise ValueError(
                "The training rows have side labels, the validation rows have none: pass "
                "validation_sides=, or validation_data=(model.with_sides(x, sides), y)."
            )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, serialised."""
        config = {k: v for k, v in super().get_config().items() if k != "visibility"}
        product = None if self.product is None else self.product.get_config()
        return {**config, "sides": [s.get_config() for s in self.sides], "product": product}
