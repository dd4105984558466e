from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.kept_fits import fit_name, keeping, kept_checkpoint, kept_fit
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.labels.spec import LabelSpec
from labelfeed.records.checkpoint import Checkpoint

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3)).astype("float32")
Y = np.stack([X[:, 0] > 0, X[:, 1] + rng.normal(size=60) > 0], axis=1).astype(int)
SPEC = LabelSpec.multi(2)


class Counting(LogisticMember):
    """Counts its fits; the second kind is killed before it ends."""

    fits = 0
    killed = False

    def cross_fit(self, *args, **kwargs):
        type(self).fits += 1
        if type(self).killed:
            raise KeyboardInterrupt
        return super().cross_fit(*args, **kwargs)


def fitted(folder: Path, x: np.ndarray = X, seed: int = 0) -> LabelFedClassifier:
    with keeping(Checkpoint(folder, dict, every=0)):
        members = [ExtraTreesMember(trees=4), Counting((10.0,))]
        return LabelFedClassifier(members, SPEC, seed=seed).fit(x, Y)


def test_after_a_kill_only_what_was_not_done_is_fitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = LabelFedClassifier([ExtraTreesMember(trees=4), Counting((10.0,))], SPEC).fit(X, Y)
    monkeypatch.setattr(Counting, "killed", True)
    with pytest.raises(KeyboardInterrupt):
        fitted(tmp_path)
    assert len(Checkpoint(tmp_path, dict).names("part-")) == 1  # in the other thread, too
    monkeypatch.setattr(Counting, "killed", False)

    def never(*args, **kwargs):
        raise AssertionError("the forest was fitted already")

    monkeypatch.setattr(ExtraTreesMember, "cross_fit", never)
    resumed = fitted(tmp_path)
    assert resumed.predict_proba(X).tobytes() == plain.predict_proba(X).tobytes()
    before = Counting.fits
    assert fitted(tmp_path).predict_proba(X).tobytes() == plain.predict_proba(X).tobytes()
    assert Counting.fits == before
    for other in ({"x": X + 1}, {"seed": 1}):  # other rows, other seed: another fit
        with pytest.raises(AssertionError, match="already"):
            fitted(tmp_path, **other)
    assert kept_checkpoint() is None


def test_a_name_tells_settings_rows_and_labels_apart() -> None:
    given = {"x": X, "seed": 0}
    names = {
        fit_name(LogisticMember(), given, SPEC),
        fit_name(LogisticMember((1.0,)), given, SPEC),
        fit_name(ExtraTreesMember(), given, SPEC),
        fit_name(LogisticMember(), {**given, "seed": 1}, SPEC),
        fit_name(LogisticMember(), {**given, "x": X[:, ::-1]}, SPEC),
        fit_name(LogisticMember(), {**given, "x": X.astype("float64")}, SPEC),
        fit_name(LogisticMember(), given, LabelSpec.multi(["a", "b"])),
    }
    assert len(names) == 7
    assert fit_name(LogisticMember(), dict(reversed(given.items())), SPEC) in names


def test_a_fit_whose_result_is_unknown_is_done_again(tmp_path: Path) -> None:
    with keeping(Checkpoint(tmp_path / "work", dict, every=0)):
        results = [kept_fit("what", {}, SPEC, lambda i=i: {i}) for i in range(2)]
    assert results == [{0}, {1}]
