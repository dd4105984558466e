from __future__ import annotations

import json

import numpy as np
import pytest

from labelfeed.estimators.any_classifier import ClassifierMember
from labelfeed.estimators.boosting import BoostingMember
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.known_labels import fit_known_labels
from labelfeed.estimators.member import CrossFitted, Member
from labelfeed.estimators.named_members import MEMBERS
from labelfeed.estimators.plain_arrays import from_arrays, to_arrays
from labelfeed.estimators.trees import tree_arrays
from labelfeed.labels.spec import LabelSpec

rng = np.random.default_rng(0)
X = rng.normal(size=(120, 4)).astype("float32")
Y = np.stack([X[:, 0] > 0, X[:, 0] + rng.normal(size=120) > 0, X[:, 1] > 0.3], axis=1).astype(int)
Y[rng.random(Y.shape) < 0.1] = -1
SPECS = {"multi": LabelSpec.multi(3), "single": LabelSpec.single(3)}
LABELS = {"multi": Y, "single": np.eye(3, dtype=int)[np.digitize(X[:, 0], [-0.5, 0.5])]}
FOLDS = np.arange(120) % 3


def again(value: object, spec: LabelSpec):
    packed = to_arrays(value, spec)
    assert packed is not None
    return from_arrays(packed[0], json.loads(json.dumps(packed[1])), spec)


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize(
    "member",
    [
        MEMBERS["logistic"]((10.0,)),
        ExtraTreesMember(trees=6),
        BoostingMember(iterations=10),
        MEMBERS["neighbours"](steps=4),
    ],
    ids=lambda member: member.name,
)
def test_a_fitted_plain_model_comes_back_to_the_bit(member: Member, kind: str) -> None:
    spec = SPECS[kind]
    fitted = member.cross_fit(X, LABELS[kind], spec, FOLDS)
    kept: CrossFitted = again(fitted, spec)
    assert (kept.name, kept.note) == (fitted.name, fitted.note)
    assert kept.oof.tobytes() == fitted.oof.tobytes()
    assert kept.final is not None and fitted.final is not None
    assert kept.final.logits(X).tobytes() == fitted.final.logits(X).tobytes()
    for one, other in zip(trees_of(kept), trees_of(fitted), strict=True):  # what a network holds
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def trees_of(fitted: CrossFitted) -> list[list[np.ndarray]]:
    final = fitted.final
    models = [part.model for part in getattr(final, "columns", ())]
    models += [final.forest] if hasattr(final, "forest") else []
    return [list(vars(tree_arrays(model)).values()) for model in models]


def test_readers_of_known_labels_come_back_and_what_is_not_known_does_not() -> None:
    spec = LabelSpec.multi(2)
    y = np.repeat(rng.integers(0, 2, (120, 1)), 2, axis=1)
    readers = fit_known_labels(np.zeros((120, 2)), y, spec, FOLDS)
    assert readers is not None
    ids = np.array([[1, -1], [-1, 0]])
    z = np.zeros((2, 2))
    assert again(readers, spec).delta(z, ids).tobytes() == readers.delta(z, ids).tobytes()
    assert again(None, spec) is None
    from sklearn.naive_bayes import GaussianNB

    fitted = ClassifierMember(GaussianNB()).cross_fit(X, Y, SPECS["multi"], FOLDS)
    assert to_arrays(fitted, SPECS["multi"]) is None
