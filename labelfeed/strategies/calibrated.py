"""The last layer of a trained network, scaled and shifted so that its probabilities are right."""

from __future__ import annotations

import keras
import numpy as np

from labelfeed.estimators.inputs import encoded_labels
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.models.embedding import last_dense
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.strategies.column_calibration import fit_columns
from labelfeed.types import Features
from labelfeed.visibility.by_column import sample_columns

__all__ = ["calibrate"]


def calibrate(model: LabelFedModel, x: Features, labels: np.ndarray, batch_size: int = 256) -> None:
    """Fit scale and shift of each logit on rows that were held out, and fold them into the network.

    A network that was trained until its loss on held-out rows was least is still too sure of
    itself, or too timid. The classes keep their order, but for shifts of their shares; the
    network keeps its layers. Where labels are fed, they are, as in training, in half of the rows.

    Args:
        model: Trained; its network ends in a dense layer of `spec.num_classes` units, with softmax,
            sigmoid or `ColumnProbabilities`.
        x: Features of rows that it was not trained on, as it reads them.
        labels: int `(n,)` or `(n, num_labels)`, -1 unknown.
        batch_size: Rows per step.

    Raises:
        ValueError: There is no such layer.

    References:
        Guo, Pleiss, Sun and Weinberger 2017, On calibration of modern neural networks.

    Example:
        >>> import labelfeed
        >>> spec = labelfeed.LabelSpec.single(2)
        >>> model = labelfeed.strategies.plain(spec, (3,), width=4)
        >>> x, y = np.random.rand(60, 3), np.arange(60) % 2  # nothing to learn
        >>> calibrate(model, x, y)
        >>> bool(np.abs(model.predict(x, verbose=0) - 0.5).max() < 0.2)
        True
    """
    spec = model.label
    network, last = last_dense(model.network, spec.num_classes)
    features = keras.Model(network.inputs, last.input)
    unknown = np.full(labels.shape, UNKNOWN, np.int32)
    fed = [unknown]
    if len(network.inputs) > 1:
        known = sample_columns(model.visibility, labels, spec, seed=0)
        fed += [known] if (known != UNKNOWN).any() else []
    hidden = []
    scored = []
    for ids in fed:
        inputs = [ids if i.name == spec.input_name else x for i in network.inputs]
        inside = features.predict(
            inputs if len(inputs) > 1 else inputs[0], batch_size=batch_size, verbose=0
        )
        hidden.append(np.asarray(inside, np.float64))
        scored.append(encoded_labels(np.where(ids == UNKNOWN, labels, UNKNOWN), spec))
    kernel, bias = (np.asarray(w, np.float64) for w in last.get_weights())
    logits = np.concatenate(hidden) @ kernel + bias
    scale, shift = fit_columns(logits, np.concatenate(scored), spec)
    last.set_weights([kernel * scale, bias * scale + shift])
