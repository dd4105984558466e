from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

from labelfeed.estimators import EstimatorError
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.options import MEMBER_SETTINGS, PlainOptions
from labelfeed.options.underneath import BLENDED
from labelfeed.strategies.plain_members import members_of, plain_members


def test_names_and_classifiers_become_members():
    assert [member.name for member in plain_members("auto")] == list(BLENDED)
    assert plain_members("network").name == "network"
    mixed = plain_members(["logistic", GaussianNB(), LogisticMember()])
    assert [member.name for member in mixed] == ["logistic", "GaussianNB", "logistic"]
    p = np.full((3, 2), 0.5)
    assert plain_members(p) is p
    assert plain_members([p]) is p


def test_members_have_the_settings_of_the_options():
    settings = {"extra-trees": {"min_leaf": 5, "features": 0.5}, "network": {"width": 8}}
    made = {m.name: m for m in members_of(PlainOptions(members=settings), BLENDED)}
    assert list(made) == list(BLENDED) and made["network"].width == 8
    assert (made["extra-trees"].min_leaf, made["extra-trees"].features) == (5, 0.5)
    assert set(MEMBER_SETTINGS["network"]) <= {f.name for f in dataclasses.fields(made["network"])}
    assert members_of(PlainOptions(), ["extra-trees"])[0].min_leaf == 2


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
