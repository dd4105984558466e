"""A quarter of the trees of the judges: what tests look for shows on few as well."""

import pytest

from labelfeed.judging import fidelity, told_apart, usefulness


@pytest.fixture(autouse=True, scope="module")
def fewer_trees():
    """Grow few trees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(told_apart, "_ROUNDS", 20)
        patch.setattr(usefulness, "_ROUNDS", 20)
        patch.setattr(fidelity, "_TREES", 20)
        yield
