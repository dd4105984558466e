"""The frozen trees of a network: the scores of `TreeArrays`, in pieces, saved, at any policy."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

from labelfeed.estimators.tree_arrays import TreeArrays
from labelfeed.estimators.trees import tree_arrays
from labelfeed.layers.tree_ensemble import TreeEnsemble

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4)).astype(np.float32)
X[RNG.random(X.shape) < 0.1] = np.nan
X[0], X[1] = np.inf, -np.inf
Y = (np.nan_to_num(X[:, 0] * X[:, 1]) > 0).astype(int) + (np.nan_to_num(X[:, 2]) > 0)


@pytest.fixture(scope="module")
def trees() -> TreeArrays:
    """Three classes by two steps of boosting, some trees splitting on what is missing."""
    model = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=3).fit(X, Y)
    nan = TreeArrays.of_tree(
        [1, -1, -1], [2, -1, -1], [1, 0, 0], [np.inf, 0, 0], [[0.0], [1.0], [5.0]],
        num_features=4, missing_left=[False] * 3,
    )  # fmt: skip
    return TreeArrays.sum_of([tree_arrays(model), nan])


def test_scores_are_those_of_the_arrays_however_many_are_walked_at_once(trees: TreeArrays) -> None:
    layers = [TreeEnsemble.of(trees, trees_at_once=at_once) for at_once in (5, 16)]
    features = keras.Input((4,))  # one program, since JAX compiles each operation of a call alone
    found = keras.Model(features, [layer(features) for layer in layers]).predict(X, verbose=0)
    assert not any(layer.trainable_variables for layer in layers)
    for scores in found:
        np.testing.assert_allclose(scores, trees.scores(X), rtol=1e-5, atol=1e-6)


def test_wide_leaves_in_groups_survive_a_file_in_a_model_of_half_precision(tmp_path: Path) -> None:
    x = np.nan_to_num(X, posinf=4, neginf=-4) + np.float32(1000)  # float16 would see steps of .5
    pair = [ExtraTreesClassifier(3, random_state=seed).fit(x, Y) for seed in (0, 1)]
    both = TreeArrays.beside([tree_arrays(forest) for forest in pair])
    keras.config.set_dtype_policy("mixed_float16")
    try:
        features = keras.Input((4,), dtype="float32")
        model = keras.Model(features, TreeEnsemble.of(both, trees_at_once=4)(features))
    finally:
        keras.config.set_dtype_policy("float32")
    model.save(tmp_path / "forest.keras")
    again = keras.saving.load_model(tmp_path / "forest.keras", safe_mode=True)
    wanted = np.hstack([forest.predict_proba(x) for forest in pair])
    np.testing.assert_allclose(again.predict(x, verbose=0), wanted, atol=1e-6)


def test_trees_that_split_nothing() -> None:
    leaf = TreeArrays.of_tree([-1], [-1], [-2], [0], [[2.0, 3.0]], num_features=4)
    layer, features = TreeEnsemble.of(TreeArrays.sum_of([leaf, leaf])), keras.Input((4,))
    found = keras.Model(features, layer(features)).predict(X[:2], verbose=0)
    np.testing.assert_array_equal(found, [[4, 6], [4, 6]])


def test_sizes_that_do_not_fit_are_said() -> None:
    with pytest.raises(ValueError, match="num_trees must be a whole number >= 1"):
        TreeEnsemble(4, 1, 1, 0)
    with pytest.raises(ValueError, match="take 4 features, got 5"):
        TreeEnsemble(4, 1, 1, 1).build((None, 5))
