"""What a run keeps is read without Keras, and what is broken is named."""

from __future__ import annotations

import pytest

from labelfeed.runs.kept import RunError, read_kept
from labelfeed.runs.onnx_copy import copy_of
from tests.runs._copies import SPEC, write_run


def test_all_but_the_model_is_read(tmp_path) -> None:
    folder = write_run(tmp_path / "run")
    spec, kept = read_kept(folder)
    assert spec == SPEC and kept["split"] == {"test": [1]} and kept["seen"] is None
    run = copy_of(folder)
    assert run.spec == SPEC and run.sides == () and not run.interrupted


def test_what_is_missing_or_broken_is_named(tmp_path) -> None:
    with pytest.raises(RunError, match="no such run folder"):
        read_kept(tmp_path / "nowhere")
    folder = write_run(tmp_path / "run")
    (folder / "split.json").write_text("[]")
    with pytest.raises(RunError, match=r"split\.json is broken"):
        read_kept(folder)
    (folder / "run.json").unlink()
    with pytest.raises(RunError, match=r"run\.json is missing"):
        read_kept(folder)
