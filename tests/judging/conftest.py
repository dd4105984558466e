from tests._fewer_trees import fewer_trees  # noqa: F401 (a fixture)
