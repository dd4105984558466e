"""Names of what arguments take: one for a kind of thing, and the reason where it stays `Any`.

Nothing heavy is imported at run time: the names of other packages' classes are text, which type
checkers read. mypy skips Keras (its verdict must not depend on what is installed), so there
these classes count as `Any`; readers, editors and other checkers see what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import keras
    import numpy.typing

__all__ = [
    "JSON",
    "AnyModel",
    "ArrayLike",
    "ArrowArray",
    "ArrowSchema",
    "ArrowTable",
    "Batch",
    "Cell",
    "Cells",
    "ClassWeight",
    "Classifier",
    "DataPath",
    "Features",
    "Identifier",
    "KerasLayer",
    "KerasModel",
    "KerasOptimizer",
    "Labels",
    "Logs",
    "MissingLabel",
    "Plain",
    "SampleWeight",
    "SeedGenerator",
    "Shape",
    "Shapes",
    "SideValues",
    "Source",
    "State",
    "Tensor",
    "Variable",
]

# Inside of networks ------------------------------------------------------------------------------

Tensor: TypeAlias = Any
"""What `keras.ops` take and return: a tensor of the backend, symbolic or not, or a NumPy array.

`Any`: three backends have nothing in common that a type could say, and not all are installed.
"""

Variable: TypeAlias = "keras.Variable"
"""A weight of a layer, or a slot of an optimizer."""

Shape: TypeAlias = tuple[int | None, ...]
"""Shape of one tensor; `None` where it is not known before a batch comes."""

Shapes: TypeAlias = Any
"""Shape of what a layer takes: a `Shape`, or a list or dict of them where it takes several tensors.

`Any`: which of these it is depends on the layer, and each layer knows its own.
"""

SeedGenerator: TypeAlias = "keras.random.SeedGenerator"
"""State of the random draws inside a step."""

# Keras's own things ------------------------------------------------------------------------------

KerasModel: TypeAlias = "keras.Model"
"""A network, of the user's or ours."""

KerasLayer: TypeAlias = "keras.layers.Layer"
"""A layer."""

KerasOptimizer: TypeAlias = "keras.optimizers.Optimizer"
"""An optimizer, made already; where a name will do, `Identifier`."""

Identifier: TypeAlias = Any
"""What stands for a loss, metric, optimizer, activation, initializer or regularizer in Keras.

`Any`: the object, its name, its config or a function, and in `compile` lists and dicts of them;
Keras has no type for it, and `keras.losses.get` and its like say what does not fit.
"""

State: TypeAlias = Any
"""The variables' values that a step of the JAX trainer takes and returns.

`Any`: a tuple whose parts differ from one step to another (train, test), in Keras's own order.
"""

Logs: TypeAlias = Any
"""What a step, `fit`, `evaluate` or `predict` of Keras returns: logs, history, numbers, arrays.

`Any`: Keras decides by its arguments (`return_dict`) and by the backend (JAX adds the state).
"""

# What a caller hands over ------------------------------------------------------------------------

ArrayLike: TypeAlias = "numpy.typing.ArrayLike"
"""Anything that `numpy.asarray` turns into numbers."""

Features: TypeAlias = Any
"""Rows without their labels: an array, a table, a tensor, or a list or dict of them.

`Any`: what a network takes is what its author chose; rows and shapes are checked as they come.
"""

Source: TypeAlias = Any
"""What `fit` and `evaluate` take: `Features`, or a stream of batches, or a tuple of arrays.

`Any`: `tf.data.Dataset`, Torch `DataLoader`, `PyDataset` and generators have no common class.
"""

Batch: TypeAlias = Any
"""One batch: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`, as `keras.utils` unpacks it.

`Any`: its parts are tensors, or structures of them.
"""

Labels: TypeAlias = Any
"""Labels as people write them: what `LabelSpec.encode` takes, unknown ones among them.

`Any`: ids, names, one-hot rows, dicts, tables; `encode` checks each cell and names the one that
does not fit. What comes out is an int32 array.
"""

SideValues: TypeAlias = Any
"""Side labels by name, or in order: what `encode_sides` takes; `None` where all are unknown.

`Any`: dict, DataFrame or list, each value being `Labels` or one value for all rows.
"""

Cell: TypeAlias = Any
"""One raw value, as a file or a caller has it.

`Any`: text, number, date or gap; whoever reads it asks which. Where nothing is computed: `object`.
"""

Cells: TypeAlias = Iterable[Cell]
"""One raw value for each row: a column of a table, a list, an array."""

DataPath: TypeAlias = str | Path | Sequence[str | Path]
"""Where rows are: a file, a folder, a pattern such as `rows/*.parquet`, or several of them."""

ArrowTable: TypeAlias = Any
"""A table of pyarrow: columns with names.

`Any`: pyarrow comes without types that a checker could read.
"""

ArrowSchema: TypeAlias = Any
"""Names and types of the columns of an `ArrowTable`.

`Any`: pyarrow comes without types that a checker could read.
"""

ArrowArray: TypeAlias = Any
"""A column as an array of pyarrow: text, numbers, or true and false.

`Any`: pyarrow comes without types that a checker could read.
"""

SampleWeight: TypeAlias = Any
"""Weights of the rows, or of each label of each row; `None` for equal ones.

`Any`: an array for `fit`, a `Tensor` inside a step.
"""

ClassWeight: TypeAlias = Mapping[Any, Any]
"""Weight by class id or name; of yes/no labels also `{label: {0: weight, 1: weight}}`.

Keys and values are `Any`: `class_weight_table` says which key or weight does not fit.
"""

AnyModel: TypeAlias = Any
"""Whatever `as_predictor` takes: our models, a run, a Keras model, a function, an estimator.

`Any`: that is the point of `as_predictor`; behind it everything is a `Predictor`.
"""

Classifier: TypeAlias = Any
"""A classifier in scikit-learn's manner: `fit`, `predict_proba`, `classes_`, and `clone` takes it.

`Any`: scikit-learn has no type for it; `ClassifierMember` refuses what has no probabilities.
"""

MissingLabel: TypeAlias = float | int | str | None
"""What stands for an unknown class in a vector of classes."""

Plain: TypeAlias = Any
"""What stands for plain models: a name, a `Classifier`, a `Member`, probabilities, a list of these.

`Any`: a classifier is among them; `LabelFedClassifier` says which does not fit.
"""

JSON: TypeAlias = Any
"""What `json` writes and reads: dicts, lists, texts, numbers, true, false, null.

`Any`: a recursive type could not be indexed without a check at each step.
"""
