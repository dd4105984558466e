"""Classes come and go; the scores of those that stay do not move."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed
from labelfeed import heads
from labelfeed.heads import lifecycle

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def built(head: heads.CosineHead) -> heads.CosineHead:
    head.build((None, 4))
    head.built = True
    return head


def scores(head: heads.CosineHead) -> np.ndarray:
    return ops.convert_to_numpy(head.scores(ops.convert_to_tensor(X)))


@pytest.mark.parametrize(
    "head", [heads.ArcFace(3, margin=0.3), heads.SubCenterArcFace(3), heads.CurricularFace(3)]
)
def test_add_and_drop(head: heads.CosineHead) -> None:
    built(head)
    more = lifecycle.add_classes(head, 2)
    assert type(more) is type(head)
    assert more.margin == head.margin
    np.testing.assert_allclose(scores(more)[:, :3], scores(head), atol=1e-6)
    fewer = lifecycle.drop_classes(more, [1, 3])
    np.testing.assert_allclose(scores(fewer), scores(more)[:, [0, 2, 4]], atol=1e-6)
    assert fewer.name != head.name


def test_state_beside_the_centres_is_kept() -> None:
    head = built(heads.AdaFace(3))
    head.norm_mean.assign(7.0)
    assert float(lifecycle.add_classes(head, 1).norm_mean.value) == 7.0


def test_prototypes_predict_classes_that_were_never_trained(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    y = np.arange(40) % 4
    x = (3 * np.eye(4)[y] + 0.3 * rng.normal(size=(40, 4))).astype(np.float32)
    features = keras.Input((4,))
    embedder = keras.Model(features, keras.layers.Dense(4, "linear", name="e")(features))
    old = labelfeed.MarginModel(embedder, heads.ArcFace(2))
    vectors = embedder.predict(x, verbose=0)
    new = lifecycle.prototypes(vectors[y >= 2], y[y >= 2] - 2, 2)
    head = lifecycle.add_classes(old.head, 2, new)
    head = lifecycle.drop_classes(head, [0, 1])
    model = labelfeed.MarginModel(embedder, head)
    found = model.predict(x[y >= 2], verbose=0).argmax(axis=1) + 2
    assert np.mean(found == y[y >= 2]) == 1.0
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_similar_classes() -> None:
    head = built(heads.SubCenterArcFace(3, sub_centres=2))
    centres = np.eye(4, dtype=np.float32)[[0, 1, 2, 3, 1, 2]]
    centres[4] = [0, 1, 0.1, 0]
    head.centres.assign(centres)
    pairs = [(i, j) for i, j, _ in lifecycle.similar_classes(head, 0.9)]
    assert pairs == [(1, 2), (0, 2)]
    assert lifecycle.similar_classes(built(heads.ArcFace(2)), 1.1) == []


def test_bad_input_is_named() -> None:
    head = built(heads.ArcFace(3))
    with pytest.raises(ValueError, match="leaves 1"):
        lifecycle.drop_classes(head, [0, 1])
    with pytest.raises(ValueError, match=r"0 \.\. 2, got 3"):
        lifecycle.drop_classes(head, [3])
    with pytest.raises(ValueError, match="centres must be"):
        lifecycle.add_classes(head, 2, np.ones((1, 4)))
    with pytest.raises(ValueError, match="build it first"):
        lifecycle.add_classes(heads.ArcFace(3), 2)
    with pytest.raises(ValueError, match="each class"):
        lifecycle.drop_classes(built(heads.LDAM([3, 2, 1])), [0])
    with pytest.raises(ValueError, match="Class 1 has no row"):
        lifecycle.prototypes(X, np.zeros(6, int), 2)
