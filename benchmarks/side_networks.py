"""The networks of `python -m benchmarks side`: one for each way of reading a side label."""

from __future__ import annotations

from typing import Any

from labelfeed.options import SideLabelOptions

__all__ = ["ROBUST", "WAYS", "needs_product", "network"]

WIDTH, DROPOUT = SideLabelOptions.width, SideLabelOptions.dropout

_DENSE = {
    "dense, shared + per class": "per-class+shared",
    "dense, per class": "per-class",
    "dense, low rank": "low-rank",
}
ROBUST = ", robust"  # meets unknown and wrong side labels in training
_DROPPED = ", label dropout"  # meets unknown ones
WAYS = (
    "concat",
    "LabelEmbedding",
    "FiLM",
    "ConditionalLayerNormalization",
    "AdaLNZero",
    "AdaLNZero, robust",
    *_DENSE,
    "dense, shared + per class, label dropout",
    "dense, shared + per class, robust",
    "Bayes offset",
    "Bayes offset, robust",
    "Bayes offset + dense",
)


def needs_product(way: str | None) -> bool:
    """Return whether a way adds the fitted log factor of a Bayes product to its logits."""
    return bool(way) and str(way).startswith("Bayes offset")


def network(way: str | None, features: int, classes: int, side: Any, product: Any = None) -> Any:
    """Return two dense layers, the side label read in one `way` (`None`: plain).

    Label dropout: 20 % of the side labels of a batch are taken for unknown; robust: and 20 % of the
    others for another one. A Bayes offset is robust by the error rate that its product is given.
    """
    import keras
    from keras import ops

    from labelfeed import LabelInput, layers

    x = keras.Input((features,), name="features")
    label = LabelInput(side)
    given, noise = way or "", {}
    if given.endswith((ROBUST, _DROPPED)):
        noise["label_dropout"] = 0.2
    if given.endswith(ROBUST):
        noise["label_corruption"] = 0.2
    name = given.removesuffix(ROBUST).removesuffix(_DROPPED)

    def drop(h: Any) -> Any:
        return keras.layers.Dropout(DROPOUT)(h)

    def dense(h: Any) -> Any:
        return drop(keras.layers.Dense(WIDTH, activation="relu")(h))

    if name == "concat":
        h = dense(dense(ops.concatenate([x, ops.one_hot(label, side.num_classes)], axis=1)))
    elif name == "LabelEmbedding":
        h = dense(dense(layers.LabelEmbedding(16, side)([x, label])))
    elif name in ("FiLM", "ConditionalLayerNormalization"):
        h = getattr(layers, name)(side)([keras.layers.Dense(WIDTH)(x), label])
        h = dense(drop(keras.layers.Activation("relu")(h)))
    elif name == "AdaLNZero":
        h = drop(layers.AdaLNZero(side, expansion=1, **noise)([dense(x), label]))
    elif name in _DENSE or name == "Bayes offset + dense":
        own = layers.LabelConditionalDense(
            WIDTH, side, "relu", kernel=_DENSE.get(name, "per-class+shared"), **noise
        )
        h = dense(drop(own([x, label])))
    else:
        h = dense(dense(x))
    logits = keras.layers.Dense(classes)(h)
    if needs_product(way):
        logits = layers.BayesProductLayer(product, from_logits=True)([logits, label])
    return keras.Model(x if way is None else [x, label], ops.softmax(logits))
