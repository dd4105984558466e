import numpy as np
import pandas as pd

from labelfeed.judging.judge import judge


def test_a_table_without_pairs_has_means_all_the_same():
    rng = np.random.default_rng(0)
    rows = [pd.DataFrame({"a": rng.normal(size=40), "y": [0, 1] * 20}) for _ in range(3)]
    found = judge(*rows, "y")
    assert 0 < found.likeness.shape <= 1 and 0 < found.likeness.pair <= 1
    heads = [name for name, *_ in found.figures()]
    assert len(heads) == len(set(heads))
    assert found.real.told_by("logistic").auc.value < 0.75
