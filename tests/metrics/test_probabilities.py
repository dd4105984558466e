from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    roc_auc_score,
)

from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import accuracy_gains, mean_scores, score


def test_single_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200)
    p = rng.dirichlet(np.ones(3), 200)
    got = score(labels, p, LabelSpec.single(["a", "b", "c"]))
    assert got.accuracy == np.mean(p.argmax(1) == labels)
    assert got.balanced_accuracy == pytest.approx(balanced_accuracy_score(labels, p.argmax(1)))
    assert got.macro_auc == pytest.approx(roc_auc_score(labels, p, multi_class="ovr"))
    assert got.log_loss == pytest.approx(log_loss(labels, p))
    assert (got.rows, got.labels, got.skipped) == (200, 200, ())
    assert list(got.auc) == ["a", "b", "c"]


def test_two_classes_have_one_area():
    labels, p = np.array([0, 1, 1, 0]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])
    got = score(labels, p, LabelSpec.single(["no", "yes"]))
    assert got.auc == {"yes": 0.75}


def test_multi_scores_only_the_labels_that_are_given():
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 2, (300, 2))
    p = rng.random((300, 2))
    got = score(labels, p, LabelSpec.multi(["a", "b"]))
    known = labels != -1
    assert got.labels == known.sum()
    assert got.rows == known.any(axis=1).sum()
    assert got.accuracy == np.mean((p[known] >= 0.5) == labels[known])
    for i, name in enumerate("ab"):
        rows = known[:, i]
        assert got.auc[name] == pytest.approx(roc_auc_score(labels[rows, i], p[rows, i]))
    assert got.macro_auc == pytest.approx(np.mean(list(got.auc.values())))
    assert got.micro_auc == pytest.approx(roc_auc_score(labels[known], p[known]))
    assert got.log_loss == pytest.approx(log_loss(labels[known], p[known]))
    precision = [average_precision_score(labels[k, i], p[k, i]) for i, k in enumerate(known.T)]
    assert got.average_precision == pytest.approx(np.mean(precision))
    # What is not scored may be anything.
    assert score(labels, np.where(known, p, 0.123), LabelSpec.multi(["a", "b"])) == got


def test_labels_with_one_state_are_skipped_and_named():
    labels = np.array([[1, 0, -1], [0, 0, -1], [1, 0, -1]])
    got = score(labels, np.full((3, 3), 0.4), LabelSpec.multi(["a", "b", "c"]))
    assert got.skipped == ("b", "c")
    assert got.macro_auc == got.auc["a"] == 0.5
    assert got.average_precision == pytest.approx(2 / 3)  # of "a" alone
    single = score(np.array([0, 0]), np.full((2, 3), 1 / 3), LabelSpec.single(3))
    assert single.macro_auc is None
    assert single.skipped == ("0", "1", "2")


def test_nothing_to_score():
    got = score(np.array([-1, -1]), np.full((2, 2), 0.5), LabelSpec.single(2))
    assert (got.rows, got.accuracy, got.macro_auc, got.log_loss) == (0, None, None, None)
    assert got.to_json()["skipped"] == ["0", "1"]


def test_certain_and_wrong_is_finite():
    got = score(np.array([0, 1]), np.eye(2)[[1, 1]], LabelSpec.single(2))
    assert np.isfinite(got.log_loss)
    multi = score(np.array([[1]]), np.array([[0.0]]), LabelSpec.multi(1))
    assert multi.log_loss == pytest.approx(16.118, 1e-3)


def test_calibration_error_is_the_gap_of_the_bins():
    y = np.array([[1], [0], [0], [0], [1], [1]])
    p = np.array([[0.25], [0.25], [0.25], [0.25], [0.75], [0.75]])
    spec = LabelSpec.multi(1)
    assert score(y, p, spec).calibration_error == pytest.approx(2 / 6 * 0.25)
    assert score(y, y.astype(float), spec).calibration_error == 0
    # Of a single label: the most probable class has .9 or .6, and is right each time and once.
    sure = np.array([[0.9, 0.1], [0.1, 0.9], [0.6, 0.4], [0.4, 0.6]])
    got = score(np.array([0, 1, 0, 0]), sure, LabelSpec.single(2))
    assert got.calibration_error == pytest.approx((2 * 0.1 + 2 * 0.1) / 4)
    assert got.micro_auc is None


