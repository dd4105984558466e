"""Audit of a generator: each thing that can go wrong is planted, and found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.audit.generator import audit_generator, drops_labels
from labelfeed.judging.judge import Judge
from labelfeed.visibility.policies import Masked, Shown
from tests._fewer_trees import fewer_trees  # noqa: F401 (a fixture)

pytestmark = pytest.mark.only_backend("torch")


def _rows(seed, n=160):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    return pd.DataFrame(rng.normal(size=(n, 3)) + 3 * y[:, None], columns=list("abc")).assign(y=y)


@pytest.fixture(scope="module")
def judge():
    return Judge(_rows(0), _rows(1, 100), "y")


@pytest.fixture(scope="module")
def good(judge):
    return judge(_rows(2))


def test_a_generator_that_obeys_and_copies_nobody_passes(good):
    found = audit_generator(good, dropped=True)
    assert found.verdict == "no leak found" and not found.findings
    assert "Obeys the label" in str(found) and "Copies nobody" in str(found)


def test_a_label_that_nothing_reads_is_found(judge):
    made = _rows(2).assign(y=np.random.default_rng(5).permutation(_rows(2)["y"]))
    found = audit_generator(judge(made), dropped=True)
    assert found.verdict == "label not read"
    assert [f.kind for f in found.findings] == ["asked label without effect"]
    assert not found.leaks and "not connected" in str(found)


def test_a_label_that_was_never_dropped_is_found(good):
    found = audit_generator(good, dropped=False)
    assert found.verdict == "suspect"
    assert [f.kind for f in found.findings] == ["unconditional branch untrained"]
    assert "--label-dropout" in str(found)


def test_copied_rows_are_a_leak_of_the_data(judge):
    made = _rows(0).sample(frac=1, random_state=0)
    found = audit_generator(judge(made), dropped=True)
    assert found.verdict == "data leak" and found.leaks
    assert [f.kind for f in found.findings] == ["training rows copied"]


@pytest.mark.parametrize(
    ("label_dropout", "dropped"), [(0.1, True), (0.0, False), (Shown(), False), (Masked(0.3), True)]
)
def test_what_a_model_was_given_tells_whether_labels_are_dropped(label_dropout, dropped):
    assert drops_labels(label_dropout) == dropped
