"""A split of rows with several labels, and one with a side label, each with its plain model."""

from __future__ import annotations

import pytest

from labelfeed.comparison.design import split_of
from labelfeed.comparison.plain import plain_model
from tests.comparison._rows import design_of, findings, turned


@pytest.fixture(scope="module")
def labelled():
    split = split_of(design_of(findings(150)), 0, 0)
    return split, plain_model(split, "logistic", 0, read=True)


@pytest.fixture(scope="module")
def sided():
    split = split_of(design_of(turned(200)), 0, 0)
    return split, plain_model(split, "logistic", 0, read=False)
