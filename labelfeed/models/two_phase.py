"""A model that learns without labels first, then what known labels change."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.base import LabelLayer
from labelfeed.layers.logit_calibration import LogitCalibration
from labelfeed.models.checks import sure_labels
from labelfeed.models.keras_private import (
    all_layers,
    build_optimizer,
    set_untracked,
)
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.phases import extend_history, restart
from labelfeed.models.plain_logits import (
    PLAIN_LOGITS,
    behind,
    draws_of,
    has_logits,
    one_draw,
    plain_draws,
    plain_part,
)
from labelfeed.models.wire import as_tensors, split_label, with_label
from labelfeed.types import (
    Features,
    KerasLayer,
    KerasModel,
    Labels,
    Logs,
    SampleWeight,
    Source,
    Tensor,
)
from labelfeed.visibility.by_column import sample_columns
from labelfeed.visibility.policies import Hidden, Visibility

__all__ = ["TwoPhaseModel"]

_WORTH = 3  # epochs of the second phase, from which on cached logits save time
_VALIDATION_DRAWS = 1500  # rows with a draw of known labels that one validation should see


@keras.saving.register_keras_serializable(package="labelfeed")
class TwoPhaseModel(LabelFedModel):
    """A `LabelFedModel` whose `fit` trains the plain part first, then the part that reads labels.

    First phase: every label is hidden, and all layers but the conditioning ones learn. Between the
    phases each `LogitCalibration` is fitted: on the validation rows, on the training rows where
    there are none, not at all on a stream alone. Second phase: the plain part is frozen, and the
    conditioning layers learn under the visibility. If these pass on what they get where nothing is
    known (as `KnownLabelPath` does), the model is then the (calibrated) plain network wherever no
    label is given, so that known labels cost nothing; each phase has a validation of its own.

    If they read nothing of the features but one vector, such as plain logits, it is computed before
    the second phase: as at inference, and with up to eight draws of the plain part's dropout, of
    which each step takes one for each row. The plain part then does not run again. Where data are a
    stream it runs at each step.

    Args:
        network: Functional `keras.Model([features, label], out)` with at least one conditioning
            layer (a `LabelLayer`) and others that do not read the label.
        label: `LabelSpec` of the label.
        visibility: What the second phase may read; `Masked("uniform")` is usual.
        name: Name of the model.

    Raises:
        ValueError: No layer of the network reads the label.

    Example:
        >>> import keras, labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion"])
        >>> model = labelfeed.strategies.partial_labels(spec, (4,), width=8)
        >>> x, y = np.ones((8, 4)), np.array([[1, -1], [0, 1]] * 4)
        >>> history = model.fit(x, y, epochs=2, verbose=0)
        >>> len(history.history["loss"])  # two epochs of each phase
        4
    """

    _resting: KerasModel | None = None

    def __init__(
        self,
        network: KerasModel,
        label: LabelSpec,
        visibility: Visibility | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Check that some layer reads the label."""
        super().__init__(network, label, visibility, name=name, **kwargs)
        if not self._readers():
            raise ValueError(
                "No conditioning layer reads the label in this network, so there is no second "
                "phase. Use LabelFedModel, or add a layer such as KnownLabelPath."
            )

    def adapt(self, labels: Labels) -> None:
        """Count the frozen tables of the conditioning layers that have some.

        `fit` does so by itself, on the first targets that it gets as arrays.

        Args:
            labels: Training labels: what `LabelSpec.encode` takes, -1 where unknown.
        """
        encoded = self.label.encode(labels)
        for layer in self._readers():
            if hasattr(layer, "adapt"):
                layer.adapt(encoded)

    def fit(  # type: ignore[override]  # after epochs everything is a keyword here
        self,
        x: Source | None = None,
        y: Labels | None = None,
        batch_size: int | None = None,
        epochs: int = 1,
        *,
        plain_epochs: int | None = None,
        validation_data: Source | None = None,
        validation_split: float = 0.0,
        **kwargs: Any,
    ) -> Logs:
        """Train in two phases; arguments as for `LabelFedModel.fit`, and these:

        Each phase starts its optimizer and callbacks anew; the epochs of the second count on.

        Args:
            x: Features, or a stream of `(x, y)`.
            y: Targets; unknown labels allowed.
            batch_size: Rows per step.
            epochs: Most epochs of each phase.
            plain_epochs: Most epochs of the first phase; `epochs` when `None`. 0 leaves the plain
                part as it is: for a plain network that has been trained already.
            validation_data: Arrays `(x, y)`. The second phase validates with known labels drawn
                once by the visibility; the drawn ones are not scored.
            validation_split: Share in [0, 1) of the last rows to validate on instead.
            **kwargs: As for `LabelFedModel.fit`.

        Returns:
            The `History` of both phases; of the first alone if its loss became NaN or infinite.

        Raises:
            ValueError: `validation_data` is a stream, in which known labels cannot be drawn once.
        """
        weight, allow_nan = kwargs.pop("sample_weight", None), kwargs.get("allow_nan", False)
        self._remember(self._columns, allow_nan)
        if y is not None:
            x, y, weight = self._arrays(x, y, weight)
        if validation_split and validation_data is None:
            x, y, weight, validation_data = _split_off(x, y, weight, validation_split)
        if validation_data is not None and not isinstance(validation_data, (list, tuple)):
            raise ValueError(
                "validation_data must be arrays (x, y) here: the second phase draws known labels "
                f"for them once, so that epochs compare. Got {type(validation_data).__name__}."
            )
        if validation_data is not None:
            validation_data = self._validation(validation_data)
        if y is not None and not self._adapted():
            self.adapt(sure_labels(y, self.label))
        kwargs |= {"sample_weight": weight, "batch_size": batch_size}
        flags = {layer: layer.trainable for layer in all_layers(self.network)}
        visibility = self.visibility
        plain_epochs = epochs if plain_epochs is None else plain_epochs
        history: dict[str, list[float]] = {}
        try:
            if plain_epochs:
                for layer in self._calibrations():
                    layer.reset()
                self._begin(flags, self._readers(), Hidden())
                if self.trainable_variables:
                    held = {"validation_data": validation_data}
                    first = super().fit(x, y, epochs=plain_epochs, **held, **kwargs)
                    extend_history(history, first.history)
                    if not np.isfinite(history["loss"][-1]):
                        return first  # nothing to build on
            held_x, held_y = (x, y) if validation_data is None else validation_data[:2]
            self._calibrate(held_x, held_y, batch_size)
            plain = [v for v in self.network.layers if not isinstance(v, LabelLayer)]
            self._begin(flags, plain, visibility)
            done = len(history.get("loss", ()))
            x, validation_data = self._cached(x, y, validation_data, epochs, batch_size)
            second = super().fit(
                x,
                y,
                initial_epoch=done,
                epochs=done + epochs,
                validation_data=self._known_in(validation_data),
                **kwargs,
            )
            extend_history(history, second.history)
        finally:
            set_untracked(self, "_resting", None)
            self._begin(flags, [], visibility)
            build_optimizer(self.optimizer, self.trainable_variables)  # saved with the model
        second.history = history
        second.epoch = list(range(len(history["loss"])))
        return second

    def call(self, x: Features, training: bool | None = None) -> Tensor:
        """Return the network's output, as `LabelFedModel.call` does; also of cached logits."""
        features, label = split_label(x)
        if not has_logits(features):
            return super().call(x, training)
        logits = one_draw(as_tensors(features[PLAIN_LOGITS]), training, self._label_seed)
        ids = self._label_ids(label, logits)
        return behind(self.network, self._resting, self.label, logits, ids)

    def _feature_list(self, features: Features) -> list[Tensor]:
        return [] if has_logits(features) else super()._feature_list(features)

    def _cached(
        self, x: Features, y: Labels, validation: Source, epochs: int, batch_size: int | None
    ) -> tuple[Features, Source]:
        """Return rows with what readers read of the features in their place, if that pays."""
        known = y is not None and epochs >= _WORTH
        plain = plain_part(self.network, self.label) if known else None
        if plain is None or not (draws := draws_of(len(y), plain.outputs[0].shape[-1], epochs)):
            return x, validation
        set_untracked(self, "_resting", plain)

        def cached(x: Features, draws: int) -> Features:
            given, known = split_label(x)
            values = self._feature_list(given)
            found = {PLAIN_LOGITS: plain_draws(plain, values, draws, batch_size)}
            return found if known is None else with_label(found, known)

        if validation is not None:
            validation = (cached(validation[0], 0), *validation[1:])
        return cached(x, draws), validation

    def _readers(self) -> list[KerasLayer]:
        return [v for v in all_layers(self.network) if isinstance(v, LabelLayer)]

    def _calibrations(self) -> list[LogitCalibration]:
        return [v for v in all_layers(self.network) if isinstance(v, LogitCalibration)]

    def _calibrate(self, x: Features, y: Labels, batch_size: int | None) -> None:
        if y is None:
            return
        features = [i for i in self.network.inputs if i.name != self.label.input_name]
        y = sure_labels(self._targets(y, "y"), self.label)
        for column in self.label.label_columns:
            if column.of_classes:  # logits under a softmax are no log-odds: left as they are
                y[:, list(column.places)] = UNKNOWN
        values = self._feature_list(split_label(x)[0])
        for layer in self._calibrations():
            plain = keras.Model(features, layer.input)
            logits = plain.predict(values, batch_size=batch_size, verbose=0)
            layer.adapt(logits, y)

    def _adapted(self) -> bool:
        """Whether every table has been counted (a table that has not is all zeros)."""
        tables = [
            v for r in self._readers() for v in r.non_trainable_variables if v.name == "tables"
        ]
        return all(np.any(keras.ops.convert_to_numpy(v.value)) for v in tables)

    def _begin(
        self, flags: dict[KerasLayer, bool], frozen: list[KerasLayer], visibility: Visibility
    ) -> None:
        """Freeze some layers, leave the others as the user had them, and start an optimizer."""
        self.visibility = visibility
        restart(self, flags, frozen)

    def _known_in(self, validation_data: Source) -> Source:
        if validation_data is None or split_label(validation_data[0])[1] is not None:
            return validation_data
        x, y, *rest = validation_data
        draws = min(5, math.ceil(_VALIDATION_DRAWS / len(y)))
        rows = np.tile(np.arange(len(y)), draws)
        ids = sure_labels(y, self.label)[rows]
        known = sample_columns(self.visibility, ids, self.label, seed=0)
        x, y, *rest = (_take(part, rows) for part in (x, y, *rest))
        return (with_label(x, known), y, *rest)


def _take(part: Features, rows: np.ndarray | slice) -> Features:
    return keras.tree.map_structure(lambda array: np.asarray(array)[rows], part)


def _split_off(
    x: Features, y: Labels, weight: SampleWeight | None, share: float
) -> tuple[Features, Labels, SampleWeight | None, tuple[Any, ...]]:
    if y is None:
        raise ValueError("validation_split needs arrays; pass validation_data=(x, y) for streams.")
    cut = int(len(y) * (1 - share))
    parts = (x, y) if weight is None else (x, y, weight)
    first, held = (tuple(_take(p, slice(*s)) for p in parts) for s in ((cut,), (cut, None)))
    return *first[:2], None if weight is None else first[2], held
