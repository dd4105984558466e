"""Plain models on rows as they are and with rare ones repeated: which is taken, at what prior."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.dataset import Dataset
from labelfeed.estimators import rare_blend
from labelfeed.labels.prior import training_prior
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import PriorAdjustedOptions
from labelfeed.strategies.blended_rare import fit_blended_rare

RNG = np.random.default_rng(0)
Y = np.repeat([0, 1], [280, 20]).astype(np.int32)
X = (RNG.normal(size=(300, 2)) + 1.5 * Y[:, None]).astype(np.float32)
OPTIONS = PriorAdjustedOptions(plain="logistic")


def rows(labels: np.ndarray, spec: LabelSpec) -> Dataset:
    return Dataset("arrays", X, labels, spec, np.arange(300), "rows")


@pytest.mark.only_backend("torch")  # the network is assembled, not trained
@pytest.mark.parametrize("kind", ["single", "multi"])
def test_either_way_probabilities_are_those_of_the_training_rows(monkeypatch, kind) -> None:
    single = kind == "single"
    spec = LabelSpec.single(["well", "ill"]) if single else LabelSpec.multi(["ill"])
    given = rows(Y if single else Y[:, None], spec)
    share = training_prior(given.labels, spec)[-1]
    told = []
    for less in (False, True):
        monkeypatch.setattr(rare_blend, "surely_less", lambda *losses, less=less: less)
        fitted = fit_blended_rare(X, given, OPTIONS, on_member=lambda k, *_: told.append(k))
        p = fitted.model.predict(X, verbose=0)[:, -1]
        assert abs(p.mean() - share) < 0.02, "calibrated at the share of the rows"
        assert ("repeated: " in fitted.said) == less and fitted.members == 2
    assert told == [1, 2, 1, 2]
