"""Plain models by name."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.estimators.named_members import MEMBERS, plain_members_of


def test_names_models_and_lists_of_them() -> None:
    own = LogisticMember()
    found = plain_members_of([own, ["extra-trees", GaussianNB()], np.zeros((2, 1))])
    assert [m.name for m in found] == ["logistic", "extra-trees", "GaussianNB", "given"]
    assert found[0] is own and set(MEMBERS) > {m.name for m in plain_members_of("auto")}


@pytest.mark.parametrize(("plain", "message"), [("forest", "'auto', 'boosting'"), ([], "empty")])
def test_what_is_none_is_refused(plain, message: str) -> None:
    with pytest.raises(EstimatorError, match=message):
        plain_members_of(plain)
