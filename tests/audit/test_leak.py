"""The verdict: every planted leak is found, no clean model is accused."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

import labelfeed
from labelfeed.audit import audit
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor
from tests.audit import naive_models as naive
from tests.audit.cases import CLEAN, PLANTED, Case

SPEC = LabelSpec.single(4)
X, Y = naive.separated()


def copy(x, y):
    return np.eye(4)[y]


# The audit asks a predictor and reads arrays: what trains our own models, and a plain Keras model
# of each verdict, run on every backend; other designs and data where training is quickest.
EVERYWHERE = (
    "LabelFedModel that scores shown",
    "LabelFedModel that feeds y to evaluate",
    "Masked(0.5), conditional, separated",
    "embedding, 2 epochs, separated",
    "unused label input, separated",
)
FIRST = [c for c in (*PLANTED, *CLEAN) if c.name in EVERYWHERE]
FURTHER = [c for c in (*PLANTED, *CLEAN) if c not in FIRST]
assert len(FIRST) == len(EVERYWHERE)


@pytest.mark.only_backend("torch")
@pytest.mark.parametrize("case", FURTHER, ids=lambda case: case.name)
def test_verdict_of_further_designs(case: Case) -> None:
    result = case.run(0)
    assert result.verdict in case.right, str(result)
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.parametrize("case", FIRST, ids=lambda case: case.name)
def test_verdict(case: Case) -> None:
    result = case.run(0)
    assert result.verdict in case.right, str(result)
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.only_backend("torch")
def test_arcface_as_a_layer_scores_100_percent_on_pure_noise() -> None:
    keras.utils.set_random_seed(0)
    x, y = naive.noise()
    fed = naive.one_hot(y, 4)
    model = naive.train(naive.arcface_as_layer(10, 4), [x[:400], fed[:400]], y[:400])
    assert model.evaluate([x[400:], fed[400:]], y[400:], verbose=0)[1] > 0.98
    result = audit(model, x[400:], y[400:], SPEC)
    assert result.leaks
    assert result.follow[0].follow_rate > 0.98
    assert result.accuracy.unknown < 0.4


def test_few_rows_cannot_clear_a_model_but_can_convict_it() -> None:
    def faint(x, y):
        return x[:, :4] + 0.01 * np.eye(4)[y] * np.sin(9 * x[:, :1])

    assert audit(faint, X[:20], Y[:20], SPEC).verdict == "cannot tell"
    assert audit(faint, X, Y, SPEC).verdict == "no leak found"
    assert audit(copy, X[:20], Y[:20], SPEC).verdict == "leak"
    nobody = audit(copy, X, np.full(len(X), -1), SPEC)
    assert (nobody.verdict, nobody.rows) == ("cannot tell", 0)


def test_unlabelled_rows_are_left_out_and_many_rows_are_sampled() -> None:
    labels = np.where(np.arange(len(Y)) % 2, Y, -1)
    assert audit(copy, X, labels, SPEC).rows == len(Y) // 2
    big = np.tile(X, (5, 1))
    first, second = (audit(copy, big, np.tile(Y, 5), SPEC, seed=3) for _ in range(2))
    assert first.rows == 2000
    assert first == second


def test_a_copied_column_is_a_leak_of_the_data() -> None:
    table = np.column_stack([X, 10 * Y])
    result = audit(lambda x, y: x[:, :4], table, Y, SPEC)
    assert (result.verdict, result.leaks) == ("data leak", True)
    assert result.reasons[1].startswith("label not read: ")
    assert str(result).startswith("DATA LEAK: label")
    (warning,) = result.warnings
    assert (warning.kind, str(warning)) == (
        "feature copy",
        "column '10' determines 'label' one to one",
    )


def test_names_and_missing_labels_are_encoded_by_the_spec() -> None:
    spec = LabelSpec.single(["a", "b", "c", "d"], name="kind")
    labels = [None if i % 3 == 0 else "abcd"[k] for i, k in enumerate(Y)]
    assert audit(copy, X, labels, spec).rows == 400
    with pytest.raises(LabelError, match="kind"):
        audit(copy, X, ["e"] * len(X), spec)


def test_a_model_that_knows_its_label_needs_no_spec() -> None:
    own = as_predictor(copy, SPEC, reads_label=True)
    assert audit(own, X, Y).verdict == audit(copy, X, Y, SPEC).verdict == "leak"
    with pytest.raises(ValueError, match="Pass its spec"):
        audit(copy, X, Y)


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="x has 600 rows, y has 5"):
        audit(copy, X, Y[:5], SPEC)
    for name in ("alpha", "min_excess"):
        with pytest.raises(ValueError, match=name):
            audit(copy, X, Y, SPEC, **{name: 0.0})
    with pytest.raises(ValueError, match="min_pull"):
        audit(copy, X, Y, SPEC, min_pull=0.0)


@pytest.mark.only_backend("torch")
def test_the_package_can_be_called_and_one_of_several_outputs_is_audited() -> None:
    both = {"other": lambda x, y: x[:, :4], "label": copy}

    def outputs(x, y):
        return {name: function(x, y) for name, function in both.items()}

    assert labelfeed.audit(outputs, X, Y, SPEC) == audit(outputs, X, Y, SPEC, output="label")
    assert labelfeed.audit(outputs, X, Y, SPEC).verdict == "leak"
    assert audit(outputs, X, Y, SPEC, output="other").verdict == "label not read"
