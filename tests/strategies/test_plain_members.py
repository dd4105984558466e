from __future__ import annotations

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

from labelfeed.estimators import EstimatorError
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.options.underneath import BLENDED
from labelfeed.strategies.plain_members import plain_members


def test_names_and_classifiers_become_members():
    assert [member.name for member in plain_members("auto")] == list(BLENDED)
    assert plain_members("network").name == "network"
    mixed = plain_members(["logistic", GaussianNB(), LogisticMember()])
    assert [member.name for member in mixed] == ["logistic", "GaussianNB", "logistic"]
    p = np.full((3, 2), 0.5)
    assert plain_members(p) is p
    assert plain_members([p]) is p


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ("forest", "'auto', 'logistic', .* got 'forest'"),
        ([], "empty list"),
        ([np.zeros((3, 2)), "logistic"], "stand alone"),
        (["given", "logistic"], "stand alone"),
        (GaussianNB, "give an instance"),
        (LinearSVC(), "no predict_proba"),
    ],
)
def test_what_is_no_plain_model_is_refused(plain, says):
    with pytest.raises(EstimatorError, match=says):
        plain_members(plain)