def test_means_over_draws_leave_out_what_a_draw_has_not():
    spec = LabelSpec.multi(["a", "b"])
    p = np.array([[0.9, 0.2], [0.2, 0.6]])
    drawn = [score(np.array(y), p, spec) for y in ([[1, 0], [0, 1]], [[0, -1], [1, -1]])]
    got = mean_scores(drawn)
    assert got["auc"] == {"a": 0.5, "b": 1.0}
    assert got["macro_auc"] == 0.5 and got["labels"] == 3
    assert got["micro_auc"] == pytest.approx((drawn[0].micro_auc + drawn[1].micro_auc) / 2)


def test_gains_in_accuracy_are_by_row():
    colour = LabelSpec.single(["red", "green", "blue"], name="colour")
    spec = LabelSpec.columns([colour, "fever"])
    labels = np.array([[1, 0, 0, 1], [0, 1, 0, -1], [-1, -1, -1, -1]])
    ours = np.array([[0.8, 0.1, 0.1, 0.9], [0.8, 0.1, 0.1, 0.9], [0.8, 0.1, 0.1, 0.9]])
    theirs = np.array([[0.1, 0.8, 0.1, 0.9], [0.1, 0.8, 0.1, 0.1], [0.8, 0.1, 0.1, 0.9]])
    assert accuracy_gains(labels, ours, theirs, spec).tolist() == [0.5, -1.0]


def test_shapes_must_fit():
    with pytest.raises(ValueError, match=r"got \(2, 2\) and \(2, 3\)"):
        score(np.zeros((2, 2)), np.zeros((2, 3)), LabelSpec.multi(2))
    with pytest.raises(ValueError, match=r"probabilities \(2, 3\), got \(2,\) and \(2, 1\)"):
        score(np.zeros(2), np.zeros((2, 1)), LabelSpec.single(3))


def test_columns_of_classes_are_scored_by_their_most_probable_class():
    colour = LabelSpec.single(["red", "green", "blue"], name="colour")
    spec = LabelSpec.columns([colour, "fever"])
    labels = np.array([[1, 0, 0, 1], [0, 1, 0, -1], [0, -1, -1, 0], [0, 0, 1, 0]])
    p = np.array(
        [[0.4, 0.3, 0.3, 0.5], [0.5, 0.3, 0.2, 0.1], [0.2, 0.4, 0.4, 0.7], [0.1, 0.1, 0.8, 0.2]]
    )
    got = score(labels, p, spec)
    # colour: right, wrong, (not red: no class), right; fever: right, unknown, wrong, right
    assert (got.rows, got.labels) == (4, 6)
    assert got.accuracy == pytest.approx(4 / 6)
    assert got.balanced_accuracy == pytest.approx((2 / 3 + (1 + 1 / 2) / 2) / 2)
    likelihood = [0.4, 0.3, 0.8, 0.5, 0.3, 0.8]
    assert got.log_loss == pytest.approx(-np.mean(np.log(likelihood)))
    assert set(got.auc) == {"colour=red", "colour=green", "colour=blue", "fever"}
    assert got.auc["colour=red"] == pytest.approx(2 / 3)
    nothing = score(np.array([[0, -1, -1, -1]]), p[:1], spec)
    assert (nothing.labels, nothing.accuracy, nothing.log_loss) == (0, None, None)


