"""The folder of a generator."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from labelfeed.runs.folder import load_run
from labelfeed.runs.generator_folder import is_generator, load_generator, save_generator
from labelfeed.runs.kept import RunError
from tests._generators import small_generator

pytestmark = pytest.mark.only_backend("torch")  # files of diffusions: tests/generate


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_generator(tmp_path_factory.mktemp("generator"))


def test_a_generator_comes_back_and_makes_the_same_rows(small, tmp_path):
    path = save_generator(small.run, tmp_path / "gen")
    assert is_generator(path) and not is_generator(tmp_path)
    again = load_generator(path)
    known = {"class": "ill", "age": 50}
    rows = small.run.sample(4, known, guidance=1.5, steps=2, seed=3)
    pd.testing.assert_frame_equal(rows, again.sample(4, known, guidance=1.5, steps=2, seed=3))
    assert again.options == small.run.options and again.split == small.run.split


def test_it_is_no_run_that_predicts_and_nothing_broken_is_loaded(small, tmp_path):
    path = save_generator(small.run, tmp_path / "gen")
    with pytest.raises(RunError, match="is a generator, which predicts nothing: labelfeed sample"):
        load_run(path)
    with pytest.raises(RunError, match="holds a run already"):
        save_generator(small.run, path)
    save_generator(small.run, path, overwrite=True)
    codec = json.loads((path / "codec.json").read_text())
    for change, message in (
        ({"combinations": [[5, 0, 0, 1]]}, "combinations must be"),
        ({"spelling": 3}, "spelling must be"),
        ({"columns": codec["columns"][:2]}, "one was exchanged"),
        ({"columns": 7}, "list of columns"),
    ):
        (path / "codec.json").write_text(json.dumps({**codec, **change}))
        with pytest.raises(RunError, match=message):
            load_generator(path)
    record = json.loads((path / "run.json").read_text())
    record["options"]["strategy"] = "plain"
    (path / "run.json").write_text(json.dumps(record))
    with pytest.raises(RunError, match="no generator but a run of 'plain'"):
        load_generator(path)
    (path / "run.json").unlink()
    assert not is_generator(path)
    with pytest.raises(RunError, match="missing"):
        load_generator(path)
    with pytest.raises(RunError, match="no such run folder"):
        load_generator(tmp_path / "none")
