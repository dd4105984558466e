"""One row, or a row a kind of label, for every public layer: it gets every contract with it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from labelfeed import layers
from labelfeed.estimators.tree_arrays import TreeArrays
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.bayes_product import BayesProduct

# No width is a number of classes or of states, so that an axis that is mixed up does not fit.
KIND = LabelSpec.single(7, name="kind")
SIGNS = LabelSpec.multi(3, name="signs")
MIXED = LabelSpec.columns(
    [LabelSpec.single(["s", "m", "l"], name="size"), "fever", "rash"], name="mixed"
)
WIDTH = 4
ROWS_A_BATCH = 6  # everywhere: JAX compiles each operation for each shape
FLAT, IMAGE = (WIDTH,), (6, 3, WIDTH)


class Row(NamedTuple):
    """A layer to hold to the contract.

    Attributes:
        cls: The layer.
        inputs: What it reads, in order: the shape of one row of features, or a label's spec.
        arguments: Arguments that differ from every default.
        unknown: Where every label is unknown, the output is this input, to the bit; `None` where
            the layer makes something of its own of an unknown label.
        probabilities: Whether the features are rows that add up to 1.
        dtype: Dtype of the output under any policy; `None`: the compute dtype.
    """

    cls: Any
    inputs: tuple[Any, ...]
    arguments: dict[str, Any]
    unknown: int | None = None
    probabilities: bool = False
    dtype: str | None = None

    def make(self, **kwargs: Any) -> Any:
        """Return the layer, built, its counted tables filled."""
        layer = self.cls(**self.arguments, **kwargs)
        shapes = [array.shape for array in self.values(ROWS_A_BATCH)]
        layer.build(shapes if len(shapes) > 1 else shapes[0])
        if isinstance(layer, layers.LogitCalibration):
            layer.adapt(self.values(40)[0], self.values(40, seed=1)[0] > 0)
        elif isinstance(layer, layers.TreeEnsemble):
            layer.assign(TREES)
        elif isinstance(layer, layers.PriorShift):
            layer.assign(np.linspace(-1, 1, 7))
        elif isinstance(layer, layers.KnownLabelReader):
            layer.assign(tables=np.full((2, 5, 5), 0.7), strength=np.arange(5), by_sign=np.eye(5))
        elif isinstance(layer, layers.KnownLabelMixture):
            layer.assign(offsets=np.linspace(-3, 3, 20).reshape(4, 5) ** 3 / 9)
        elif isinstance(layer, layers.NeighbourLabels):
            layer.adapt(self.values(40)[0], label_of(layer.spec, 40, np.random.default_rng(2)))
        elif hasattr(layer, "adapt"):
            layer.adapt(self.values(40)[1])
        return layer

    def values(self, n: int, seed: int = 0, known: bool = True) -> list[np.ndarray]:
        """Return random inputs of n rows; the labels of the first row are unknown."""
        rng, found = np.random.default_rng(seed), []
        for slot in self.inputs:
            if isinstance(slot, tuple):
                array = rng.normal(size=(n, *slot)).astype(np.float32)
                if self.probabilities:
                    array = np.exp(array) / np.exp(array).sum(-1, keepdims=True)
            else:
                array = label_of(slot, n, rng)
                array[0 if known else slice(None)] = -1
            found.append(array)
        return found

    @property
    def specs(self) -> list[LabelSpec]:
        """The labels that it reads."""
        return [slot for slot in self.inputs if isinstance(slot, LabelSpec)]


def label_of(spec: LabelSpec, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return n encoded labels."""
    if spec.kind == "single":
        return rng.integers(0, spec.num_classes, n).astype(np.int32)
    return np.asarray(spec.encode(rng.integers(0, 2, (n, len(spec.label_columns)))), np.int32)


def product() -> BayesProduct:
    """Return a count table of the kind and the signs for a target of five classes."""
    rng = np.random.default_rng(0)
    sides = [label_of(KIND, 60, rng), label_of(SIGNS, 60, rng)]
    return BayesProduct(LabelSpec.single(5), [KIND, SIGNS]).fit(rng.integers(0, 5, 60), sides)


