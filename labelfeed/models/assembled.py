"""A fitted `LabelFedClassifier` as one Keras model: saved, exported, asked as every other one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import keras
import numpy as np
from sklearn.utils.validation import check_is_fitted

from labelfeed.estimators.blend import Blend
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import column_of_place
from labelfeed.estimators.known_labels import KnownLabels
from labelfeed.estimators.label_mixture import LabelMixture
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._unread import with_unread
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.layers.known_label_mixture import KnownLabelMixture
from labelfeed.layers.known_label_reader import KnownLabelReader
from labelfeed.layers.logit_calibration import LogitCalibration
from labelfeed.models.assembled_members import member_logits
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.types import Identifier, Tensor
from labelfeed.visibility.policies import Hidden, Masked

__all__ = ["assembled", "plain_logits", "weighted"]


def assembled(classifier: LabelFedClassifier, metrics: Identifier | None = None) -> LabelFedModel:
    """Return the fitted classifier as one network `[features, label] -> probabilities`.

    Every number of it is a weight of a frozen layer: nothing is pickled, and nothing of
    scikit-learn is needed to predict.

    Args:
        classifier: Fitted.
        metrics: Keras metrics to compile with.

    Returns:
        A compiled `LabelFedModel` without trainable weights, whose `predict(x, known=)` is
        `classifier.predict_proba` within 1e-5. Under `Hidden()` where nothing is read of a label.

    Raises:
        EstimatorError: A plain model cannot become a network; the message names what can.
        NotFittedError: It was not fitted.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> X = rng.normal(size=(90, 3)).astype("float32")
        >>> Y = np.stack([X[:, 0] > 0, X[:, 0] + rng.normal(size=90) > 0], axis=1).astype(int)
        >>> classifier = LabelFedClassifier(plain="logistic").fit(X, Y)
        >>> model = assembled(classifier)
        >>> known = np.array([[-1, 1]] * 90)
        >>> p = model.predict(X, known=known, verbose=0)
        >>> bool(np.allclose(p, classifier.predict_proba(X, known), atol=1e-5))
        True
    """
    check_is_fitted(classifier, "blend_")
    spec = classifier.spec_
    given = isinstance(classifier.plain, np.ndarray)  # new rows bring probabilities
    width = spec.num_classes if given else classifier.n_features_in_
    features = keras.Input((width,), name=_free_name(spec), dtype="float32")
    label = LabelInput(spec)
    logits = plain_logits(classifier, features)
    readers = classifier.readers_
    read = (
        with_unread(logits, label) if readers is None else _reader(readers, spec)([logits, label])
    )
    network = keras.Model([features, label], ColumnProbabilities(spec)(read))
    network.trainable = False
    model = LabelFedModel(network, spec, Hidden() if readers is None else Masked("uniform"))
    single = spec.kind == "single"
    loss = "sparse_categorical_crossentropy" if single else "binary_crossentropy"
    model.compile("sgd", loss, metrics=metrics)
    return model


def plain_logits(classifier: LabelFedClassifier, features: Tensor) -> Tensor:
    """Return the logits of a fitted classifier with no label known; none of weight 0 is built.

    Args:
        classifier: Fitted.
        features: Symbolic `(batch, d)`.
    """
    used = (classifier.blend_.weights != 0).sum(axis=1) > 0
    used[0] |= not used.any()
    parts: list[Tensor] = []
    for use, member in zip(used, classifier.members_, strict=True):
        if use:
            parts.append(member_logits(member, features, classifier.spec_))
    blend = classifier.blend_
    return weighted(parts, dataclasses.replace(blend, weights=blend.weights[used]))


def weighted(parts: Sequence[Tensor], blend: Blend) -> Tensor:
    """Return the weighted sum of symbolic logits, one for each weight of a blend."""
    of_place = column_of_place(blend.spec)
    summands: list[Tensor] = []
    for at, (part, weights) in enumerate(zip(parts, blend.weights, strict=True)):
        if at and not weights.any():
            continue
        layer = LogitCalibration(dtype="float32", trainable=False)
        layer.build((None, part.shape[-1]))
        layer.scale.assign(weights[of_place])
        layer.shift.assign(blend.bias if not at else 0 * blend.bias)
        summands.append(layer(part))
    return keras.layers.Add(dtype="float32")(summands) if len(summands) > 1 else summands[0]


def _reader(readers: KnownLabels, spec: LabelSpec) -> KnownLabelReader | KnownLabelMixture:
    if isinstance(readers, LabelMixture):
        mixture = KnownLabelMixture(spec, len(readers.offsets), readers.steps)
        mixture.assign(offsets=readers.offsets, gate=readers.gate)
        return mixture
    evidence, pairs, by_evidence = readers.evidence, readers.pairs, readers.by_evidence
    layer = KnownLabelReader(spec, cap=evidence.cap)
    layer.assign(
        tables=evidence.tables,
        redundancy=evidence.redundancy,
        scale=evidence.scale * by_evidence,
        shift=evidence.shift * by_evidence,
        strength=evidence.strength * by_evidence,
        by_surprise=pairs.by_surprise * readers.by_pairs,
        by_sign=pairs.by_sign * readers.by_pairs,
    )
    return layer


def _free_name(spec: LabelSpec) -> str:
    return "features" if spec.input_name != "features" else "row"
