"""The classifier that reads known labels, in scikit-learn's manner."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from labelfeed.estimators import EstimatorError, LabelFedClassifier
from labelfeed.estimators.blend import Blend
from labelfeed.estimators.column_math import column_losses, probabilities_of
from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import labels_that_hang_together, mixed


def test_known_labels_help_and_nothing_known_is_the_plain_blend() -> None:
    x, y = labels_that_hang_together()
    model = LabelFedClassifier(plain="logistic").fit(x, y)
    assert model.readers_ is not None and "known labels save" in model.summary()
    new, truth = labels_that_hang_together(seed=1)
    known = truth.copy()
    known[:, 0] = -1
    plain, told = model.predict_proba(new), model.predict_proba(new, known)
    assert (model.predict_proba(new, np.full(truth.shape, -1)) == plain).all()
    right = [np.where(truth[:, 0] == 1, p[:, 0], 1 - p[:, 0]) for p in (plain, told)]
    assert np.log(right[1]).mean() > np.log(right[0]).mean() + 0.05
    assert (
        model.plain_logits(new) == model.blend_.logits([model.members_[0].final.logits(new)])
    ).all()


def test_a_soft_known_label_is_the_mean_of_both_answers() -> None:
    x, y = labels_that_hang_together()
    model = LabelFedClassifier(plain="logistic").fit(x, y)
    no, yes, soft = (model.predict_proba(x, {"1": p}) for p in (0, 1, 0.7))
    np.testing.assert_allclose(soft[:, 0], 0.3 * no[:, 0] + 0.7 * yes[:, 0])
    assert (soft[:, 1] == 0.7).all() and np.abs(yes - no)[:, 0].max() > 0.1
    with pytest.raises(LabelError, match=r"got 1\.2; expected .*a probability"):
        model.predict_proba(x, {"1": 1.2})


def test_auto_is_no_worse_out_of_fold_than_its_best_and_repeats_itself() -> None:
    x, y, spec = mixed(60)
    model = LabelFedClassifier(spec=spec, folds=2).fit(x, y)
    assert [m.name for m in model.members_] == ["logistic", "extra-trees", "boosting"]
    assert model.blend_.losses[3] <= model.blend_.losses[:3].min()
    again = clone(model).fit(x, y)
    assert (again.predict_proba(x, y) == model.predict_proba(x, y)).all()
    assert model.predict(x)[:, :3].sum(axis=1).tolist() == [1] * 60
    assert set(model.seconds_) == {"logistic", "extra-trees", "boosting", "blend", "readers"}


def test_one_target_has_classes_and_no_reader() -> None:
    data = load_wine(return_X_y=True)
    names = np.array(["a", "b", "c"])[data[1]]
    model = LabelFedClassifier(plain=["logistic", LogisticRegression(max_iter=5000)])
    model.fit(data[0], names)
    assert model.classes_.tolist() == ["a", "b", "c"] and model.readers_ is None
    assert (model.predict(data[0]) == names).mean() > 0.97
    assert model.predict_proba(data[0]).sum(axis=1) == pytest.approx(1)
    assert "known labels" not in model.summary()


def test_given_probabilities_are_read_like_any_model() -> None:
    x, y = labels_that_hang_together()
    p = np.full(y.shape, 0.5)
    for plain, features in ((p, x), ("given", p)):
        model = LabelFedClassifier(plain=plain).fit(features, y)
        told = model.predict_proba(p[:1], known=[[-1, 1, 1, 1]])
        assert model.readers_ is not None and told[0, 0] > 0.65


def test_groups_unknown_labels_and_weights() -> None:
    x, y = labels_that_hang_together()
    y[np.random.default_rng(0).random(y.shape) < 0.3] = -1
    groups, weight = np.arange(240) // 4, np.repeat([1.0, 2.0], 120)
    model = LabelFedClassifier(plain="logistic").fit(x, y, groups=groups, sample_weight=weight)
    assert all(np.ptp(model.folds_[groups == g]) == 0 for g in range(60))
    losses = column_losses(y, model.plain_logits(x), model.spec_)
    assert losses[y >= 0].mean() < np.log(2)
    assert isinstance(model.blend_, Blend)


def test_two_positives_in_all_are_a_small_probability() -> None:
    x, y = labels_that_hang_together(60)
    y[:, 0] = 0
    y[:2, 0] = 1
    p = LabelFedClassifier(folds=3).fit(x, y).predict_proba(x, y)
    assert np.isfinite(p).all() and p[:, 0].mean() < 0.2


@pytest.mark.parametrize(
    ("arguments", "x", "y", "message"),
    [
        ({}, np.zeros((1, 2)), [[1, 0]], "at least 2 rows"),
        ({}, np.zeros((3, 2)), [[1, 0]] * 2, "X has 3 rows and y has 2"),
        ({}, [["a"], ["b"]], [1, 0], "X must be numbers"),
        ({}, [[0.0], [np.nan]], [1, 0], "row 1, column 0"),
        ({}, [[0.0], [1.0]], [[-1, -1], [-1, -1]], "Every label is unknown"),
        ({}, [[0.0], [1.0]], [1, 1], "at least two classes"),
        ({"folds": 1}, [[0.0], [1.0]], [1, 0], "folds must be"),
        ({"plain": []}, [[0.0], [1.0]], [1, 0], "empty list"),
        ({"plain": np.array([[0.5]])}, [[0.0], [1.0]], [1, 0], r"shape \(1, 2\)"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments: dict, x, y, message: str) -> None:
    with pytest.raises(EstimatorError, match=message):
        LabelFedClassifier(**arguments).fit(x, y)


def test_wrong_labels_weights_and_known_rows_are_refused() -> None:
    x, y = labels_that_hang_together(30)
    model = LabelFedClassifier(plain="logistic", spec=LabelSpec.multi(4))
    with pytest.raises(LabelError, match="got 7"):
        model.fit(x, np.where(y == 1, 7, 0))
    with pytest.raises(EstimatorError, match="sample_weight"):
        model.fit(x, y, sample_weight=-np.ones(30))
    model.fit(x, y)
    with pytest.raises(LabelError, match="known= has 2 rows, the features have 30"):
        model.predict_proba(x, known=y[:2])
    with pytest.raises(ValueError, match="X has 2 features, but LabelFedClassifier is expecting 5"):
        model.predict_proba(x[:, :2])


def test_fewer_labels_than_folds_still_cross_fit() -> None:
    x, y = np.arange(3.0)[:, None], np.array([[1, 0], [0, 0], [1, 1]])
    p = LabelFedClassifier().fit(x, y).predict_proba(x)
    assert np.isfinite(p).all() and probabilities_of(np.zeros((1, 1)), LabelSpec.multi(1)) == 0.5


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@pytest.mark.filterwarnings("ignore:y holds -1")
def test_scikit_learns_own_checks_pass() -> None:
    cross_fitted = (
        "Repeated rows may stand in several folds, so that a weight of 2 is not the same: of "
        "scikit-learn's own estimators all that cross-fit differ in the same way."
    )
    check_estimator(
        LabelFedClassifier("logistic"),
        expected_failed_checks={"check_sample_weight_equivalence_on_dense_data": cross_fitted},
        on_skip=None,
    )


def test_it_stands_in_searches_and_pipelines() -> None:
    x, y = load_wine(return_X_y=True, as_frame=True)
    gaps = y.where(np.arange(len(y)) % 10 > 0)  # unknown, as scikit-learn would drop
    pipe = make_pipeline(SimpleImputer(), LabelFedClassifier("logistic"))
    found = GridSearchCV(pipe, {"labelfedclassifier__folds": [2, 3]}, cv=2).fit(x, y)
    assert found.best_score_ > 0.9
    pipe.fit(x, gaps)
    assert pipe.predict(x).dtype.kind == "f" and pipe.score(x, gaps) > 0.97
    assert "LabelFedClassifier" in pipe._repr_html_()


def test_side_labels_are_read_and_may_be_unknown() -> None:
    rng = np.random.default_rng(0)
    x, turned = rng.normal(size=(300, 2)), rng.random(300) < 0.5
    y = np.where((x[:, 0] > 0) == turned, "ill", "well")
    sides = {"scanner": np.where(turned, "A", "B")}
    model = LabelFedClassifier("logistic").fit(x, y, sides=sides)
    assert model.score(x, y, sides=sides) > 0.9 > 0.7 > model.score(x, y)
    plain = LabelFedClassifier("logistic", read=False).fit(x, y)
    assert (model.predict_proba(x) == plain.predict_proba(x)).all()
    one = model.predict_proba(x[:4], sides={"scanner": "A"})
    np.testing.assert_allclose(one, model.predict_proba(x[:4], sides={"scanner": ["A"] * 4}))
    with pytest.raises(EstimatorError, match="leave out sides"):
        plain.predict_proba(x, sides=sides)
    with pytest.raises(EstimatorError, match="reads no known labels"):
        model.predict_proba(x, known=["ill"] * 300)


def test_sides_and_groups_are_routed() -> None:
    rng = np.random.default_rng(0)
    x, turned = rng.normal(size=(120, 2)), rng.random(120) < 0.5
    y, scanner = (x[:, 0] > 0) == turned, np.where(turned, "A", "B")
    with config_context(enable_metadata_routing=True):
        model = LabelFedClassifier("logistic").set_fit_request(sides=True, groups=True)
        pipe = make_pipeline(SimpleImputer(), model.set_predict_proba_request(sides=True))
        pipe.fit(x, y, sides={"scanner": scanner}, groups=np.arange(120) // 2)
        told = pipe.predict_proba(x, sides={"scanner": scanner})
    assert ((told[:, 1] > 0.5) == y).mean() > 0.85 and pipe[-1].classes_.dtype == bool


def test_the_score_leaves_out_what_was_known() -> None:
    x, y = labels_that_hang_together()
    model = LabelFedClassifier("logistic").fit(x, y)
    known = np.where(np.arange(4) < 3, y, -1)
    right = (model.predict(x, known) == y)[:, 3].mean()
    assert model.score(x, y, known=known) == pytest.approx(right)
    assert [c.tolist() for c in model.classes_] == [[0, 1]] * 4
