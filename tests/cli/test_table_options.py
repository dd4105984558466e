from __future__ import annotations

import dataclasses
import inspect

from labelfeed.checks.check import check
from labelfeed.cli.main import main
from labelfeed.cli.table_options import table_reading
from labelfeed.data.loading import load_data
from labelfeed.labels.cell_rules import CellRules


def test_check_and_train_read_a_table_by_the_same_options():
    options = [
        {option.name for option in main.commands[command].params} for command in ("check", "train")
    ]
    given = {"sides": ["a,b"], "dates": ["c=dmy", "d"], "seed": 3}
    cells = {field.name for field in dataclasses.fields(CellRules)}  # `with_cells` takes these
    names = options[0] - cells - {"data", "as_json", "help"}
    given |= {name: None for name in names - set(given) if not name.startswith(("max", "debug"))}
    reading = table_reading(given)
    assert given == {"seed": 3}
    assert set(reading) <= options[0] & options[1]
    assert (reading["sides"], reading["dates"]) == (("a", "b"), ("c=dmy", "d"))
    for function in (check, load_data):
        assert set(reading) <= set(inspect.signature(function).parameters)
