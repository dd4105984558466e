from __future__ import annotations

import json

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.tree import Tree, TreeError

PARENTS = {"cat": "mammal", "dog": "mammal", "crow": "bird", "mammal": "animal", "bird": "animal",
           "oak": "plant"}  # fmt: skip
SPEC = LabelSpec.single(["oak", "cat", "crow", "dog"], name="kind")
TREE = Tree(PARENTS)
P = np.random.default_rng(0).dirichlet(np.ones(4), 6)


def test_nodes_and_leaves():
    assert TREE.nodes[:2] == ("animal", "plant")
    assert set(TREE.leaves) == {"cat", "dog", "crow", "oak"}
    assert TREE.ancestors("cat") == ("mammal", "animal")
    assert TREE.ancestors("animal") == ()


def test_a_parent_is_as_probable_as_its_children_together():
    found = TREE.probabilities(SPEC, P)
    for parent in ("animal", "mammal", "bird", "plant"):
        children = [c for c, above in PARENTS.items() if above == parent]
        np.testing.assert_allclose(found[parent], sum(found[c] for c in children))
    np.testing.assert_allclose(found["animal"] + found["plant"], 1)
    np.testing.assert_allclose(found["mammal"], P[:, 1] + P[:, 3])


def test_levels_from_the_coarsest():
    (top, of_top), (middle, of_middle) = TREE.levels(SPEC)
    assert top.names == ("plant", "animal")
    assert of_top.tolist() == [0, 1, 1, 1]
    assert middle.names == ("oak", "mammal", "bird")  # oak has nothing so deep: itself
    assert of_middle.tolist() == [0, 1, 2, 1]
    flat = Tree({"a": "all", "b": "all"})
    assert flat.levels(LabelSpec.single(["a", "b"])) == []


def test_a_known_coarse_class_rules_out_hard_or_soft():
    coarse = LabelSpec.single(["bird", "mammal", "plant"], name="group")
    got = TREE.product(SPEC, coarse).predict_proba(P, [["mammal"] * 6])
    np.testing.assert_allclose(got[:, [0, 2]], 0)
    np.testing.assert_allclose(TREE.probabilities(SPEC, got)["mammal"], 1)
    np.testing.assert_allclose(got[:, 1] / got[:, 3], P[:, 1] / P[:, 3])
    unknown = TREE.product(SPEC, coarse).predict_proba(P, [[None] * 6])
    np.testing.assert_allclose(unknown, P)
    soft = TREE.product(SPEC, coarse, "soft", error_rate=0.2).predict_proba(P, [["mammal"] * 6])
    factor = np.array([0.1, 0.8, 0.1, 0.8])
    np.testing.assert_allclose(soft, P * factor / (P * factor).sum(1, keepdims=True))


def test_files(tmp_path):
    (tmp_path / "t.csv").write_text(
        "child,parent\n" + "".join(f"{c},{p}\n" for c, p in PARENTS.items())
    )
    nested = {"animal": {"mammal": ["cat", "dog"], "bird": ["crow"]}, "plant": ["oak"]}
    (tmp_path / "t.json").write_text(json.dumps(nested))
    for name in ("t.csv", "t.json"):
        assert Tree.from_file(tmp_path / name).parents == PARENTS


def test_columns():
    tree = Tree.from_columns(["cat", "crow", None, "cat"], ["mammal", "bird", "bird", "mammal"],
                             ["animal", "animal", "animal", None])  # fmt: skip
    assert tree.parents == {"cat": "mammal", "crow": "bird", "mammal": "animal", "bird": "animal"}
    with pytest.raises(TreeError, match=r"one length, got \[1, 2\]"):
        Tree.from_columns(["a"], ["b", "c"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Tree({"a": "b", "b": "c", "c": "a"}), "has a cycle: a -> b -> c -> a"),
        (lambda: Tree({"a": "a"}), "has a cycle: a -> a"),
        (lambda: Tree({}), "at least one class"),
        (lambda: Tree({"a": " "}), "Expected names"),
        (lambda: Tree.from_pairs([("a", "b"), ("a", "c")]), "'a' stands below 'b' and below 'c'"),
        (lambda: TREE.check(LabelSpec.single(["cat", "elm"])), "does not hold 1 .*: 'elm'"),
        (lambda: TREE.check(LabelSpec.single(["cat", "animal"])), "'cat' and 'animal', which is"),
        (lambda: TREE.check(LabelSpec.multi(["cat", "dog"])), "is multi"),
        (lambda: TREE.probabilities(SPEC, np.ones((2, 3))), r"shape \(n, 4\), got \(2, 3\)"),
        (lambda: TREE.product(SPEC, LabelSpec.single(["mammal", "bird"])), "above 'oak', got"),
        (lambda: TREE.product(SPEC, LabelSpec.single(["animal", "plant"]), "soft"), "error_rate"),
    ],
)
def test_what_is_no_tree_or_does_not_fit(make, message):
    with pytest.raises(TreeError, match=message):
        make()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.csv", "fine,coarse\na,b\n", r"columns child and parent, got \['fine', 'coarse'\]"),
        ("t.json", "{", "no JSON"),
        ("t.json", '["a"]', "nested objects that end in lists"),
        ("t.json", '{"a": [["b"]]}', r"class names below 'a', got \['b'\]"),
        ("t.txt", "a", r"ends in \.csv or \.json"),
    ],
)
def test_broken_files(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(TreeError, match=message):
        Tree.from_file(tmp_path / name)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TreeError, match="cannot be read"):
        Tree.from_file(tmp_path / "no.csv")
