"""Plain models and what reads side labels beside them, as one Keras model."""

from __future__ import annotations

import keras
from keras import ops

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.sides import SideBlend
from labelfeed.labels.input import LabelInput
from labelfeed.layers.bayes_product_layer import BayesProductLayer
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.layers.label_switch import LabelSwitch
from labelfeed.models.assembled import plain_logits, weighted
from labelfeed.models.assembled_members import member_logits
from labelfeed.models.side_label import OUTPUT, PLAIN, SideLabelModel
from labelfeed.types import Tensor

__all__ = ["assembled_sides"]


def assembled_sides(classifier: LabelFedClassifier, sides: SideBlend) -> SideLabelModel:
    """Return a fitted classifier and what reads side labels beside it as one network.

    Args:
        classifier: Fitted; without labels it is what predicts where no side label is known.
        sides: Fitted on its out-of-fold logits.

    Returns:
        A compiled `SideLabelModel` without trainable weights: `sides.logits` as probabilities,
        within 1e-5.

    Raises:
        EstimatorError: A plain model cannot become a network; the message names what can.
    """
    spec, specs = classifier.spec_, sides.specs
    name, taken = "features", {one.input_name for one in (spec, *specs)}
    while name in taken:
        name += "_"
    inside = keras.Input((classifier.n_features_in_,), dtype="float32")
    plain = keras.Model(inside, plain_logits(classifier, inside), name=PLAIN)
    features = keras.Input((classifier.n_features_in_,), name=name, dtype="float32")
    labels = [LabelInput(one) for one in specs]
    first = plain(features)
    hot = [ops.one_hot(label, one.num_classes) for label, one in zip(labels, specs, strict=True)]
    narrow = ops.concatenate([features, *(ops.cast(h, "float32") for h in hot)], axis=-1)
    parts = [first]
    if sides.product is not None:
        counts = BayesProductLayer(sides.product, from_logits=True, dtype="float32")
        parts.append(counts([ops.zeros_like(first), *labels]))
    used = (sides.blend.weights != 0).sum(axis=1) > 0
    crossed: Tensor | None = None
    for at, (fitted, crosses) in enumerate(sides.members, len(parts)):
        if not used[at]:
            parts.append(first)  # of weight 0
            continue
        if crosses and crossed is None:
            width = narrow.shape[1] - features.shape[1]
            both = features[:, :, None] * narrow[:, None, -width:]
            flat = ops.reshape(both, (-1, features.shape[1] * width))
            crossed = ops.concatenate([narrow, flat], axis=-1)
        parts.append(member_logits(fitted, crossed if crosses else narrow, spec))
    out = LabelSwitch(dtype="float32")([weighted(parts, sides.blend), first, *labels])
    network = keras.Model([features, *labels], ColumnProbabilities(spec, name=OUTPUT)(out))
    network.trainable = False
    model = SideLabelModel(network, spec, specs, sides.product)
    single = spec.kind == "single"
    model.compile("sgd", "sparse_categorical_crossentropy" if single else "binary_crossentropy")
    return model
