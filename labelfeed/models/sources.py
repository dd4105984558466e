"""Check and encode the labels of streamed data: tf.data, PyDataset, generators, DataLoader."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from labelfeed.labels.arrays import label_array
from labelfeed.labels.errors import CellError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models._batch_check import BatchCheck
from labelfeed.models._tf_stream import checked_tf_dataset
from labelfeed.models.keras_private import state_kept, write_back
from labelfeed.models.streamed_rows import FollowEpochs, StreamedRows
from labelfeed.types import (
    Batch,
    KerasModel,
    Labels,
    Logs,
    Source,
)

__all__ = ["checked_source", "encode_targets", "in_own_order", "run_checked"]


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
    try:
        array = np.asarray(raw)
    except ValueError:  # lists of names, of different lengths
        return ids
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
    data: Source,
    spec: LabelSpec,
    errors: list[CellError],
    targets: bool = True,
    *,
    allow_nan: bool = True,
    sides: Sequence[str] = (),
    what: str = "",
) -> Source:
    """Return `data` with the labels of each batch checked and encoded as they pass.

    Features that are not finite are refused before their batch reaches a step.

    Args:
        data: A `tf.data.Dataset`, `keras.utils.PyDataset`, generator or Torch `DataLoader` that
            yields `(x, y)` or `(x, y, sample_weight)`. Other objects are passed through.
        spec: The label's spec.
        errors: Receives the error of a bad batch; some pipelines disguise exceptions.
        targets: Whether y is used. To predict it is not, and passes unread.
        allow_nan: Whether features pass unread.
        sides: Names of the inputs for side labels, which are no features.
        what: Whose data it is, for messages.
    """
    if isinstance(data, StreamedRows):  # which checks rows itself, block by block
        return _Streamed(data, errors)
    check = BatchCheck(encode_targets, spec, errors, targets, allow_nan, sides, what)
    if isinstance(data, keras.utils.PyDataset):
        return _CheckedPyDataset(data, check)
    if hasattr(data, "element_spec") and hasattr(data, "map"):
        return checked_tf_dataset(data, check)
    if inspect.isgenerator(data):
        return _checked_generator(data, check)
    if hasattr(data, "collate_fn") and hasattr(data, "batch_sampler"):
        loader = copy.copy(data)
        loader.collate_fn = _Collate(data.collate_fn, check)
        return loader
    return data


def in_own_order(data: Source, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of `fit` by which `StreamedRows` come in their own order.

    Args:
        data: What `checked_source` returned; of other data nothing is changed.
        given: Arguments of `fit`: a first epoch that is given is the next one of the rows.
    """
    if not isinstance(data, _Streamed):
        return {}
    callbacks = given.get("callbacks") or []
    callbacks = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    follow = FollowEpochs(data.inner, given.get("initial_epoch") or 0)
    return {"shuffle": False, "callbacks": [follow, *callbacks]}


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


class _CheckedPyDataset(keras.utils.PyDataset):
    def __init__(self, inner: keras.utils.PyDataset, check: Callable[[Any, int], Batch]) -> None:
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
        return self.check(self.inner[index], index)

    def on_epoch_begin(self) -> None:
        self.inner.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.inner.on_epoch_end()


class _Streamed(_CheckedPyDataset):
    """Rows that check themselves as they are read: their errors are noted."""

    def __init__(self, inner: StreamedRows, errors: list[CellError]) -> None:
        super().__init__(inner, lambda batch, index: batch)
        self.inner: StreamedRows = inner
        self.errors = errors

    def __getitem__(self, index: int) -> Batch:
        try:
            return super().__getitem__(index)
        except CellError as error:
            self.errors.append(error)
            raise


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


def _checked_generator(data: Source, check: BatchCheck) -> Iterator[Batch]:
    for number, batch in enumerate(data):
        yield check(batch, number)
