"""The card of a generator."""

from __future__ import annotations

import json

from labelfeed.report.generator_card import generator_card, write_generator_card

_RECORD = {
    "label": {"name": "ill"},
    "sides": [{"name": "scanner"}],
    "options": {"seed": 3},
    "data": {"path": "rows.csv", "notes": ["ids, made anew: '*x*'"], "command": "labelfeed train"},
    "metrics": {"training": {"train_rows": 70, "epochs": 5, "best_epoch": 4, "test_rows": 20}},
    "versions": {"labelfeed": "0.1.0"},
}


def test_it_tells_what_was_learned_and_what_is_not_known(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(_RECORD))
    text = write_generator_card(tmp_path).read_text()
    assert text == generator_card(tmp_path.name, _RECORD)
    for part in ("70 to learn from", "conditions: ill, scanner", "5 epochs, the best 4", "seed: 3",
                 r"\*x\*", "no observations", "labelfeed sample RUN"):  # fmt: skip
        assert part in text, part
    pictures = {**_RECORD, "data": {"kind": "images"}}
    assert "--out rows.csv" in text and "--out made\n" in generator_card("gen", pictures)
