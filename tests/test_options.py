from __future__ import annotations

import dataclasses
import json

from labelfeed.options import STRATEGIES, TrainingOptions


def test_options_are_json_types_with_a_strategy_that_exists():
    options = dataclasses.asdict(TrainingOptions())
    assert json.loads(json.dumps(options)) == options
    assert options["strategy"] in STRATEGIES
