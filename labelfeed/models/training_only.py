"""`TrainingOnlyModel`: two heads on one trunk, of which one sees what only training sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.features import feature_arrays, unlisted
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import as_tensors, split_label
from labelfeed.predictors.rows import num_rows
from labelfeed.types import (
    ArrayLike,
    Features,
    KerasModel,
    Labels,
    Logs,
    SampleWeight,
    Source,
    Tensor,
)
from labelfeed.visibility.policies import Hidden

__all__ = ["HIDDEN", "INFORMED", "SCORES", "TRUNK", "TrainingOnlyModel"]

HIDDEN = "training_only"  # the input
TRUNK, SCORES, INFORMED = "trunk", "scores", "informed"  # layers


@keras.saving.register_keras_serializable(package="labelfeed")
class TrainingOnlyModel(LabelFedModel):
    """A model whose trunk learns beside columns that prediction lacks.

    In training `informed([trunk(x), z])` explains the label by the training-only columns z too, so
    that the trunk need not take for x's doing (or learn by heart) what z explains.
    `scores(trunk(x))` learns to predict without them; its gradient stops before the trunk.
    `predict`, `evaluate` and an export know `scores` alone. The training loss is the sum of both.

    Args:
        network: Functional `keras.Model` with the inputs features, `LabelInput(label)` and
            `"training_only"`, and layers named `"trunk"`, `"scores"` and `"informed"`; that of
            `labelfeed.strategies.training_only`.
        label: `LabelSpec` of the label.
        name: Name of the model.

    Raises:
        ValueError: The network lacks the input or a layer.

    References:
        Collier et al. 2022, Transfer and marginalize: explaining away label noise with privileged
        information.

    Example:
        >>> import labelfeed
        >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
        >>> model = labelfeed.strategies.training_only(spec, (5,), columns=1, width=8)
        >>> x, y = np.random.rand(40, 5), np.random.randint(0, 2, 40)
        >>> history = model.fit(x, y, training_only=np.random.rand(40), verbose=0)
        >>> model.predict(x, verbose=0).shape
        (40, 2)
    """

    def __init__(
        self, network: KerasModel, label: LabelSpec, name: str | None = None, **kwargs: Any
    ) -> None:
        """Look for the input and the layers."""
        super().__init__(network, label, Hidden(), name=name, **kwargs)
        layers = {layer.name for layer in network.layers}
        if missing := {HIDDEN, TRUNK, SCORES, INFORMED} - layers:
            raise ValueError(
                f"The network has no {sorted(missing)}; take that of "
                "labelfeed.strategies.training_only."
            )
        self._feature_names = [n for n in self._feature_names if n != HIDDEN]

    def call(self, x: Features, training: bool | None = None) -> Tensor:
        """Return the output of the head that sees features alone."""
        vector = self._vector(self._parts(split_label(x)[0]), training)
        return self.network.get_layer(SCORES)(ops.stop_gradient(vector), training=training)

    def compute_loss(
        self,
        x: Features | None = None,
        y: Tensor | None = None,
        y_pred: Tensor = None,
        sample_weight: SampleWeight | None = None,
        training: bool = True,
    ) -> Tensor:
        """Return the loss; in training that of the informed head comes on top."""
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        parts = self._parts(split_label(x)[0])
        if not training or HIDDEN not in parts:
            return loss
        vector = self._vector(parts, training)
        given = [vector, ops.cast(as_tensors(parts[HIDDEN]), vector.dtype)]
        told = self.network.get_layer(INFORMED)(given, training=training)
        return loss + super().compute_loss(x, y, told, sample_weight, training) - sum(self.losses)

    def with_training_only(self, x: Features, values: ArrayLike) -> dict[str, Any]:
        """Put training-only columns beside array features, as `fit` takes them.

        Args:
            x: Array of features.
            values: Numbers `(n, columns)` or `(n,)`, of about unit scale; NaN is a gap.

        Raises:
            ValueError: Another number of rows or columns, or a value is infinite or no number.
        """
        parts = self._parts(unlisted(x, 1))
        try:
            z = np.asarray(feature_arrays(values), np.float32)
        except (TypeError, ValueError) as error:
            raise ValueError(f"training_only must be numbers: {error}") from error
        z = z[:, None] if z.ndim == 1 else z
        wanted = (num_rows(parts), self._columns_wanted)
        if z.shape != wanted or np.isinf(z).any():
            raise ValueError(
                f"training_only must be finite numbers (NaN: a gap) of shape {wanted}, got "
                f"{z.shape}."
            )
        gaps = np.isnan(z)
        return {**parts, HIDDEN: np.hstack([np.where(gaps, 0, z), gaps]).astype(np.float32)}

    def fit(
        self,
        x: Source | None = None,
        y: Labels | None = None,
        *args: Any,
        training_only: ArrayLike | None = None,
        **kwargs: Any,
    ) -> Logs:
        """Train; arguments as for `LabelFedModel.fit`, and this:

        Args:
            x: Features, or what `with_training_only` returns, or a stream of `(x, y)` of such.
            y: Targets; unknown ones allowed.
            *args: As in Keras.
            training_only: What only training sees, as for `with_training_only`.
            **kwargs: As for `LabelFedModel.fit`; validation has no training-only columns.

        Raises:
            ValueError: Arrays of features come without training-only columns.
        """
        if training_only is not None:
            x = self.with_training_only(x, training_only)
        elif y is not None and not (isinstance(x, Mapping) and HIDDEN in x):
            raise ValueError(
                "fit needs the training-only columns: fit(x, y, training_only=z). Without any, "
                "take labelfeed.strategies.plain."
            )
        return super().fit(x, y, *args, **kwargs)

    @property
    def _columns_wanted(self) -> int:
        return int(self.network.get_layer(HIDDEN).output.shape[1]) // 2

    def _vector(self, parts: Mapping[str, Any], training: bool | None) -> Tensor:
        features = as_tensors(feature_arrays(parts[self._feature_names[0]]))
        return self.network.get_layer(TRUNK)(features, training=training)

    def _side_inputs(self) -> tuple[str, ...]:
        return (HIDDEN,)

    def _feature_list(self, features: Features) -> list[Tensor]:
        return [self._parts(features)[self._feature_names[0]]]

    def _parts(self, x: Features) -> dict[str, Any]:
        """Return features and training-only columns by the names of the inputs."""
        name = self._feature_names[0]
        if isinstance(x, (list, tuple)):
            x = dict(zip([name, HIDDEN], x, strict=False))
        if not isinstance(x, Mapping):
            return {name: x}
        if name not in x or set(x) - {name, HIDDEN}:
            raise ValueError(f"Expected {name!r} and {HIDDEN!r}, got {sorted(x)}.")
        return dict(x)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, serialised."""
        return {k: v for k, v in super().get_config().items() if k != "visibility"}
