from __future__ import annotations

import pytest

from labelfeed.cli.rows_to_train import load_to_train
from labelfeed.data.dataset import DataError
from labelfeed.options import TrainingOptions
from tests._rows import write_csv


def test_it_reads_as_the_options_have_it_and_gives_back_how(tmp_path):
    csv = write_csv(tmp_path / "rows.csv")
    given = {"target": "class", "id_column": "id", "side_ranges": ("age=3",), "sides": ("age",),
             "cells": {"missing": ("f",)}}  # fmt: skip
    dataset, reading = load_to_train(str(csv), given, TrainingOptions())
    assert dataset.sides.specs[0].num_classes == 3 and reading["side_ranges"] == {"age": 3}
    assert "cells" not in reading and "cells" in given
    with pytest.raises(DataError, match="--annotators does not go with --training-only"):
        load_to_train(str(csv), {"training_only": ("age",)}, TrainingOptions(), ["cough", "fever"])


def test_classes_of_an_embedding_may_be_numbers(tmp_path):
    csv = write_csv(tmp_path / "rows.csv")
    _, reading = load_to_train(str(csv), {"target": "class"}, TrainingOptions("margin"))
    assert reading["side_ranges"] == {"class": 0}
