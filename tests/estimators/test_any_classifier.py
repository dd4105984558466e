"""Any scikit-learn classifier as a plain model."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from labelfeed.estimators.any_classifier import ClassifierMember
from labelfeed.estimators.column_math import column_losses, probabilities_of
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.folds import deal_folds
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import labels_that_hang_together, mixed


def test_one_a_column_with_unknown_labels_and_classes() -> None:
    x, y, spec = mixed()
    y[::3, :3] = -1
    fitted = ClassifierMember(LogisticRegression()).cross_fit(x, y, spec, deal_folds(y))
    losses = column_losses(y, fitted.oof, spec)
    assert losses[y[:, 0] >= 0, 0].mean() < 0.8 and losses[:, 1].mean() < 0.4
    assert len(fitted.final.models) == 3


def test_a_class_that_a_fold_did_not_see_is_put_where_it_belongs() -> None:
    x, y, spec = mixed(40)
    folds = np.where(y[:, 1] == 1, 0, 1)  # fold 0 holds all that is 'g'
    oof = ClassifierMember(GaussianNB()).cross_fit(x, y, spec, folds).oof
    p = probabilities_of(oof, spec)
    assert p[folds == 0, 1].max() < 0.001 and p[folds == 0][:, [0, 2]].max() > 0.9


def test_a_label_of_one_state_is_its_base_rate() -> None:
    x, y = labels_that_hang_together(40)
    y[:, 0], y[:, 1] = 1, -1
    final = ClassifierMember(GaussianNB()).cross_fit(x, y, LabelSpec.multi(4), deal_folds(y)).final
    assert final.logits(x)[:, 0] == pytest.approx(np.log(81)) and (final.logits(x)[:, 1] == 0).all()


@pytest.mark.parametrize(
    "estimator",
    [
        MultiOutputClassifier(LogisticRegression()),
        ClassifierChain(LogisticRegression()),
        KNeighborsClassifier(20),
    ],
)
def test_one_for_all_labels_is_as_good_and_falls_back_where_labels_are_unknown(estimator) -> None:
    x, y = labels_that_hang_together()
    spec, folds = LabelSpec.multi(4), deal_folds(y)
    whole = ClassifierMember(estimator, whole=True).cross_fit(x, y, spec, folds)
    assert len(whole.final.models) == 1
    assert ((whole.oof > 0) == y).mean() > 0.57
    assert whole.final.logits(x).shape == (240, 4)
    y[:9, 0] = -1
    apart = ClassifierMember(estimator, whole=True).cross_fit(x, y, spec, folds)
    assert len(apart.final.models) == 4 and np.isfinite(apart.oof).all()


def test_weights_go_to_those_that_take_them() -> None:
    x, y = np.zeros((20, 1)), np.repeat([[1], [0]], 10, axis=0)
    w, spec, folds = np.repeat([9.0, 1.0], 10), LabelSpec.multi(1), np.arange(20) % 2
    takes = ClassifierMember(LogisticRegression()).cross_fit(x, y, spec, folds, sample_weight=w)
    not_ = ClassifierMember(KNeighborsClassifier(3)).cross_fit(x, y, spec, folds, sample_weight=w)
    assert takes.final.logits(x)[0, 0] == pytest.approx(np.log(9), abs=1e-3)
    assert np.isfinite(not_.oof).all()


@pytest.mark.parametrize("estimator", [LinearRegression(), RidgeClassifier(), object()])
def test_without_probabilities_it_is_refused(estimator) -> None:
    with pytest.raises(EstimatorError, match=r"no predict_proba.*CalibratedClassifierCV"):
        ClassifierMember(estimator)


def test_a_class_is_no_classifier() -> None:
    with pytest.raises(EstimatorError, match=r"give an instance: GaussianNB\(\)"):
        ClassifierMember(GaussianNB)


def test_probabilities_of_another_shape_are_refused() -> None:
    class Odd(GaussianNB):
        def predict_proba(self, X: np.ndarray) -> np.ndarray:
            return super().predict_proba(X)[:, :1]

    x, y = labels_that_hang_together(20)
    with pytest.raises(EstimatorError, match=r"'0'.*shape \(\d+, 1\), \(\d+, 2\)"):
        ClassifierMember(Odd()).cross_fit(x, y, LabelSpec.multi(4), deal_folds(y))
