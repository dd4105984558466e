"""`labelfeed embed`: embeddings of raw rows, into a CSV, Parquet or npz file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.cli.console import in_chunks, note, reading_images, say
from labelfeed.cli.output import check_out, id_name, write_table, writing
from labelfeed.cli.plain_cells import plain_cells
from labelfeed.data.dataset import Dataset
from labelfeed.labels.cell_rules import CellRules
from labelfeed.printable import plural
from labelfeed.runs.embed import embed
from labelfeed.runs.folder import Run, load_run
from labelfeed.runs.rows import load_rows

__all__ = ["embedded", "run_embed"]

_SUFFIXES = (".csv", ".parquet", ".npz")


def run_embed(
    run: str,
    data: str,
    out: str,
    *,
    labels_file: str | None = None,
    normalize: bool = True,
    overwrite: bool = False,
    plain: bool = False,
    cells: Mapping[str, Any] | None = None,
    trust: bool | str = False,
    quiet: bool = False,
) -> np.ndarray:
    """Embed raw rows, write them, and return the embeddings; no label is read.

    Args:
        run: Run folder.
        data: File or folder with rows.
        out: `.csv` or `.parquet` (row id, `e0`, `e1`, ...) or `.npz` (`id`, `embedding`).
        labels_file: Table with the columns that stand beside images.
        normalize: Whether each embedding has length 1.
        overwrite: Whether `out` may be replaced.
        plain: Whether text that a spreadsheet would run gets an apostrophe; see `plain_cells`.
        cells: What cells mean, on top of what the run knows: arguments of `CellRules`.
        trust: Whether the run may import its own code; see `load_run`.
        quiet: Show no notes and no progress.
    """
    target = Path(out)
    check_out(target, data, overwrite, _SUFFIXES, quiet)
    rules = CellRules(**(cells or {}))
    loaded = load_run(run, trust=trust)
    with reading_images(quiet) as on_image:
        dataset = load_rows(
            loaded,
            data,
            labels_file=labels_file,
            read_labels=False,
            on_image=on_image,
            cells=rules,
        )
    for line in dataset.notes:
        note(line, quiet)
    if not loaded.predictor.embeds:
        note(
            "this run was not trained to embed (labelfeed train --strategy margin): written is "
            "what its last layer reads",
            quiet,
        )
    vectors = embedded(loaded, dataset, normalize, quiet)
    if target.suffix.lower() == ".npz":
        _write_arrays(target, dataset.row_ids, vectors)
    else:
        name = id_name(loaded, dataset)
        columns = {name: dataset.row_ids}
        columns |= {f"e{i}": vectors[:, i] for i in range(vectors.shape[1])}
        frame = pd.DataFrame(columns)
        write_table(plain_cells(frame) if plain else frame, target)
    if not quiet:
        say(f"{plural(len(vectors), 'row')} in {vectors.shape[1]} dimensions; written to {target}")
    return vectors


def embedded(run: Run, dataset: Dataset, normalize: bool, quiet: bool) -> np.ndarray:
    """Return the embeddings of a dataset, with a progress bar."""
    chunks = in_chunks(dataset, "embed", quiet)
    return np.concatenate([embed(run, part.features, normalize=normalize) for _, part in chunks])


def _write_arrays(path: Path, ids: np.ndarray, vectors: np.ndarray) -> None:
    ids = np.asarray(ids)
    ids = ids.astype(str) if ids.dtype == object else ids  # objects would be pickled
    with writing(path) as draft:
        np.savez(draft, id=ids, embedding=vectors)
