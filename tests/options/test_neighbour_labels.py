"""The options of `neighbour-labels`."""

from __future__ import annotations

from labelfeed.options import TrainingOptions
from labelfeed.options.underneath import underneath


def test_a_table_stands_on_plain_models_unless_a_network_is_asked_for() -> None:
    for options, under in (
        ({}, "auto"),
        ({"plain": "logistic"}, "logistic"),
        ({"width": 8}, "network"),
    ):
        assert (
            underneath(TrainingOptions("neighbour-labels", **options).of("neighbour-labels"))
            == under
        )
