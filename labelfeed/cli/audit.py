"""`labelfeed audit`: does a run read, where it is scored, the label that it is scored on?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from labelfeed.audit.leak import audit
from labelfeed.audit.results import LeakAudit
from labelfeed.audit.side_labels import audit_sides
from labelfeed.cli.console import note, print_json, reading_images, say
from labelfeed.labels.cell_rules import CellRules
from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_rows, seen_before, select_rows

__all__ = ["run_audit"]


def run_audit(
    run: str,
    data: str,
    *,
    rows: str = "auto",
    labels_file: str | None = None,
    group: str | None = None,
    seed: int = 0,
    as_json: bool = False,
    cells: Mapping[str, Any] | None = None,
    trust: bool | str = False,
    quiet: bool = False,
) -> LeakAudit:
    """Print, and return, the leak audit of a run; its side labels are audited beside it.

    What is wrong with a side label counts in the verdict of the whole.

    Args:
        run: Run folder.
        data: File or folder with labelled rows.
        rows: `"auto"`, `"held-out"` or `"all"`; see `select_rows`.
        labels_file: Table with the labels of images.
        group: Column of groups, if it is called otherwise than in training.
        seed: Seed of the wrong and permuted labels.
        as_json: Print JSON only.
        cells: What cells mean, on top of what the run knows: arguments of `CellRules`.
        trust: Whether the run may import its own code; see `load_run`.
        quiet: Show no notes and no progress.
    """
    rules = CellRules(**(cells or {}))
    loaded = load_run(run, trust=trust)
    with reading_images(quiet or as_json) as on_image:
        dataset = load_rows(
            loaded, data, labels_file=labels_file, group=group, on_image=on_image, cells=rules
        )
    chosen, what = select_rows(loaded, dataset, data, rows)
    note(f"audited on {what}", quiet or as_json)
    groups = None if chosen.groups is None else pd.Series(chosen.groups, name=chosen.group_name)
    seen = seen_before(loaded, chosen, data, rows)
    result = audit(loaded, chosen.features, chosen.labels, loaded.spec, seed=seed,
                   groups=groups, seen=seen)  # fmt: skip
    beside = chosen.sides.columns()
    sides = audit_sides(loaded, chosen.features, chosen.labels, beside, seed=seed)
    result = result.beside([warning for side in sides for warning in side.warnings])
    if as_json:
        more = {"sides": [side.to_dict() for side in sides]} if sides else {}
        print_json({**result.to_dict(), **more})
    else:
        say(str(result))
        for side in sides:
            say(f"side label, fed on purpose: {side}")
    return result
