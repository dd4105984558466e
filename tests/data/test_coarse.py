"""Cells that name a coarser class of a tree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from labelfeed.data.coarse import classes_below, with_upper_classes
from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.tree import Tree

TREE = Tree({"cat": "pet", "dog": "pet", "pet": "animal", "cow": "animal", "oak": "plant"})
CELLS = ["cat", "dog", "cow", "animal", "", "pet", "cat", "plant"]


def table(folder: Path, cells: list[str]) -> Path:
    path = folder / "rows.csv"
    path.write_text("x,kind\n" + "".join(f"{at},{cell}\n" for at, cell in enumerate(cells)))
    return path


def test_rows_of_a_coarser_class_are_kept_and_not_scored(tmp_path: Path) -> None:
    rows = load_data(table(tmp_path, CELLS), target="kind", tree=TREE)
    assert rows.spec.names == ("cat", "cow", "dog")
    assert rows.labels.tolist() == [0, 2, 1, -1, -1, -1, 0, -1]
    assert rows.coarse is not None
    # Every class found is an animal: it tells nothing. Of plants there is no class.
    assert rows.coarse.known.tolist() == [False] * 5 + [True, False, False]
    assert rows.coarse.allowed[5].tolist() == [True, False, True]
    assert rows.targets[5].tolist() == [0.5, 0, 0.5]
    assert rows.targets[1].tolist() == [0, 0, 1]
    assert not rows.targets[3:5].any()
    assert rows.take([0, 1]).targets.tolist() == [0, 2], "ids where no row is coarse"
    told = "\n".join(rows.notes)
    assert "1 rows are labelled coarsely (pet 1)" in told
    assert "no row of 'kind' is 'oak'" in told
    assert "'animal' (1 rows) rules out no class" in told


def test_rows_of_another_day_are_read_by_the_classes_of_a_run(tmp_path: Path) -> None:
    spec = LabelSpec.single(["cat", "cow", "dog"], name="kind")
    assert with_upper_classes(TREE, spec).names == ("cat", "cow", "dog", "pet", "animal")
    rows = load_data(table(tmp_path, ["dog", "pet", ""]), spec=spec, tree=TREE)
    assert rows.spec == spec
    assert rows.labels.tolist() == [2, -1, -1]
    assert rows.coarse is not None
    assert rows.coarse.known.tolist() == [False, True, False]
    assert classes_below(TREE, "cow", spec).tolist() == [False, True, False]
    with pytest.raises(LabelError, match="'pets'"):
        load_data(table(tmp_path, ["dog", "pets"]), spec=spec, tree=TREE)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["Cat", "dog"], "does not hold 1 of the 2 classes found: 'Cat'. Did you mean 'cat'"),
        (["catt", "dog"], "Did you mean 'cat'"),
        (["cat", "pet"], "1 of the values found in 'kind' are classes at the end"),
    ],
)
def test_what_does_not_fit_the_tree_is_told(tmp_path: Path, cells: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_data(table(tmp_path, cells), target="kind", tree=TREE)


def test_a_tree_is_of_one_label(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x,a,b\n1,yes,no\n2,no,yes\n3,yes,yes\n4,no,no\n")
    with pytest.raises(DataError, match="of one label"):
        load_data(path, target="a", labels=["b"], tree=TREE)
    assert np.isfinite(load_data(path, target="a").labels).all()
