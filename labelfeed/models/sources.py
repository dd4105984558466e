"""Check and encode the labels of streamed data: tf.data, PyDataset, generators, DataLoader."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from labelfeed.labels.arrays import label_array
from labelfeed.labels.errors import CellError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.checks import hard_ids
from labelfeed.models.keras_private import state_kept, write_back
from labelfeed.models.weights import checked_weights
from labelfeed.models.wire import split_label, with_label
from labelfeed.types import Batch, KerasModel, Labels, Logs, SampleWeight, Source, Tensor

__all__ = ["checked_source", "encode_targets", "run_checked"]


def encode_targets(
    values: Labels, spec: LabelSpec, first_row: int = 0, *, batch: bool = False
) -> np.ndarray:
    """Return targets to train on: ids, or one-hot and soft rows as they are; errors name the row.

    Args:
        values: Anything that `LabelSpec.encode` takes, soft rows included.
        spec: The label's spec.
        first_row: Number of the first row, for messages.
        batch: Whether these are a few rows of many, from which nobody can tell what -1 is: it is
            the id of unknown.

    Returns:
        int32 `(n,)` or `(n, num_classes)`, -1 where unknown; float32 `(n, num_classes)` for
        one-hot and soft input, whose unknown rows are all 0 (single) or NaN (multi).
    """
    cells = spec.id_cells if batch else None
    if spec.class_columns:  # of these hard labels only: a soft class would have to be shown softly
        soft = _soft_labels(values, spec)
        if soft is not None:
            ids = spec.encode(np.where(soft, np.nan, values), first_row=first_row, cells=cells)
            return np.where(soft, values, np.where(ids >= 0, ids, np.nan)).astype(np.float32)
        return spec.encode(values, first_row=first_row, cells=cells)
    ids = spec.encode(values, soft="nearest", first_row=first_row, cells=cells)
    raw = values.detach().cpu().numpy() if hasattr(values, "detach") else values
    if isinstance(raw, dict) or getattr(raw, "columns", None) is not None:
        if spec.kind == "single":
            return ids
        names = [spec.name_of(i) for i in range(spec.num_classes)]
        raw = label_array(spec, names, raw, first_row)
        try:  # a table of soft labels is what its array is
            raw = raw.astype(np.float64)
        except (TypeError, ValueError):
            return spec.encode(values, first_row=first_row, cells=cells)
        if np.all((raw == ids) | np.isnan(raw)):
            return ids
    array = np.asarray(raw)
    numeric = array.dtype.kind in "iufb" and array.ndim == 2 and array.shape[1] == spec.num_classes
    if not numeric or (spec.kind == "multi" and array.dtype.kind != "f"):
        return ids
    rows = array.astype(np.float32)
    if spec.kind == "single":
        return np.where((ids >= 0)[:, None], rows, np.float32(0))
    return np.where(ids >= 0, rows, np.float32("nan"))


def _soft_labels(values: Labels, spec: LabelSpec) -> np.ndarray | None:
    """Return which yes/no labels of a float array are soft, `None` if it has none."""
    if not isinstance(values, np.ndarray) or values.dtype.kind != "f":
        return None
    if values.ndim != 2 or values.shape[1] != spec.num_classes:
        return None
    yes_no = [column.places[0] for column in spec.label_columns if not column.of_classes]
    soft = np.zeros(values.shape, bool)
    soft[:, yes_no] = (values[:, yes_no] > 0) & (values[:, yes_no] < 1)
    return soft if soft.any() else None


def checked_source(
    data: Source, spec: LabelSpec, errors: list[CellError], targets: bool = True
) -> Source:
    """Return `data` with the labels of each batch checked and encoded as they pass.

    Args:
        data: A `tf.data.Dataset`, `keras.utils.PyDataset`, generator or Torch `DataLoader` that
            yields `(x, y)` or `(x, y, sample_weight)`. Other objects are passed through.
        spec: The label's spec.
        errors: Receives the error of a bad batch; some pipelines disguise exceptions.
        targets: Whether y is used. To predict it is not, and passes unread.
    """
    check = _BatchCheck(spec, errors, targets)
    if isinstance(data, keras.utils.PyDataset):
        return _CheckedPyDataset(data, check)
    if hasattr(data, "element_spec") and hasattr(data, "map"):
        return _checked_tf_dataset(data, check)
    if inspect.isgenerator(data):
        return _checked_generator(data, check)
    if hasattr(data, "collate_fn") and hasattr(data, "batch_sampler"):
        loader = copy.copy(data)
        loader.collate_fn = _Collate(data.collate_fn, check)
        return loader
    return data


def run_checked(
    model: KerasModel,
    errors: list[CellError],
    method: Callable[..., Any],
    *args: Any,
    **kwargs: Any,
) -> Logs:
    """Call a Keras method; raise the label error that a data pipeline may have disguised.

    Args:
        model: The model whose method it is.
        errors: The list that `checked_source` fills.
        method: A bound method, for example `super().fit`.
        *args: Its arguments.
        **kwargs: Its arguments.
    """
    errors.clear()
    try:
        with state_kept(model):
            return method(*args, **kwargs)
    except BaseException as error:  # an interruption too: the weights come back
        write_back(model)
        if errors and not isinstance(error, CellError):
            raise errors[0] from error
        raise


class _BatchCheck:
    """Encode the y of a batch, and the label beside x if there is one; check its weights."""

    def __init__(self, spec: LabelSpec, errors: list[CellError], reads_y: bool) -> None:
        self.spec = spec
        self.errors = errors
        self.reads_y = reads_y

    def targets(self, y: Labels) -> np.ndarray:
        """Return targets to train on."""
        return self._named(lambda: encode_targets(y, self.spec, batch=True))

    def ids(self, label: Labels) -> np.ndarray:
        """Return the ids of a label that stands beside x."""
        return self._named(lambda: hard_ids(label, self.spec))

    def weights(self, weight: SampleWeight, y: np.ndarray) -> np.ndarray:
        """Return sample weights, 0 where the encoded y is unknown."""
        return self._named(lambda: checked_weights(weight, y, self.spec))

    def _named(self, encode: Callable[[], np.ndarray]) -> np.ndarray:
        try:
            return encode()
        except CellError as error:
            named = error.within("In a batch of the data (rows counted in the batch)")
            self.errors.append(named)
            raise named from error

    def __call__(self, batch: Batch) -> Batch:
        x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
        features, label = split_label(x)
        if label is not None:
            x = with_label(features, self.ids(label))
        if y is None or not self.reads_y:
            return batch if label is None else (x,)
        y = self.targets(y)
        return (x, y) if weight is None else (x, y, self.weights(weight, y))


class _CheckedPyDataset(keras.utils.PyDataset):
    def __init__(self, inner: keras.utils.PyDataset, check: Callable[[Batch], Batch]) -> None:
        super().__init__(
            workers=inner.workers,
            use_multiprocessing=inner.use_multiprocessing,
            max_queue_size=inner.max_queue_size,
        )
        self.inner = inner
        self.check = check

    @property
    def num_batches(self) -> int | None:
        return self.inner.num_batches

    def __getitem__(self, index: int) -> Batch:
        return self.check(self.inner[index])

    def on_epoch_begin(self) -> None:
        self.inner.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.inner.on_epoch_end()


class _Collate:
    """A picklable collate function for `DataLoader` workers."""

    def __init__(self, collate: Callable[[Batch], Batch], check: Callable[[Batch], Batch]) -> None:
        self.collate = collate
        self.check = check

    def __call__(self, samples: Sequence[Any]) -> Batch:
        import torch

        batch = self.check(self.collate(samples))
        return keras.tree.map_structure(
            lambda v: torch.as_tensor(v) if isinstance(v, np.ndarray) else v, batch
        )


def _checked_generator(data: Source, check: Callable[[Batch], Batch]) -> Iterator[Batch]:
    for batch in data:
        yield check(batch)


def _checked_tf_dataset(data: Source, check: _BatchCheck) -> Source:
    import tensorflow as tf

    spec = check.spec

    def call(function: Callable[[Any], np.ndarray], y: Tensor, shape: tuple[int, ...]) -> Tensor:
        # One axis more than the ids of a row have: one-hot or soft rows, which stay as they are.
        dtype = tf.float32 if function == check.targets and _stays_rows(y, spec) else tf.int32
        out = tf.numpy_function(lambda v: function(v).astype(dtype.as_numpy_dtype), [y], dtype)
        out.set_shape((y.shape[0], *shape))
        return out

    def map_batch(*batch: Batch) -> Batch:
        x, y, weight = keras.utils.unpack_x_y_sample_weight(batch if len(batch) > 1 else batch[0])
        features, label = split_label(x)
        if label is not None:
            _check_static(label, spec)
            x = with_label(features, call(check.ids, label, spec.shape))
        if y is None or not check.reads_y:
            return x
        _check_static(y, spec)
        y = call(check.targets, y, (spec.num_classes,) if _stays_rows(y, spec) else spec.shape)
        if weight is None:
            return x, y
        checked = tf.numpy_function(check.weights, [weight, y], tf.float32)
        checked.set_shape(weight.shape if len(weight.shape) == len(y.shape) else y.shape[:1])
        return x, y, checked

    return data.map(map_batch)


def _stays_rows(y: Tensor, spec: LabelSpec) -> bool:
    """Tell whether `encode_targets` returns the float32 rows of this symbolic tensor."""
    number = y.dtype.is_floating or (
        spec.kind == "single" and (y.dtype.is_integer or y.dtype.is_bool)
    )
    return number and len(y.shape) == 2 and y.shape[1] == spec.num_classes


def _check_static(y: Tensor, spec: LabelSpec) -> None:
    if getattr(getattr(y, "shape", None), "rank", None) is None:
        raise ValueError(
            f"A tf.data pipeline yields the label {spec.name!r} as {y!r}; expected one tensor of "
            "known rank. Stack columns with tf.stack, or give from_generator an output_signature."
        )
