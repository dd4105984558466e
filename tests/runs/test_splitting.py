from __future__ import annotations

import numpy as np

from labelfeed.options import PlainOptions
from labelfeed.runs.splitting import split_of_run
from tests.comparison._rows import turned


def test_plain_models_hold_nothing_out_for_validation_and_a_network_does():
    rows = turned(100)
    blend, belonging = split_of_run(rows, PlainOptions(seed=1))
    network, _ = split_of_run(rows, PlainOptions(seed=1, plain="network"))
    assert [len(blend.test), len(blend.validation)] == [20, 0] and belonging.ids is None
    assert [len(network.test), len(network.validation)] == [20, 15]
    settings = PlainOptions(seed=1, plain="network", width=8, dropout=0.5)
    again, _ = split_of_run(rows, settings)
    assert np.array_equal(again.test, network.test)
