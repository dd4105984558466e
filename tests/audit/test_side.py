"""Side labels: their use is legitimate; a target in disguise is warned of."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.audit import audit
from labelfeed.labels.spec import LabelSpec

N = 200
RNG = np.random.default_rng(0)
TARGET = RNG.integers(0, 4, N)
COARSE = TARGET // 2
X = np.eye(2)[TARGET % 2] * 5.0 + RNG.normal(size=(N, 2))
SIDE = LabelSpec.single(2, name="pair")


def by_pair(x, pair):
    """Four scores from two features and the known pair of classes."""
    return np.hstack([x, x]) + 9.0 * np.repeat(np.eye(2)[pair], 2, axis=1)


def test_following_a_coarse_class_is_no_leak() -> None:
    result = audit(by_pair, X, COARSE, SIDE, target=TARGET)
    assert (result.verdict, result.warnings) == ("no leak found", ())
    assert result.accuracy.true > 0.9
    assert result.accuracy.wrong < 0.1
    assert result.accuracy.unknown is None


def test_a_label_that_determines_the_target_is_a_leak_of_the_data() -> None:
    renamed = LabelSpec.single(["d", "c", "b", "a"], name="code")
    result = audit(lambda x, y: np.eye(4)[3 - y], X, 3 - TARGET, renamed, target=TARGET)
    assert result.leaks and result.verdict == "data leak"
    assert "NO LEAK FOUND" not in str(result)
    assert result.warnings[0].kind == "side label determines target"
    assert "'code' determines the target" in str(result.warnings[0])


def test_a_side_label_that_is_ignored_is_not_read() -> None:
    result = audit(lambda x, y: np.hstack([x, x]), X, COARSE, SIDE, target=TARGET)
    assert result.verdict == "label not read"


def test_multi_side_labels_and_multi_targets() -> None:
    spec = LabelSpec.multi(["old", "tall"])
    side = RNG.integers(0, 2, (N, 2))
    target = np.column_stack([side[:, 1], RNG.integers(0, 2, N)])
    target[:5] = -1
    result = audit(lambda x, y: y[:, ::-1] - 0.5, X, side, spec, target=target)
    assert "'tall' determines the target 0" in str(result.warnings[0])
    assert len(result.warnings) == 1
    assert 0.5 < result.accuracy.true < 1.0


def test_without_a_known_target_nothing_can_be_told() -> None:
    result = audit(by_pair, X, COARSE, SIDE, target=np.full(N, -1))
    assert result.verdict == "cannot tell"


def test_a_target_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="target has 10 rows"):
        audit(by_pair, X, COARSE, SIDE, target=TARGET[:10])
