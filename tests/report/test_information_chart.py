"""The information curve as a picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from labelfeed.audit.information_curve import information_curve
from labelfeed.metrics.information import InformationCurve
from labelfeed.report.information_chart import information_chart

LABELS = np.random.default_rng(0).integers(0, 2, (60, 4))


def measured(**kwargs: object) -> InformationCurve:
    return information_curve(
        lambda x, known: np.where(known >= 0, known, 0.5), None, LABELS, **kwargs
    )


@pytest.mark.parametrize("metric", ["macro_auc", "calibration_error"])
def test_is_a_picture_with_every_line(metric: str) -> None:
    curves = {"one": measured(seeds=2), "two": measured(seeds=2)}
    picture = Image.open(io.BytesIO(information_chart(curves, metric, "findings")))
    assert picture.format == "PNG" and min(picture.size) > 200


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="same shares"):
        information_chart({"a": measured(shares=[0.0]), "b": measured(shares=[0.5])})
    with pytest.raises(ValueError, match=r"same shares, got \[\]"):
        information_chart({})
    with pytest.raises(ValueError, match="metric must be one of"):
        information_chart({"a": measured()}, "accuracy")


def test_the_last_label_is_left_out_where_another_share_leaves_one_too(monkeypatch) -> None:
    drawn = []
    monkeypatch.setattr(
        "labelfeed.report.information_chart.curve", lambda at, *_: drawn.append(at) or b""
    )
    information_chart({"a": measured(shares=[0.0, 0.5, 0.75, "last"])})  # 3 of 4 are .75
    information_chart({"a": measured(shares=[0.0, 0.5, "last"])})
    assert drawn == [[0.0, 0.5, 0.75], [0.0, 0.5, 0.75]]
