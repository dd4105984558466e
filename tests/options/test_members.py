from __future__ import annotations

import dataclasses
import inspect

import pytest

from labelfeed.estimators.named_members import MEMBERS
from labelfeed.options import MEMBER_SETTINGS, OptionError, PlainOptions
from labelfeed.options.members import member_settings, read_members, told_members


def test_what_is_read_is_told_alike():
    texts = ["boosting.leaves=16", "boosting.learning_rate=0.05", "extra-trees.features=1"]
    read = read_members(texts)
    assert read == {
        "boosting": {"leaves": 16, "learning_rate": 0.05}, "extra-trees": {"features": 1.0},
    }  # fmt: skip
    assert isinstance(read["boosting"]["leaves"], int) and told_members(read) == texts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("boosting.leaves", "written MODEL.SETTING=VALUE"),
        ("leaves=16", "written MODEL.SETTING=VALUE"),
        ("boosting.leafs=16", "boosting has iterations, learning_rate, leaves"),
        ("forest.leaves=16", "only extra-trees, boosting, lightgbm, network have settings"),
        ("boosting.leaves=1", r"a whole number in \[2, .*got '1'"),
        ("boosting.leaves=2.5", "whole number"),
        ("boosting.leaves=many", "got 'many'"),
        ("network.dropout=1", r"a number in \[0, 0.99\]"),
    ],
)
def test_what_does_not_exist_or_fit_is_said(text, said):
    with pytest.raises(OptionError, match=said):
        read_members([text])


def test_settings_of_a_model_that_is_not_fitted_are_refused():
    options = PlainOptions(members={"network": {"width": 64}})
    assert member_settings(options, ["network"]) == {"network": {"width": 64}}
    with pytest.raises(OptionError, match="what is fitted is 'logistic'"):
        member_settings(options, ["logistic"])
    with pytest.raises(OptionError, match="one network, no plain models"):
        member_settings(options, [])
    wrong = dataclasses.replace(options, members={"network": {"width": 0}})
    with pytest.raises(OptionError, match=r"network\.width"):
        member_settings(wrong, ["network"])


@pytest.mark.parametrize("name", ["extra-trees", "boosting", "lightgbm"])
def test_every_setting_is_an_argument_of_the_model(name):
    assert set(MEMBER_SETTINGS[name]) <= set(inspect.signature(MEMBERS[name]).parameters)
