import pytest

from labelfeed.judging import fidelity, told_apart, usefulness


@pytest.fixture(autouse=True, scope="package")
def fewer_trees():
    """A quarter of the trees: what is tested here shows on few as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(told_apart, "_ROUNDS", 25)
        patch.setattr(usefulness, "_ROUNDS", 25)
        patch.setattr(fidelity, "_TREES", 25)
        yield