SPECS = {
    "single": LabelSpec.single(4),
    "two classes": LabelSpec.single(2),
    "multi": LabelSpec.multi(3),
    "columns": LabelSpec.columns([LabelSpec.single(["a", "b", "c"], "k", ordered=True), "z"]),
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_weight_counts_a_row_that_often(spec):
    rng = np.random.default_rng(0)
    labels = np.full((60, *spec.shape), -1, np.int32)
    for column in spec.label_columns:
        column.put(labels, rng.integers(-1, column.num_classes, 60))
    p = rng.uniform(0.05, 0.95, (60, spec.num_classes))
    p = p if spec.shape else p / p.sum(axis=1, keepdims=True)
    times = rng.integers(0, 4, 60)
    often = score(labels.repeat(times, axis=0), p.repeat(times, axis=0), spec)
    weighted = score(labels, p, spec, times)
    for name, value in often.to_json().items():
        if name not in ("rows", "labels", "ranks"):
            assert getattr(weighted, name) == pytest.approx(value), name
    for name, of_column in often.ranks.items():
        assert weighted.ranks[name] == pytest.approx(of_column)
    cells = np.broadcast_to(times if not spec.shape else times[:, None], labels.shape)
    assert score(labels, p, spec, cells) == weighted
    assert score(labels, p, spec, np.zeros(60)).accuracy is None


def test_ordered_classes_are_scored_by_how_far_off():
    labels, p = np.array([0, 1, 2, 2, -1]), np.eye(3)[[0, 1, 2, 0, 1]]
    plain, ordered = (score(labels, p, LabelSpec.single(3, ordered=o)) for o in (False, True))
    assert (plain.rank_error, plain.kappa) == (None, None)
    assert ordered.rank_error == 0.5
    assert ordered.kappa == pytest.approx(1 - 1 / 1.625)
    one = SPECS["columns"].encode([{"k": "a", "z": 1}, {"k": "c", "z": 0}])
    found = score(one, np.array([[0.9, 0, 0.1, 1], [0.7, 0.3, 0, 0]]), SPECS["columns"])
    assert (found.rank_error, found.kappa) == (1.0, 0.0)


def test_ordered_columns_are_scored_each_and_numbers_elsewhere():
    ranks = [LabelSpec.single(3, name, ordered=True) for name in ("pain", "grade")]
    spec = LabelSpec.columns([*ranks, LabelSpec.number(np.arange(9), "age", ranges=3), "fever"])
    labels = spec.encode([{"pain": 2, "grade": 0, "age": 1.0}, {"pain": 0, "age": 8.0}])
    p = np.tile([0.45, 0.15, 0.4, 1, 0, 0, 1, 0, 0, 0.5], (2, 1))
    found = score(labels, p, spec)
    assert found.ranks == {
        "pain": {"rank_error": 1.0, "median_error": 1.0, "kappa": 0.0},
        "grade": {"rank_error": 0.0, "median_error": 0.0, "kappa": None},
    }
    assert (found.rank_error, found.kappa) == (0.5, 0.0)
    means = mean_scores([found, score(labels[:1], p[:1], spec)])
    assert means["ranks"]["pain"]["rank_error"] == 1.5


def test_soft_targets_are_counted_and_in_no_score():
    spec = LabelSpec.multi(["a", "b"])
    p = np.array([[0.9, 0.2], [0.4, 0.7], [0.1, 0.8]])
    hard, soft = np.array([[1, 0], [0, -1], [-1, 1]]), [[1.0, 0], [0, 0.6], [np.nan, 1]]
    got = score(np.array(soft), p, spec)
    assert got.soft == 1
    assert got.to_json() == {**score(hard, p, spec).to_json(), "soft": 1}
    assert mean_scores([got])["soft"] == 1
    assert score(np.array([[0.5, 0.5]]), p[:1], spec).soft == 2


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_of_what_is_rare_agree_with_scikit_learn(weighted):
    rng = np.random.default_rng(0)
    w = rng.random(400) if weighted else None
    labels, p = rng.choice(3, 400, p=[0.7, 0.25, 0.05]), rng.dirichlet(np.ones(3), 400)
    got = score(labels, p, LabelSpec.single(3), w)
    expected = f1_score(labels, p.argmax(axis=1), average="macro", sample_weight=w)
    assert got.macro_f1 == pytest.approx(expected)
    each = [average_precision_score(labels == c, p[:, c], sample_weight=w) for c in range(3)]
    assert got.average_precision == pytest.approx(np.mean(each))
    assert got.rarest == pytest.approx(np.average(labels == 2, weights=w))
    labels = np.where(rng.random((400, 2)) < [0.6, 0.03], 1, 0)
    labels[:9] = -1
    p = rng.random((400, 2))
    got = score(labels, p, LabelSpec.multi(2), w)
    own = None if w is None else w[9:]
    expected = [
        f1_score(labels[9:, i], p[9:, i] >= 0.5, average="macro", sample_weight=own) for i in (0, 1)
    ]
    assert got.macro_f1 == pytest.approx(np.mean(expected))
    assert got.rarest == pytest.approx(np.average(labels[9:, 1], weights=own))


def test_two_classes_have_the_average_precision_of_yes_or_of_the_rarer_one():
    labels = np.array([0, 1, 1, 0, 1])
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5], [0.7, 0.3]])
    of_yes = average_precision_score(labels, p[:, 1])
    of_rarer = average_precision_score(labels == 0, p[:, 0])
    assert of_yes != pytest.approx(of_rarer)
    for names, expected in ((["no", "yes"], of_yes), (["ill", "well"], of_rarer)):
        got = score(labels, p, LabelSpec.single(names))
        assert got.average_precision == pytest.approx(expected)
    got = score(1 - labels, p[:, ::-1], LabelSpec.single(["well", "ill"]))
    assert got.average_precision == pytest.approx(of_rarer)
