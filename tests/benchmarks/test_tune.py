from __future__ import annotations

import argparse
import importlib

import numpy as np

from benchmarks import tune as benchmark
from labelfeed.tuning.result import Tuned

_ROOM = importlib.import_module("labelfeed.runs.train")


def test_test_rows_are_most_of_a_large_set_and_a_third_of_a_small_one():
    dataset, share = benchmark.rows_of("digits", None, 100, 0)
    assert len(dataset) == 600 and share == 1 - 100 / 600
    dataset, share = benchmark.rows_of("wine", None, 1000, 0)
    assert (len(dataset), share) == (178, 0.3)


def test_each_way_is_scored_by_what_it_takes(monkeypatch):
    def tune(dataset, *, sampler, **how):
        settings = {"width": 64} if sampler == "tpe" else {}
        return Tuned("said", settings, {}, "plain", "log_loss", 0.5, 0.4, None, {"width": 64}, (),
                     {}, {}, 2, 10, 10)  # fmt: skip

    class Run:
        def __init__(self, options):
            loss = 0.1 if "width" in options.given else 0.2
            self.metrics = {
                "nothing_known": {"log_loss": loss, "macro_auc": 0.9, "accuracy": 0.8},
            }  # fmt: skip

    monkeypatch.setattr(_ROOM, "train", lambda dataset, options: Run(options))
    monkeypatch.setattr("labelfeed.tuning.tune.tune", tune)
    monkeypatch.setattr("labelfeed.tune", tune, raising=False)
    given = argparse.Namespace(rows=100, trials=2, folds=2, plain=None)
    found = benchmark.figures_of("wine", None, given, 0)
    assert found["tpe"]["log_loss"] == 0.1 and found["tpe"]["chosen"] == "--width 64"
    assert found["random"]["log_loss"] == 0.2 and found["random"]["anyway"] == 0.1
    line = benchmark._line("wine", "random", [found["random"]])
    assert line[:3] == ["wine", "random", 0.2] and line[6] == "0/1"
    assert np.isclose(line[5], 0.1)
