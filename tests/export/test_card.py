"""The card says what goes in and what comes out."""

from __future__ import annotations

import json

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.export.card import card_of, write_export_card
from labelfeed.runs.onnx_copy import copy_of, made_of
from tests.runs._copies import write_run


def test_a_reader_without_labelfeed_learns_the_columns_and_their_units(tmp_path) -> None:
    folder = write_run(tmp_path / "run")
    run = copy_of(folder)
    free, fed = (card_of(run, made_of(folder), told) for told in (False, True))
    assert list(free["inputs"]) == ["features"] and list(fed["inputs"]) == ["features", "known"]
    assert free["output"]["columns"] == ["cough", "fever"] and free["features"] == ["a", "b", "c"]
    assert Preprocessor.from_json(free["preprocessing"]) == run.preprocessor
    write_export_card(free, tmp_path / "card.json")
    assert json.loads((tmp_path / "card.json").read_text()) == free
