from __future__ import annotations

import pytest

from labelfeed.report.tuning_charts import history, importance_chart

PNG = b"\x89PNG"


@pytest.mark.parametrize("least", [True, False])
def test_a_history_is_drawn_with_gaps_and_without_defaults(least):
    whole, early = [0.5, None, 0.6], [None, 0.1, None]
    one = history([0, 1, 2], whole, early, 0.5, "log loss", "Trials", least=least)
    assert one.startswith(PNG)
    assert one != history([0, 1, 2], whole, early, None, "log loss", "Trials", least=least)
    assert history([], [], [], None, "log loss").startswith(PNG)


def test_shares_of_many_settings_are_the_largest_ones():
    few = {f"s{n}": 1 / (n + 1) for n in range(12)}
    assert importance_chart(few).startswith(PNG) and importance_chart(few) == importance_chart(
        few | {"least": 0.0}
    )
