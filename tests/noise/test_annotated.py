"""A table with a column of each annotator."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.clean import run_clean
from labelfeed.data.dataset import DataError
from labelfeed.noise.annotated import clean_annotated, read_annotators
from labelfeed.noise.cleaning import clean
from labelfeed.noise.errors import NoiseError
from tests.noise._rows import planted

WORDS = np.array(["one", "two", "three", ""])
READERS = ("ann", "bob", "cleo", "dora", "empty")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    x, true, _ = planted(240)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    for name, rate, missing in (("ann", 0.1, 0.1), ("bob", 0.35, 0.3), ("cleo", 0.4, 0.0)):
        said = np.where(rng.random(240) < rate, (true + 1) % 3, true)
        frame[name] = WORDS[np.where(rng.random(240) < missing, 3, said)]
    frame["dora"], frame["empty"] = "one", ""
    path = tmp_path_factory.mktemp("readers") / "readers.csv"
    frame.to_csv(path, index=False)
    return path, true


def test_annotators_and_features_together(table) -> None:
    path, true = table
    found = clean(path, annotators=READERS, target="kind", plain="logistic")
    (column,) = found.columns
    assert column.column.names == ("one", "three", "two") and (column.given >= 0).all()
    names = np.array(column.column.names)
    vote = (names[found.dataset.labels] == WORDS[true]).mean()
    assert (names[found.labels] == WORDS[true]).mean() > 0.95 > vote
    assert list(found.dataset.features.columns) == ["a", "b", "c"]
    said = "\n".join(found.notes)
    assert "'empty' labels nothing" in said and "'dora' always says the same" in said
    rates = re.search(r"ann (\d+)%, bob (\d+)%, cleo (\d+)%", said)
    assert rates is not None
    np.testing.assert_allclose([int(r) for r in rates.groups()], [10, 35, 40], atol=7)


def test_from_the_command_to_decisions(table, tmp_path, capsys) -> None:
    path, true = table
    reading = {"target": "kind"}
    given = {"annotators": READERS[:3], "plain_model": "logistic"}
    page, out = tmp_path / "queue.html", tmp_path / "out.csv"
    frame = run_clean(str(path), str(out), reading=reading, review=str(page), **given)
    assert (frame["kind"] == WORDS[true]).mean() > 0.95
    assert frame["kind given"].notna().all()
    said = capsys.readouterr()
    assert "--drop ann --drop bob --drop cleo" in said.err
    assert "--annotators ann,bob,cleo" in page.read_text()
    row = int(np.flatnonzero(frame["kind"] != frame["kind given"])[0])
    saved = tmp_path / "decisions.json"
    saved.write_text(
        f'{{"decisions": [{{"row": "{row + 1}", "label": "kind", "given": '
        f'"{frame["kind given"][row]}", "value": "{frame["kind"][row]}"}}]}}'
    )
    decided = run_clean(str(path), str(tmp_path / "decided.csv"), reading=reading,
                        decisions=str(saved), quiet=True, **given)  # fmt: skip
    assert np.flatnonzero(decided["kind"] != frame["kind given"]).tolist() == [row]


@pytest.mark.parametrize(
    ("names", "target", "what"),
    [
        (("ann", "bop"), "kind", "Did you mean 'bob'"),
        (("ann", "bob"), "cleo", "a column already"),
        (("ann", "dora"), "kind", "fewer than two annotators.*'dora' always"),
        (("ann",), "kind", "name more"),
    ],
)
def test_what_does_not_fit_is_told(table, names, target, what) -> None:
    with pytest.raises(DataError, match=what):
        read_annotators(table[0], names, target, {})
    with pytest.raises(DataError, match=what):
        clean_annotated(table[0], names, target=target)


def test_annotators_are_of_a_file(table) -> None:
    with pytest.raises(NoiseError, match="columns of a file"):
        clean(np.zeros((4, 2)), [0, 1, 0, 1], annotators=["ann", "bob"])
