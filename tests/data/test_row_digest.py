from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.data.row_digest import row_digest
from tests.comparison._rows import turned


def test_everything_that_is_learned_from_counts():
    rows = turned(20)
    others = (
        dataclasses.replace(rows, labels=1 - rows.labels),
        dataclasses.replace(rows, features=rows.features + 1),
        dataclasses.replace(rows, weights=np.ones(20)),
        dataclasses.replace(rows, sides=dataclasses.replace(rows.sides, ids=1 - rows.sides.ids)),
        rows.take(np.arange(19)),
    )
    found = {row_digest(rows), row_digest(rows, np.arange(20)), *map(row_digest, others)}
    assert len(found) == 7 and row_digest(turned(20)) == row_digest(rows)
