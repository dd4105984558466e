"""The figures that benchmarks share, and their command line."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from benchmarks import common, faults
from benchmarks.__main__ import BENCHMARKS, main
from tests._backends import ROOT


def test_paired_interval_is_the_t_interval() -> None:
    first, second = [0.5, 0.6, 0.4, 0.7], [0.55, 0.7, 0.5, 0.72]
    gaps = np.subtract(second, first)
    expected = stats.ttest_1samp(gaps, 0).confidence_interval(0.95)
    found = common.paired_interval(first, second)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.mean == pytest.approx(gaps.mean())
    assert np.isnan(common.paired_interval([1.0], [2.0]).high)  # one pair says nothing


def test_median_time_leaves_the_warm_up_out() -> None:
    calls = []
    assert common.median_time(lambda: calls.append(1), repeats=3, warm_up=2) >= 0
    assert len(calls) == 5


def test_table_aligns_and_rounds() -> None:
    lines = common.table([("a", 0.12345), ("long name", None)], ("model", "accuracy")).splitlines()
    assert lines[0] == "| model     | accuracy |"
    assert lines[2] == "| a         | 0.123    |"
    assert lines[3] == "| long name | -        |"
    gap = common.paired_interval([0.5, 0.6], [0.6, 0.7])
    assert "+0.100 [+0.100, +0.100]" in common.table([("ours", gap)], ("model", "gain"))


def test_json_holds_machine_and_figures(tmp_path) -> None:
    import keras

    common.save_json(tmp_path / "new" / "out.json", {"seeds": 2})
    out = json.loads((tmp_path / "new" / "out.json").read_text())
    assert out["seeds"] == 2
    assert out["machine"]["backend"] == keras.backend.backend()


def test_help_lists_every_benchmark_and_needs_no_keras() -> None:
    code = "import sys; from benchmarks.__main__ import main; main([]); "
    code += "assert 'keras' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in BENCHMARKS)


def test_an_unknown_name_is_an_error(capsys) -> None:
    assert main(["leek"]) == 2
    assert "audit-rates" in capsys.readouterr().err


def test_every_benchmark_has_its_name() -> None:
    files = {
        f"benchmarks.{path.stem}"
        for path in (ROOT / "benchmarks").glob("[!_]*.py")
        if "\ndef main(" in path.read_text()
    }
    parts = {module for module, _ in faults.PARTS.values()}
    assert {module for module, _ in BENCHMARKS.values()} == files - parts