STUMP = ([1, -1, -1], [2, -1, -1], [0, 0, 0], [0.1, 0.0, 0.0], [[1.0, 2.0], [3.0, 4.0], [9.0, 9.0]])
TREES = TreeArrays.sum_of([TreeArrays.of_tree(*STUMP, num_features=WIDTH)] * 3, [0, 1, 0])
_SIZES = {
    "num_features": WIDTH,
    "num_nodes": 3,
    "num_leaves": 2,
    "num_trees": 3,
    "width": 2,
    "groups": 2,
    "depth": 2,
    "trees_at_once": 2,
}
_DROP = {"label_dropout": 0.5, "label_corruption": 0.25}
_MODULATION = {**_DROP, "modulation_regularizer": "l2"}
_ONE = {"spec": KIND, **_MODULATION}
_TWO = {"spec": [KIND, SIGNS], **_MODULATION}
_BOTH = (FLAT, KIND, SIGNS)
_SOME = {"activation": "tanh", "dropout": 0.25, "label_dropout": 0.5}
_DENSE = {
    **_SOME,
    "units": 2,
    "kernel_initializer": "he_normal",
    "class_kernel_initializer": "ones",
    "kernel_regularizer": "l2",
    "method": "gather",
    "label_corruption": 0.25,
}
_NEIGHBOURS = {
    "spec": KIND,
    "context_size": 41,
    "neighbours": 5,
    "width": 3,
    "candidates": 20,
    "squared": True,
}
_MEMBERS = {
    "units": 2,
    "groups": 3,
    "copies": 2,
    "activation": "tanh",
    "signs": True,
    "kernel_initializer": "he_normal",
    "bias_initializer": "ones",
}
_EMBEDDING = {
    **_SOME,
    "width": 2,
    "embeddings_initializer": "ones",
    "embeddings_regularizer": "l2",
    "label_corruption": 0.25,
}
_CONV = {
    **_DROP,
    "filters": 2,
    "kernel_size": (2, 3),
    "strides": 2,
    "padding": "valid",
    "activation": "tanh",
    "kernel_initializer": "he_normal",
    "kernel_regularizer": "l2",
    "method": "gather",
}
_BRANCH = {**_SOME, "units": (2, WIDTH), "kernel_regularizer": "l2", "label_corruption": 0.25}
_ATTENTION = {**_SOME, "width": 6, "heads": 3, "depth": 2, "feature_tokens": 2}
_PATH = {**_SOME, "units": (4, 10)}
_OFFSET = {"max_strength": 2.0, "initial_strength": 1.0, "smoothing": 0.5, "label_dropout": 0.5}

