"""`LabelFedModel`: an ordinary Keras network with a label input, under an access policy."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.answers import mean_over_answers
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._concrete import is_concrete
from labelfeed.models.checks import check_network
from labelfeed.models.features import unlisted
from labelfeed.models.keras_private import call_inside
from labelfeed.models.steps import LabelStepModel
from labelfeed.models.wire import (
    as_tensors,
    known_ids,
    split_label,
    to_ids,
    unknown_like,
    with_label,
)
from labelfeed.predictors.known import encode_known
from labelfeed.predictors.responses import class_probabilities
from labelfeed.predictors.rows import rows_at
from labelfeed.types import Features, KerasModel, Labels, Logs, Source, Tensor
from labelfeed.visibility.policies import Masked, Shown, Visibility

__all__ = ["LabelFedModel"]


@keras.saving.register_keras_serializable(package="labelfeed")
class LabelFedModel(LabelStepModel):
    """Train a network that reads labels, without leaking them and without needing them later.

    The network is an ordinary functional Keras model with one input more, the label. In `fit`,
    one draw of `visibility` per step decides which labels the network reads; those count in no
    loss and no metric. `evaluate`, `predict` and a direct call read no label unless the caller
    passes one. Rows (or single labels of a multi label) that are unknown are neither fed nor
    scored, so partly labelled data need no special care.

    The loss of a batch is `sum(w_i l_i) / n` over its `n` scored labels, where `w_i` are the
    sample and class weights: what Keras computes on those labels alone. For multi labels `i`
    runs over row and label: Keras's binary losses and metrics count each label by itself, metrics
    of columns (`F1Score(threshold=0.5)`, `class_id=1`) the scored part of each column, metrics of
    rows (`"categorical_accuracy"`) the rows that are scored whole; losses of rows are refused. A
    loss or metric function of your own gets `(batch, num_labels)` and returns that shape.

    Args:
        network: Functional `keras.Model` whose inputs are the features and one label input made
            with `LabelInput(label)` (found by its name), with one output: `(batch, num_classes)`,
            or `(batch, 1)` for a single label of two classes.
        label: `LabelSpec` of the label, which is the target `y` as well as the input.
        visibility: `Hidden()`, `Masked(rate)`, or a policy of your own.
        name: Name of the model.

    Raises:
        ValueError: The network does not fit the spec; the message says how to mend it.

    Example:
        >>> import keras, labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion"], name="findings")
        >>> x, y = keras.Input((4,)), labelfeed.LabelInput(spec)
        >>> h = labelfeed.layers.LabelConditionalDense(8, spec, activation="relu")([x, y])
        >>> network = keras.Model([x, y], keras.layers.Dense(2, activation="sigmoid")(h))
        >>> model = labelfeed.LabelFedModel(network, spec, labelfeed.Masked("uniform"))
        >>> model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        >>> history = model.fit(np.ones((8, 4)), np.array([[1, -1]] * 8), verbose=0)
        >>> model.predict(np.ones((8, 4)), known={"effusion": 1}, verbose=0).shape
        (8, 2)
    """

    def __init__(
        self,
        network: KerasModel,
        label: LabelSpec,
        visibility: Visibility | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Check that network and spec fit together."""
        label = LabelSpec.from_config(label)
        visibility = Masked(0.5) if visibility is None else visibility
        if not isinstance(visibility, Visibility):
            raise TypeError(f"visibility must be Hidden, Shown or Masked, got {visibility!r}.")
        check_network(network, label)
        super().__init__(label, network, name=name, **kwargs)
        self.network = network
        self.visibility = visibility
        self._label_seed = keras.random.SeedGenerator(visibility.seed, name="visibility")
        self._feature_names = [i.name for i in network.inputs if i.name != label.input_name]

    def call(self, x: Features, training: bool | None = None) -> Tensor:
        """Return the network's output; every label is unknown unless `x` is `with_label(...)`.

        A label there that does not fit raises; inside a traced graph it is unknown.
        """
        features, label = split_label(x)
        values = map(as_tensors, self._feature_list(features))
        inputs = dict(zip(self._feature_names, values, strict=True))
        inputs[self.label.input_name] = self._label_ids(label, next(iter(inputs.values())))
        return call_inside(self.network, inputs, training)

    def _label_ids(self, label: Tensor | None, features: Tensor) -> Tensor:
        """Return the ids of the label beside features, all unknown for `None`."""
        if label is None:
            return unknown_like(features, self.label)
        if self._in_step:  # the very ids that decide what is scored
            return to_ids(label, self.label)
        return self._ids_of(label, self.label, features)

    def _ids_of(self, label: Tensor, spec: LabelSpec, features: Features) -> Tensor:
        """Return the ids of a label beside the features that nobody has checked.

        In a direct call one that does not fit raises; where values cannot be seen it is unknown.
        """
        if not self._in_step and is_concrete(label):
            return ops.convert_to_tensor(encode_known(label, features, spec))
        return known_ids(to_ids(label, spec), spec)

    def _feature_list(self, features: Features) -> list[Tensor]:
        """Return features in the order of the network's inputs, or say what does not fit."""
        names = self._feature_names
        if isinstance(features, dict):
            if set(features) != set(names):
                raise ValueError(f"Expected features named {names}, got {sorted(features)}.")
            return [features[n] for n in names]
        values = list(features) if isinstance(features, (list, tuple)) else [features]
        if len(values) != len(names):
            raise ValueError(
                f"The network takes {len(names)} feature inputs {names}, got {len(values)}. "
                "Do not pass the label among the features: fit takes it as y, predict as known=."
            )
        return values

    @property
    def fed_inputs(self) -> tuple[str, ...]:
        """Names of the network's inputs that are no features."""
        return (self.label.input_name, *self._side_inputs())

    def _feature_structure(self) -> Features:
        found = {i.name: i for i in self.network.inputs}
        features = [found[name] for name in self._feature_names]
        return features if len(features) > 1 else features[0]

    def fit(
        self, x: Source | None = None, y: Labels | None = None, *args: Any, **kwargs: Any
    ) -> Logs:
        """Train as `keras.Model.fit` does, with its arguments and these:

        Args:
            x: Features as the network takes them, or a `tf.data.Dataset`, `PyDataset`, generator
                or Torch `DataLoader` of `(x, y)` or `(x, y, sample_weight)`. Where x is
                `with_label(x, known)`, `known` is fed instead of a draw of the visibility.
            y: Targets: anything `LabelSpec.encode` takes, soft rows too; unknown labels allowed.
            *args: `batch_size`, `epochs`, ... in Keras's order.
            **kwargs: As in Keras; and `class_weight={class id or name: weight}`, for multi
                `{label: weight}` or `{label: {0: weight, 1: weight}}`, for every kind of data;
                `validation_data`: labels are hidden in validation, all known ones scored;
                `allow_nan=True` if array features may hold NaN or inf; `sample_weight` is
                `(n,)`, for multi also `(n, num_labels)` or a table by label.

        Raises:
            LabelError: A label does not fit; raised before training starts for arrays, at its
                batch for streams.
            ValueError: A feature is NaN or inf; or the visibility shows every label, so that
                nothing would be scored.
        """
        if isinstance(self.visibility, Shown) and self.loss is not None:
            raise ValueError(
                "visibility=Shown() shows every known label, and what is shown is not scored: "
                "nothing would be trained. Use Masked(0.5), or Hidden() to train without labels."
            )
        return super().fit(x, y, *args, **kwargs)

    def evaluate(
        self,
        x: Source | None = None,
        y: Labels | None = None,
        *args: Any,
        known: Labels | None = None,
        **kwargs: Any,
    ) -> Logs:
        """Evaluate as `keras.Model.evaluate` does; labels are hidden unless `known` is given.

        Args:
            x: Features, or a stream of `(x, y)`.
            y: Targets; unknown labels are not scored.
            *args: As in Keras.
            known: Labels that the network may read, as for `predict`; they are not scored.
            **kwargs: As in Keras.
        """
        return super().evaluate(self._beside(x, known), y, *args, **kwargs)

    def predict(self, x: Source, *args: Any, known: Labels | None = None, **kwargs: Any) -> Logs:
        """Predict as `keras.Model.predict` does; no label is read unless `known` is given.

        Args:
            x: Features, or a stream of them.
            *args: As in Keras.
            known: Labels that the network may read: anything `LabelSpec.encode` takes with one
                row per row of x, one value for all rows (single), or for multi labels a dict such
                as `{"malignant": 1}` for all rows. The output at a label that was given is no
                prediction of it. Multi labels may be soft, `{"malignant": 0.7}`: the network runs
                under each answer, see `labels.answers.mean_over_answers`.
            **kwargs: As in Keras.

        Returns:
            The network's output, `(n, num_classes)`.
        """
        beside = self._beside(x, known, soft=True)
        features, told = split_label(beside)
        if known is None or told.dtype.kind != "f":
            return super().predict(beside, *args, **kwargs)

        def under(rows: np.ndarray, ids: np.ndarray) -> np.ndarray:
            given = with_label(rows_at(features, rows), ids)
            output = super(LabelFedModel, self).predict(given, *args, **kwargs)
            return class_probabilities(output, self.label, len(rows))

        return mean_over_answers(under, told, self.label).astype("float32")

    def predict_on_batch(self, x: Features, known: Labels | None = None) -> Logs:
        """Predict one batch; `known` as for `predict`."""
        return super().predict_on_batch(self._beside(x, known))

    def _beside(self, x: Features, known: Labels, soft: bool = False) -> Source:
        if split_label(x)[1] is None:
            x = unlisted(x, len(self._feature_names))
        if isinstance(x, (dict, list, tuple)):
            self._feature_list(split_label(x)[0])  # Keras hides it when it comes twice
        if known is None:
            return x
        return with_label(x, encode_known(known, x, self.label, soft=soft))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, serialised."""
        return {
            "name": self.name,
            "dtype": keras.saving.serialize_keras_object(self.dtype_policy),
            "network": keras.saving.serialize_keras_object(self.network),
            "label": self.label.get_config(),
            "visibility": keras.saving.serialize_keras_object(self.visibility),
            **self._remembered(),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> LabelFedModel:
        """Return the model that `get_config` described."""
        return cls._with_objects(config, ("dtype", "network", "visibility"), custom_objects)
