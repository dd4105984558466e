"""The information curve as it is kept."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.metrics.information import METRICS, InformationCurve

CURVE = InformationCurve(
    (0.0, "last"), dict.fromkeys(METRICS, ((0.5, 0.7), (0.5, 0.9))), (4.0, 1.0)
)


def test_a_share_has_its_mean_and_interval() -> None:
    found = CURVE.interval("macro_auc", "last")
    assert found.mean == pytest.approx(0.8) and found.seeds == 2 and found.low < 0.7
    assert CURVE.gain(CURVE, "log_loss", 0.0).mean == 0
    with pytest.raises(ValueError, match="share must be one of"):
        CURVE.interval("macro_auc", 0.25)
    with pytest.raises(ValueError, match="metric must be one of"):
        CURVE.interval("accuracy", 0.0)


def test_the_frame_has_a_row_for_each_share() -> None:
    frame = CURVE.to_frame()
    assert frame["known"].tolist() == ["0%", "all but one"]
    np.testing.assert_allclose(frame["macro_auc"], [0.5, 0.8])
