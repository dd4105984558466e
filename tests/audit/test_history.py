"""Teacher forcing: the true history, the model's own, and one that is not shifted."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from labelfeed.audit.history import audit_history
from labelfeed.audit.leak import audit
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.responses import PredictorError

pytestmark = pytest.mark.only_backend("torch")
RNG = np.random.default_rng(0)
SPEC, START = LabelSpec.single(3, name="state"), 3
Y = np.empty((80, 8), int)
Y[:, 0] = RNG.integers(0, 3, 80)
for _step in range(1, 8):  # seldom another state
    moves = RNG.random(80) < 0.15
    Y[:, _step] = np.where(moves, RNG.integers(0, 3, 80), Y[:, _step - 1])
X = RNG.normal(size=(80, 8, 3)) + 0.3 * np.eye(3)[Y]


def leaning(x, history):
    """Say what was there a step ago; at the first step what the features say."""
    return x + 5.0 * np.eye(4)[history][..., :3]


def looking_ahead(x, history):
    later = np.concatenate([history[:, 1:], history[:, :1]], axis=1)
    return x + 5.0 * np.eye(4)[later][..., :3]


def fair(x, history):
    return 50 * (np.eye(3)[Y[: len(x)]] if len(x) == 80 else x) + 1e-2 * np.eye(4)[history][..., :3]


def test_a_score_with_the_true_history_that_the_model_has_not_alone_is_suspect() -> None:
    result = audit_history(leaning, X, Y, SPEC, start=START)
    assert (result.verdict, result.leaks) == ("suspect", False)
    assert [f.kind for f in result.findings] == ["teacher forcing"]
    assert result.history.true > result.history.own + 0.1
    assert result.history.looks_ahead == 0.0
    assert "accuracy by history: true" in str(result)
    json.dumps(result.to_dict(), allow_nan=False)


def test_a_step_that_reads_its_own_label_is_a_leak() -> None:
    result = audit(looking_ahead, X, Y, SPEC, history=START)
    assert result.verdict == "leak"
    assert [f.kind for f in result.findings] == ["later labels read"]


def test_a_history_that_hardly_counts_is_clean_and_one_that_is_not_read_is_said() -> None:
    result = audit_history(fair, X, Y, SPEC, start=START)
    assert (result.verdict, result.findings) == ("no leak found", ())
    assert result.history.true == result.history.own == 1.0
    unread = audit_history(lambda x, history: x, X, Y, SPEC, start=START)
    assert (unread.verdict, unread.findings[0].kind) == ("label not read", "label without effect")


def test_unknown_labels_count_nowhere_and_few_rows_cannot_clear() -> None:
    labels = np.where(RNG.random(Y.shape) < 0.3, -1, Y)
    assert audit_history(leaning, X, labels, SPEC, start=START).verdict == "suspect"
    assert audit_history(fair, X[:9], Y[:9], SPEC, start=START).verdict == "cannot tell"
    assert audit_history(leaning, X, np.full_like(Y, -1), SPEC, start=START).rows == 0


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize("steps", [8, None])
def test_a_network_is_fed_ids_or_one_hot_rows(one_hot: bool, steps: int | None) -> None:
    x = keras.Input((steps, 3), name="features")
    y = keras.Input((steps, 3) if one_hot else (steps,), name="history")
    beside = y if one_hot else keras.layers.Embedding(4, 3)(y)
    h = keras.layers.Concatenate()([x, beside])
    causal = keras.Model([x, y], keras.layers.Conv1D(3, 2, padding="causal")(h))
    both = keras.Model([x, y], keras.layers.Conv1D(3, 3, padding="same")(h))
    found = audit_history(causal, X, Y, SPEC, start=START)
    assert found.verdict != "leak" and found.read.read
    assert audit_history(both, X, Y, SPEC, start=START).verdict == "leak"


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"y of shape \(n, steps\)"):
        audit_history(leaning, X, Y[:, 0], SPEC, start=START)
    with pytest.raises(PredictorError, match="Expected scores"):
        audit_history(lambda x, h: x[..., :2], X, Y, SPEC, start=START)
    with pytest.raises(ValueError, match="neither target= nor train="):
        audit(leaning, X, Y, SPEC, history=START, train=len)
    with pytest.raises(TypeError, match="a model or a function"):
        audit_history(3, X, Y, SPEC, start=START)
