"""Training a run on rows that do not fit into the memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.row_groups import Rows, row_bytes
from labelfeed.data.spool import Spool, check_space
from labelfeed.data.streamed_pictures import StreamedPictures
from labelfeed.data.streamed_table import StreamedTable
from labelfeed.models.streamed_rows import StreamedRows
from labelfeed.options import OptionError, StrategyOptions
from labelfeed.options.underneath import underneath
from labelfeed.runs.fitting import Fitted, beside, fit_streamed
from labelfeed.runs.watching import Watch
from labelfeed.types import Features, KerasModel
from labelfeed.writing import scratch_folder

__all__ = ["ON_DISK", "SCRATCH", "STREAMED", "fit_all_rows", "streamed_options"]

ON_DISK = (
    "rows stay on disk: one network is trained on all training rows; medians, categories and the "
    "held-out rows that score it are of the sample"
)

SCRATCH = "rows"
"""What a folder of prepared rows is called, for `labelfeed.writing.leftovers`."""

STREAMED = ("plain", "masked", "partial-labels", "side-label")
"""The strategies whose network trains on rows that stay on disk."""


def streamed_options(options: StrategyOptions, blanked: bool = False) -> StrategyOptions:
    """Return options that train one network: the cross-fitted blend needs all rows in the memory.

    Args:
        options: Of the strategy.
        blanked: Whether the label-share control is trained.

    Raises:
        OptionError: The strategy, or a plain model that is asked for, needs all rows.
    """
    if blanked:
        raise OptionError("The label-share control needs all rows in the memory.")
    if options.backbone is not None:
        raise OptionError("--backbone needs all pictures in the memory: not with --stream.")
    if options.strategy not in STREAMED:
        raise OptionError(
            f"The strategy {options.strategy!r} needs all rows in the memory; rows that stay on "
            f"disk train {', '.join(STREAMED[:-1])} and {STREAMED[-1]}."
        )
    given: str | None = dataclasses.asdict(options).get("plain")
    if given not in (None, "auto", "network"):
        raise OptionError(
            f"--plain {given} needs all rows in the memory; rows that stay on disk train one "
            "network: leave --plain out."
        )
    return dataclasses.replace(options, plain="network") if underneath(options) else options  # type: ignore[call-arg]


def fit_all_rows(
    table: StreamedTable | StreamedPictures,
    preprocessor: Preprocessor,
    x: Features,
    rows: Dataset,
    held_x: Features,
    held: Dataset,
    options: StrategyOptions,
    watch: Watch,
    folder: Path,
    tell: Callable[[str], None],
    on_rows: Callable[[int, int], None] | None = None,
) -> Fitted:
    """Prepare all training rows, check them, write them to disk, and train a network on them.

    Args:
        table: The rows.
        preprocessor: Fitted on the training rows of the sample.
        x: Prepared features of these.
        rows: The training rows of the sample, their labels by the final spec.
        held_x: Prepared features of `held`.
        held: The validation rows of the sample.
        options: Of the strategy.
        watch: What follows the training, and ends it.
        folder: Where prepared rows stand while the training lasts.
        tell: Called with lines for the user.
        on_rows: Called with the number of rows prepared, from 0, and that of all.

    Returns:
        What was trained; its record has `train_rows`, those of all files.

    Raises:
        CellError: A cell does not fit; names file, row and column.
        DataError: The disk is full.
    """
    pictures = preprocessor.kind == "image"
    with scratch_folder(folder, SCRATCH) as place, Spool(place) as spool:

        def batches(model: KerasModel) -> StreamedRows:
            soft = rows.targets.dtype.kind == "f"
            chunks = table.training(
                options.test_share, options.validation_share, rows.spec, rows.sides.specs
            )
            left_out = done = 0
            step = on_rows or (lambda done, total: None)
            step(0, table.rows)
            for number, chunk in enumerate(chunks):
                part = chunk.rows
                left_out += chunk.equal
                with chunk.located():  # pixels are scaled when they are read: bytes take less
                    ready = part.features if pictures else preprocessor.transform(part.features)
                given = (beside(model, ready, part), _targets(part, soft))
                more = () if rows.weights is None else (_weights(part, rows.weights.ndim),)
                if number == 0 and len(part):
                    share = len(part) / chunk.of
                    check_space(place, row_bytes((*given, *more)) * share * table.rows)
                spool.append((*given, *more))
                done += chunk.of
                if done < table.rows:
                    step(done, table.rows)
            step(table.rows, table.rows)
            spool.close()
            if left_out:
                tell(f"{left_out:,} training rows equal a held-out row of another group: left out")
            if not spool.rows:
                raise DataError(f"{table.sample.source}: there is no labelled training row.")
            groups = _Scaled(spool, preprocessor) if pictures else spool
            return StreamedRows(groups, options.batch_size, seed=options.seed)

        fitted = fit_streamed(x, rows, held_x, held, preprocessor.design, options, watch, batches)
    return dataclasses.replace(fitted, record={**fitted.record, "train_rows": spool.rows})


@dataclasses.dataclass(frozen=True)
class _Scaled:
    """Pictures on disk as bytes, scaled as a run does it when they are read."""

    spool: Spool
    preprocessor: Preprocessor

    @property
    def sizes(self) -> tuple[int, ...]:
        return self.spool.sizes

    def read(self, group: int) -> Rows:
        x, *rest = self.spool.read(group)
        if isinstance(x, dict):  # with side labels
            scaled = {k: self.preprocessor.transform(v) if v.ndim > 2 else v for k, v in x.items()}
            return (scaled, *rest)
        return (self.preprocessor.transform(x), *rest)


def _targets(rows: Dataset, soft: bool) -> np.ndarray:
    """Return what to train on; soft where any row of the sample is."""
    targets = rows.targets
    if not soft or targets.dtype.kind == "f":
        return targets
    return np.where(targets >= 0, targets, np.nan).astype(np.float32)


def _weights(rows: Dataset, ndim: int) -> np.ndarray:
    shape: Any = rows.labels.shape if ndim > 1 else (len(rows),)
    weights = np.ones(shape, np.float32) if rows.weights is None else rows.weights
    return np.asarray(weights, np.float32)
