from __future__ import annotations

import dataclasses

import pytest

from labelfeed.options import OPTIONS, MarginOptions, MaskedOptions, PlainOptions, TrainingOptions
from labelfeed.options.members import MEMBER_SETTINGS, member_settings
from labelfeed.options.underneath import BLENDED
from labelfeed.tuning.result import with_settings
from labelfeed.tuning.space import Setting, settings_of, space_of


class Highest:
    """A trial that draws the last choice, and the upper end of a range."""

    def suggest_categorical(self, name, choices):
        return choices[-1]

    def suggest_int(self, name, low, high, log):
        return high

    def suggest_float(self, name, low, high, log):
        return high


@pytest.mark.parametrize("strategy", sorted(set(OPTIONS) - {"generate"}))
@pytest.mark.parametrize("rows", [100, 5000])
def test_every_setting_is_an_option_of_the_strategy_with_its_default(strategy, rows):
    options = OPTIONS[strategy]()
    space = space_of(options, [], rows, 3, pictures=True)
    values = dataclasses.asdict(options)
    assert {"learning_rate", "width", "depth", "activation", "dropout"} <= {s.name for s in space}
    for setting in space:
        assert setting.default == values[setting.name]
        inside = setting.choices and setting.default in setting.choices
        assert inside or setting.low <= setting.default <= setting.high, setting
    assert settings_of({s.name: s.default for s in space}, space) == {}
    drawn = settings_of({s.name: s.suggest(Highest()) for s in space}, space)
    assert TrainingOptions(strategy, given=drawn).of(strategy) != options


def test_the_blend_is_searched_by_settings_that_its_models_have():
    space = space_of(PlainOptions(), BLENDED, 1000, 3)
    drawn = settings_of({s.name: s.suggest(Highest()) for s in space}, space)
    options = PlainOptions(members=drawn["members"])
    assert set(drawn) == {"members"} and member_settings(options, BLENDED) == drawn["members"]
    assert {s.name.partition(".")[0] for s in space} == {"extra-trees", "boosting", "network"}
    assert space_of(PlainOptions(), ["logistic"], 1000, 3) == ()
    light = {s.name.partition(".")[2] for s in space_of(PlainOptions(), ["lightgbm"], 1000, 3)}
    assert light <= set(MEMBER_SETTINGS["lightgbm"])


def test_what_is_given_is_not_searched():
    given = {"members": {"boosting": {"leaves": 8}}}
    names = [s.name for s in space_of(PlainOptions(), ["boosting"], 1000, 2, given=given)]
    assert "boosting.leaves" not in names and "boosting.l2" in names
    assert with_settings(given, {"members": {"boosting": {"l2": 3.0}}}) == {
        "members": {"boosting": {"leaves": 8, "l2": 3.0}}
    }
    names = [s.name for s in space_of(MarginOptions(), [], 1000, 2, given={"head": "cosface"})]
    assert "head" not in names and "embedding_dim" in names


def test_ranges_follow_rows_and_classes_and_an_own_network_has_no_size():
    def high(rows, classes):
        return {s.name: s.high for s in space_of(PlainOptions(), [], rows, classes)}["width"]

    assert high(100, 2) < high(1000, 2) < high(10_000, 2) and high(100, 2) < high(100, 500)
    own = MaskedOptions(network="my:network")
    names = {s.name for s in space_of(own, [], 1000, 2)}
    assert names == {"learning_rate", "weight_decay", "hidden_rate"}


def test_yes_and_one_are_told_apart_and_numbers_can_be_typed():
    space = [Setting("side_offset", True, (True, False)), Setting("rate", 0.5, low=0, high=1)]
    assert settings_of({"side_offset": False, "rate": 0.5}, space) == {"side_offset": False}

    class Third(Highest):
        def suggest_float(self, name, low, high, log):
            return 1 / 3

    assert space[1].suggest(Third()) == 0.333
