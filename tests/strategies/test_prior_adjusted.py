"""The strategy `prior-adjusted`: what its network learns, and at which prior a run stands."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.data.dataset import Dataset, Numbers
from labelfeed.labels.spec import LabelSpec
from labelfeed.losses import LogitAdjusted
from labelfeed.models.wrapping import as_predictor
from labelfeed.options import PriorAdjustedOptions, TrainingOptions
from labelfeed.runs.train import train
from labelfeed.strategies import prior_adjusted
from labelfeed.strategies.choose import RECIPES, build_model
from labelfeed.strategies.prior_adjusted import learned_prior

SPEC = LabelSpec.single(["well", "ill"], name="ill")
RNG = np.random.default_rng(0)
Y = (RNG.random(400) < 0.1).astype(np.int32)
X = (RNG.normal(size=(400, 2)) + 1.5 * Y[:, None]).astype(np.float32)
NETWORK = {"width": 8, "depth": 1, "dropout": 0.0, "learning_rate": 0.03}


def rows(labels: np.ndarray = Y, spec: LabelSpec = SPEC) -> Dataset:
    return Dataset("arrays", X, labels, spec, np.arange(400), "rows")


def test_the_network_learns_probabilities_at_equal_shares() -> None:
    keras.utils.set_random_seed(0)
    model = prior_adjusted(SPEC, (2,), prior=[0.9, 0.1], **NETWORK)
    model.fit(X, Y, epochs=8, batch_size=32, verbose=0)
    p = model.predict(X, verbose=0)[:, 1]
    assert abs(np.mean([p[Y == 0].mean(), p[Y == 1].mean()]) - 0.5) < 0.06
    assert min((p[Y == 1] > 0.5).mean(), (p[Y == 0] < 0.5).mean()) > 0.7


def test_the_loss_has_the_shares_of_the_rows() -> None:
    options = PriorAdjustedOptions(**NETWORK)
    loss = build_model((2,), rows(), options).loss
    assert isinstance(loss, LogitAdjusted)
    np.testing.assert_allclose(loss.prior, [1 - Y.mean(), Y.mean()])
    assert learned_prior(rows(), options).tolist() == [0.5, 0.5]
    assert learned_prior(rows(), PriorAdjustedOptions()) is None, "plain models learn the shares"
    absent = LabelSpec.single(["well", "ill", "unseen"])
    loss = build_model((2,), rows(spec=absent), options).loss
    assert 0 < loss.prior[2] < 1e-3
    columns = LabelSpec.columns([LabelSpec.single(2, name="kind"), "hot"])
    mixed = rows(np.zeros((400, 3), np.int32), columns)
    assert build_model((2,), mixed, options).loss == "binary_crossentropy"


@pytest.mark.only_backend("torch")  # trained by NumPy, or as above
@pytest.mark.parametrize("how", [{"plain": "logistic"}, {**NETWORK, "epochs": 3}])
def test_a_run_stands_at_equal_shares_or_at_those_stated(how: dict) -> None:
    lines, shift = [], {}
    for prior in (None, 0.02):
        options = TrainingOptions("prior-adjusted", deploy_prior=prior, **how)
        run = train(rows(), options, note=lines.append)
        p = as_predictor(run.model).probabilities(run.preprocessor.transform(X))[:, 1]
        shift[prior] = np.log(p / (1 - p))
    near = 1e-2 if "width" in how else 1.0  # plain models may learn from another sample
    np.testing.assert_allclose(shift[0.02] - shift[None], np.log(0.02 / 0.98), atol=near)
    assert sum("all classes are equally frequent" in line for line in lines) == 1
    assert sum("-> 2.00%" in line and "ill 1" in line for line in lines) == 1
    assert min((shift[None][Y == 1] > 0).mean(), (shift[None][Y == 0] < 0).mean()) > 0.6


def test_bad_input_is_told() -> None:
    for given, message in (
        ({"prior": [0.5, 0.3, 0.2]}, r"\(2,\); got shape \(3,\)"),
        ({"prior": [0.9, 0.3]}, "sum to 1, got 1.2"),
        ({"prior": [1.0, 0.0]}, "above 0 and below 1"),
    ):
        with pytest.raises(ValueError, match=message):
            prior_adjusted(SPEC, (2,), **given)
    columns = LabelSpec.columns([LabelSpec.single(2, name="kind"), "hot"])
    with pytest.raises(ValueError, match="no columns of classes"):
        prior_adjusted(columns, (2,), prior=[0.5, 0.5, 0.5])
    numbers = Dataset("arrays", X, Y, SPEC, np.arange(400), "rows",
                      numbers={"ill": Numbers(Y.astype(float), 2)})  # fmt: skip
    assert "a number has no rare class" in str(RECIPES["prior-adjusted"].unsuited(numbers))
