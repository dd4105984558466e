"""`SemiSupervisedModel`: learns from rows with a label, and to agree with itself on all others."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.random_view import RandomView
from labelfeed.layers.strong_view import StrongView
from labelfeed.models.agreement import Agreement
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import as_tensors, split_label, with_label
from labelfeed.predictors.rows import rows_at
from labelfeed.types import Features, KerasLayer, KerasModel, Labels, Logs, Source, Tensor
from labelfeed.visibility.policies import Hidden

__all__ = ["SemiSupervisedModel"]


@keras.saving.register_keras_serializable(package="labelfeed")
class SemiSupervisedModel(LabelFedModel):
    """A network that rows without a label train too: FixMatch, with FreeMatch's threshold.

    Each step sees every row twice: a weak view, on which known labels are scored as ever, and a
    strong one, of which the network shall say what it says of the weak one where it is sure
    (`Agreement`). The network reads no label. In everything but training it is a `LabelFedModel`
    under `Hidden()`.

    Of arrays `fit` repeats the labelled rows until they are `labelled_share` of all, so that every
    batch has some; a stream mixes its batches itself.

    Args:
        network: As of `LabelFedModel`.
        label: `LabelSpec` of the target.
        weight: Of the agreement in the loss, >= 0.
        labelled_share: Least share of labelled rows in an epoch, in [0, 1).
        weak: Layer that makes the weak view of a feature input; `None`: `RandomView` for pictures,
            numbers as they are.
        strong: Layer that makes the strong view; `None`: `StrongView`.
        name: Name of the model.

    Raises:
        ValueError: The network does not fit the spec, or a number is out of its range.

    References:
        Sohn et al. 2020, FixMatch; Wang et al. 2023, FreeMatch.

    Example:
        >>> import labelfeed
        >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
        >>> model = labelfeed.strategies.semi_supervised(spec, (4,), width=8)
        >>> x, y = np.random.rand(40, 4), np.repeat([0, 1, -1], [2, 2, 36])
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.predict(x, verbose=0).shape
        (40, 2)
    """

    _by_row = False

    def __init__(
        self,
        network: KerasModel,
        label: LabelSpec,
        weight: float = 1.0,
        labelled_share: float = 0.125,
        weak: KerasLayer | None = None,
        strong: KerasLayer | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Check the numbers, and make the views."""
        kwargs.pop("visibility", None)
        super().__init__(network, label, Hidden(), name=name, **kwargs)
        if not weight >= 0:
            raise ValueError(f"weight must be >= 0, got {weight}.")
        if not 0 <= labelled_share < 1:
            raise ValueError(f"labelled_share must be in [0, 1), got {labelled_share}.")
        self.weight, self.labelled_share = float(weight), float(labelled_share)
        pictures = all(len(i.shape) == 4 for i in network.inputs if i.name in self._feature_names)
        self.weak = RandomView() if weak is None and pictures else weak
        self.strong = StrongView() if strong is None else strong
        outputs = network.outputs[0].shape
        exclusive = self.label.kind == "single" and outputs[-1] > 1
        self.agreement = Agreement(exclusive)
        self.agreement.build(tuple(outputs), tuple(outputs))

    def call(self, x: Features, training: bool | None = None) -> Tensor:
        """Return the network's output; in a training step that of the weak view."""
        if not (training and self._in_step):
            return super().call(x, training)
        features, label = split_label(x)
        features = keras.tree.map_structure(as_tensors, features)
        said = super().call(with_label(self._seen(self.weak, features), label), True)
        if self.weight:
            other = super().call(with_label(self._seen(self.strong, features), label), True)
            self.add_loss(self.weight * self.agreement(said, other))
        return said

    def _seen(self, view: KerasLayer | None, features: Features) -> Features:
        if view is None:
            return features
        return keras.tree.map_structure(lambda part: view(part, training=True), features)

    def fit(
        self, x: Source | None = None, y: Labels | None = None, *args: Any, **kwargs: Any
    ) -> Logs:
        """Train as `LabelFedModel.fit` does, with its arguments; rows without a label count.

        Args:
            x: Features, or a stream.
            y: Targets, unknown where there are none.
            *args: As there.
            **kwargs: As there.
        """
        if y is not None:
            weight, allow_nan = kwargs.pop("sample_weight", None), kwargs.get("allow_nan", False)
            self._remember(self._columns, allow_nan)
            x, y, weight = self._arrays(x, y, weight)
            at = _repeated(_known(y), self.labelled_share)
            x, y = rows_at(x, at), y[at]
            kwargs["sample_weight"] = None if weight is None else weight[at]
        return super().fit(x, y, *args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, serialised."""
        config = super().get_config()
        config.pop("visibility")
        views = {"weak": self.weak, "strong": self.strong}
        return {
            **config,
            "weight": self.weight,
            "labelled_share": self.labelled_share,
            **{k: v and keras.saving.serialize_keras_object(v) for k, v in views.items()},
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> SemiSupervisedModel:
        """Return the model that `get_config` described."""
        return cls._with_objects(config, ("dtype", "network", "weak", "strong"), custom_objects)


def _known(y: np.ndarray) -> np.ndarray:
    """Return bool `(n,)`: whether any label of a row is known."""
    known = (y != UNKNOWN) & (y == y)
    return known if known.ndim == 1 else known.any(axis=1)


def _repeated(known: np.ndarray, share: float) -> np.ndarray:
    """Return rows: all of them, the known ones as often as makes them that share of all."""
    labelled, free = np.flatnonzero(known), np.flatnonzero(~known)
    wanted = share / (1 - share) * len(free)
    times = max(int(np.ceil(wanted / max(len(labelled), 1))), 1)
    return np.concatenate([free, np.tile(labelled, times)]) if times > 1 else np.arange(len(known))
