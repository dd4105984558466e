"""What an audit finds in the data alone: rows of training again, features and cells that tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.audit.findings import Finding
from labelfeed.audit.probes import FeatureCopyProbe
from labelfeed.data.dataset import DataError
from labelfeed.data.giveaways import mean_encoded, order_notes
from labelfeed.data.missing_cells import missing_notes
from labelfeed.data.near_duplicates import near_duplicates
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.seen_rows import SeenRows
from labelfeed.data.telling import told_by
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Cells, Features

__all__ = ["TrainedOn", "data_findings", "near_training"]

TrainedOn = tuple[Features, np.ndarray]
"""Features and encoded labels of training rows."""

_MOST_COLUMNS = 500  # of an array that are looked at one by one


def data_findings(
    x: Features,
    ids: np.ndarray,
    spec: LabelSpec,
    copies: Sequence[FeatureCopyProbe] = (),
    seen: SeenRows | None = None,
    groups: Cells | None = None,
    trained_on: TrainedOn | None = None,
) -> tuple[Finding, ...]:
    """Return what is wrong, or suspect, in the audited rows themselves.

    Args:
        x: Raw features; only the columns of a DataFrame can tell the target.
        ids: Encoded labels.
        spec: Their spec.
        copies: Columns that are found to be the target already; their warnings come first.
        seen: What the model was trained on, if that is known.
        groups: Group of each row.
        trained_on: Training rows in the form of x, with their labels: then means of the labels over
            these rows and x are looked for too.

    Example:
        >>> rows = pd.DataFrame({"dose": np.random.default_rng(0).normal(size=40)})
        >>> seen = SeenRows.of(rows[:20], ["p1"] * 20)
        >>> spec, y = LabelSpec.single(2), np.arange(20) % 2
        >>> [w.kind for w in data_findings(rows[20:], y, spec, (), seen, ["p1"] * 20)]
        ['shared groups']
    """
    found = [copy.finding for copy in copies]
    if seen is not None:
        rows = np.asarray(x) if hasattr(x, "shape") and not isinstance(x, pd.DataFrame) else x
        if isinstance(rows, (list, tuple, dict)):  # several inputs: only their groups are known
            rows = np.zeros((len(ids), 0))
        name = str(getattr(groups, "name", None) or "groups")
        overlap = seen.overlap(rows, groups, name)
        texts = list(overlap.notes)
        if overlap.groups:
            found.append(Finding("shared groups", texts.pop(0)))
        if overlap.rows:
            found.append(Finding("shared rows", texts.pop(0)))
    table = _table(x)
    if table is not None:
        known = {copy.column for copy in copies}
        found += _encoded(table, ids, spec, trained_on, known)
        if isinstance(x, pd.DataFrame):  # a column without a name cannot be questioned
            found += [
                Finding("feature tells target", f"column {name!r} {text}")
                for name, text in told_by(x, ids, spec).items()
                if name not in known
            ]
        found += [
            Finding("missing cells tell target", note)
            for note in missing_notes(table, ids, spec, known)
        ]
    found += [Finding("sorted rows", note) for note in order_notes(ids, spec)]
    return tuple(found)


def near_training(x: Features, train: Features, seed: int = 0) -> tuple[Finding, ...]:
    """Return whether audited rows nearly equal training rows; equal ones are told as `shared rows`.

    Args:
        x: Audited rows, as the model reads them or raw.
        train: Training rows in the same form.
        seed: Seed of the sample of at most 1000 rows.

    Example:
        >>> rows = np.random.default_rng(0).normal(size=(300, 8))
        >>> near_training(rows[:50] + 1e-4, rows)[0].text
        '50 of 50 rows nearly equal a training row (such as row 1 and training row 1)'
    """
    if isinstance(x, pd.DataFrame) and isinstance(train, pd.DataFrame):
        try:
            fitted = Preprocessor.fit(train)
            x, train = fitted.transform(x), fitted.transform(train)
        except DataError:  # what the model itself says better
            return ()
    shapes = [getattr(rows, "shape", ()) for rows in (x, train)]
    if len(shapes[0]) < 2 or shapes[0][1:] != shapes[1][1:]:
        return ()
    x, train = np.asarray(x), np.asarray(train)
    if x.dtype.kind not in "biuf" or not (np.isfinite(x).all() and np.isfinite(train).all()):
        return ()
    if x.ndim == 2:  # columns of a like scale
        spread = train.std(axis=0)
        x, train = (a / np.where(spread > 0, spread, 1) for a in (x, train))
    near = near_duplicates(x, train, seed=seed)
    if not near.rows:
        return ()
    one, other = near.pairs[0]
    text = (
        f"{near.rows:,} of {near.looked_at:,} rows nearly equal a training row (such as row "
        f"{one + 1} and training row {other + 1})"
    )
    return (Finding("near duplicates", text),)


def _table(x: Features) -> pd.DataFrame | None:
    """Return columns that can be looked at one by one; `None` of pictures and several inputs."""
    if isinstance(x, pd.DataFrame):
        return x
    if not isinstance(x, np.ndarray) or x.ndim != 2 or x.shape[1] > _MOST_COLUMNS:
        return None
    return pd.DataFrame(x, columns=[str(place) for place in range(x.shape[1])])


def _encoded(
    table: pd.DataFrame,
    ids: np.ndarray,
    spec: LabelSpec,
    trained_on: TrainedOn | None,
    known: set[str],
) -> list[Finding]:
    """Return columns that are means of labels over rows of which some are audited."""
    found = dict.fromkeys(mean_encoded(table, ids, spec).items(), "the audited rows")
    train = None if trained_on is None else _table(trained_on[0])
    if trained_on is not None and train is not None and set(train) == set(table):
        rows = pd.concat([table, train[list(table.columns)]], ignore_index=True)
        every = mean_encoded(rows, np.concatenate([ids, trained_on[1]]), spec)
        found |= dict.fromkeys(every.items(), "training and audited rows")
    return [
        Finding("target encoded", f"column {name!r} is the mean of {label!r} over {where}")
        for (name, label), where in found.items()
        if name not in known
    ]
