from __future__ import annotations

import numpy as np

from labelfeed.metrics.operating_point import Goal, operating_point
from labelfeed.report.operating_table import operating_table
from labelfeed.report.tables import table_text


def test_a_row_for_each_label_and_what_there_is_to_say():
    present, p = np.arange(60) % 4 == 0, np.linspace(0, 1, 60)
    none = np.zeros(60, bool), p
    goal = Goal("sensitivity", 0.8)
    labels = {
        "ill": operating_point(goal, (present, p), (present, p), prior=0.02),
        "rare": operating_point(goal, none, none),
    }
    found = {"goal": {"kind": "sensitivity", "value": 0.8}, "chosen_on": "half", "labels": labels}
    text = table_text(operating_table(found))
    assert "Thresholds for a sensitivity of 0.8, chosen on half" in text
    assert "15 of 60" in text
    assert "ill: where 2.00% have it" in text
    assert "rare: no threshold: no row that chooses has it." in text
