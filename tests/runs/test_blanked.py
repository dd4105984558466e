"""The label-share control: what is trained alike, where no label tells anything."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor
from labelfeed.options import (
    MaskedOptions,
    OptionError,
    PartialLabelsOptions,
    PlainOptions,
    SideLabelOptions,
    TrainingOptions,
)
from labelfeed.options.underneath import underneath
from labelfeed.runs.blanked import blanked_metrics, blanked_options, blanked_rows
from labelfeed.runs.train import train
from tests.strategies._sides import TARGET, TURN, rows

FINDINGS = LabelSpec.multi(["cough", "fever"])


def side_rows() -> Dataset:
    x, y, turn = rows(300)
    ids = turn[:, None].astype(np.int32)
    return Dataset("arrays", x, y, TARGET, np.arange(300), "rows", sides=Sides((TURN,), ids))


def test_every_side_label_is_there_and_the_same() -> None:
    given = side_rows()
    given.sides.ids[:5] = -1
    blank = blanked_rows(given)
    assert not blank.sides.ids.any() and blank.sides.specs == given.sides.specs
    np.testing.assert_array_equal(blank.labels, given.labels)


def test_the_same_training_hides_every_label() -> None:
    assert blanked_options(MaskedOptions(width=9)) == MaskedOptions(width=9, hidden_rate=1.0)
    for options in (PartialLabelsOptions(), PartialLabelsOptions(width=7)):
        assert underneath(blanked_options(options)) == underneath(options)
    assert blanked_options(SideLabelOptions()) == SideLabelOptions()
    with pytest.raises(OptionError, match="'plain' feeds no label"):
        blanked_options(PlainOptions())


def test_no_score_is_of_a_label_that_was_fed() -> None:
    scores = {"nothing_known": {}, "partly_known": {}, "not_fed": {}}
    numbers = {"numbers": {"nothing_known": 1, "partly_known": 2}}
    sides = {"sides": {"known": 1, "wrong": 2}}
    found = blanked_metrics({**scores, **numbers, **sides})
    assert found == {
        "nothing_known": {}, "not_fed": {}, "numbers": {"nothing_known": 1}, "sides": {"known": 1},
    }  # fmt: skip


@pytest.mark.only_backend("torch")  # no step of the backend's own
def test_a_control_has_the_same_split_and_does_not_know_what_the_run_knows() -> None:
    data, options = side_rows(), TrainingOptions("side-label", plain="logistic")
    run, control = train(data, options), train(data, options, blanked=True)
    assert control.split == run.split and control.metrics["training"]["blanked"]
    known = [r.metrics["sides"]["known"]["accuracy"] for r in (run, control)]
    assert known[0] > known[1] + 0.1
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)).astype(np.float32)
    ill = rng.integers(0, 2, 200)
    findings = np.stack([ill, ill ^ (rng.random(200) < 0.1)], axis=1).astype(np.int32)
    several = Dataset("arrays", x, findings, FINDINGS, np.arange(200), "rows")
    options = TrainingOptions("partial-labels", plain="logistic")
    run, control = train(several, options), train(several, options, blanked=True)
    assert set(control.metrics) == {"training", "nothing_known", "not_fed"}
    fed = np.array([[1, -1]] * 5)
    told = [as_predictor(r.model).probabilities(x[:5], fed)[:, 1] for r in (run, control)]
    none = as_predictor(control.model).probabilities(x[:5])[:, 1]
    assert np.abs(told[1] - none).max() < 1e-6 < np.abs(told[0] - none).min()
