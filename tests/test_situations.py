"""Every situation in which Keras models are used, as one row of a table, on every backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests._situations import Situation
from tests._situations_data import DATA
from tests._situations_keras import KERAS
from tests._situations_scores import SCORES

ROWS = DATA | SCORES | KERAS


@pytest.mark.parametrize("situation", ROWS.values(), ids=list(ROWS))
def test_situation(situation: Situation, tmp_path: Path) -> None:
    situation(tmp_path)