ROWS = {
    "AdaLNZero": Row(
        layers.AdaLNZero,
        _BOTH,
        {**_TWO, "expansion": 2, "activation": "tanh", "epsilon": 1e-4},
    ),
    "BayesProductLayer-logits": Row(
        layers.BayesProductLayer,
        ((5,), KIND, SIGNS),
        {"product": product(), "from_logits": True, "train_strength": True},
        unknown=0,
    ),
    "BayesProductLayer": Row(
        layers.BayesProductLayer, ((5,), KIND, SIGNS), {"product": product()}, probabilities=True
    ),
    "ColumnProbabilities": Row(
        layers.ColumnProbabilities, ((5,),), {"spec": MIXED}, dtype="float32"
    ),
    "ConditionalBatchNormalization": Row(
        layers.ConditionalBatchNormalization,
        (IMAGE, KIND, SIGNS),
        {**_TWO, "momentum": 0.9, "epsilon": 0.01},
    ),
    "ConditionalGroupNormalization": Row(
        layers.ConditionalGroupNormalization,
        (IMAGE, KIND),
        {**_ONE, "groups": 2, "epsilon": 0.01},
    ),
    "ConditionalLayerNormalization": Row(
        layers.ConditionalLayerNormalization, _BOTH, {**_TWO, "epsilon": 0.01}
    ),
    "FiLM": Row(layers.FiLM, _BOTH, _TWO),
    "FrozenScaling": Row(layers.FrozenScaling, (FLAT,), {}, dtype="float32"),
    "KnownLabelAttention": Row(
        layers.KnownLabelAttention, (FLAT, SIGNS), {"spec": SIGNS, **_ATTENTION}
    ),
    "KnownLabelAttention-columns": Row(
        layers.KnownLabelAttention, (FLAT, MIXED), {"spec": MIXED, **_ATTENTION}
    ),
    "KnownLabelMixture": Row(
        layers.KnownLabelMixture,
        ((5,), MIXED),
        {"spec": MIXED, "patterns": 4, "steps": 3, "label_dropout": 0.5},
        unknown=0,
        dtype="float32",
    ),
    "KnownLabelPath": Row(
        layers.KnownLabelPath,
        ((3,), SIGNS),
        {"spec": SIGNS, **_PATH, "offset": False},
        unknown=0,
    ),
    "KnownLabelPath-columns": Row(
        layers.KnownLabelPath, ((5,), MIXED), {"spec": MIXED, **_PATH}, unknown=0
    ),
    "KnownLabelReader": Row(
        layers.KnownLabelReader,
        ((5,), MIXED),
        {"spec": MIXED, "cap": 2.0, "label_dropout": 0.5},
        unknown=0,
        dtype="float32",
    ),
    "LabelBranch": Row(
        layers.LabelBranch, (FLAT, KIND), {"spec": KIND, **_BRANCH, "merge": "gate"}
    ),
    "LabelBranch-multi": Row(
        layers.LabelBranch, (FLAT, SIGNS), {"spec": SIGNS, **_BRANCH, "merge": "add"}
    ),
    "LabelConditionalConv2D": Row(
        layers.LabelConditionalConv2D, (IMAGE, KIND), {"spec": KIND, **_CONV}
    ),
    "LabelConditionalConv2D-multi": Row(
        layers.LabelConditionalConv2D,
        (IMAGE, SIGNS),
        {"spec": SIGNS, **_CONV, "kernel": "mixture", "bases": 2},
    ),
    "LabelConditionalDense": Row(
        layers.LabelConditionalDense,
        (FLAT, KIND),
        {"spec": KIND, **_DENSE, "kernel": "low-rank", "rank": 2, "use_bias": False},
    ),
    "LabelConditionalDense-per-class": Row(
        layers.LabelConditionalDense, (FLAT, KIND), {"spec": KIND, **_DENSE, "kernel": "per-class"}
    ),
    "LabelConditionalDense-multi": Row(
        layers.LabelConditionalDense,
        (FLAT, SIGNS),
        {"spec": SIGNS, **_DENSE, "method": "grouped"},
    ),
    "LabelEmbedding": Row(
        layers.LabelEmbedding, (FLAT, KIND), {"spec": KIND, **_EMBEDDING, "mode": "one_hot"}
    ),
    "LabelEmbedding-alone": Row(layers.LabelEmbedding, (SIGNS,), {"spec": SIGNS, **_EMBEDDING}),
    "LabelGate": Row(layers.LabelGate, _BOTH, _TWO),
    "LabelNoise": Row(
        layers.LabelNoise, (KIND,), {"spec": KIND, **_DROP}, unknown=0, dtype="int32"
    ),
    "LabelNoise-columns": Row(
        layers.LabelNoise, (MIXED,), {"spec": MIXED, "label_dropout": 0.5}, unknown=0, dtype="int32"
    ),
    "LabelSwitch": Row(layers.LabelSwitch, (FLAT, FLAT, KIND, SIGNS), {}, unknown=1),
    "LogitCalibration": Row(layers.LogitCalibration, ((2,),), {}),
    "MemberDense": Row(layers.MemberDense, (FLAT,), _MEMBERS),
    "MemberDense-members": Row(layers.MemberDense, ((6, WIDTH),), _MEMBERS),
    "NaiveBayesOffset": Row(
        layers.NaiveBayesOffset, ((3,), SIGNS), {"spec": SIGNS, **_OFFSET}, unknown=0
    ),
    "NaiveBayesOffset-columns": Row(
        layers.NaiveBayesOffset, ((5,), MIXED), {"spec": MIXED, **_OFFSET}, unknown=0
    ),
    "TreeEnsemble": Row(layers.TreeEnsemble, (FLAT,), _SIZES, dtype="float32"),
    "PriorShift": Row(
        layers.PriorShift, ((7,),), {"spec": KIND}, probabilities=True, dtype="float32"
    ),
    "NeighbourLabels": Row(
        layers.NeighbourLabels, (FLAT,), {**_NEIGHBOURS, "values": "differences"}, dtype="float32"
    ),
    "PiecewiseLinearEncoding": Row(
        layers.PiecewiseLinearEncoding, (FLAT,), {"edges": [[-1, 0, 2], [], [0, 1, 2, 9], [0, 1]]}
    ),
    "RandomView": Row(
        layers.RandomView,
        (IMAGE,),
        {"shift": 0.2, "rotation": 30.0, "zoom": 0.3, "flip": True, "share": 1.0, "seed": 3},
    ),
    "RobustScaling": Row(
        layers.RobustScaling,
        (FLAT,),
        {"center": [0, 1, 2, 0], "scale": [1, 0.5, 0, 9], "limit": 2.0},
    ),
    "StrongView": Row(layers.StrongView, (IMAGE,), {"rate": 0.5, "flip": True, "seed": 3}),
    "StrongView-flat": Row(layers.StrongView, (FLAT,), {"rate": 0.5, "flip": True, "seed": 3}),
}
