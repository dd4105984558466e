"""Known labels as people write them, and how they are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.known import encode_known

NAN = float("nan")
COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
FINDINGS = LabelSpec.multi(["nodule", "effusion", "mass"], name="findings")


KNOWN = {
    "one value for all rows": (FINDINGS, {"mass": 1}, [[-1, -1, 1]] * 2),
    "a word for all rows": (FINDINGS, {"mass": "no"}, [[-1, -1, 0]] * 2),
    "a value per row": (FINDINGS, {"mass": [1, None], "nodule": 0}, [[0, -1, 1], [0, -1, -1]]),
    "nothing": (FINDINGS, {}, [[-1] * 3] * 2),
    "array": (FINDINGS, np.array([[1, 0, NAN], [-1, -1, -1]]), [[1, 0, -1], [-1] * 3]),
    "frame": (FINDINGS, pd.DataFrame({"mass": [1, 0]}), [[-1, -1, 1], [-1, -1, 0]]),
    "dict rows": (FINDINGS, [{"mass": 1}, {}], [[-1, -1, 1], [-1] * 3]),
    "masked": (FINDINGS, {"mass": np.ma.array([1, 1], mask=[1, 0])}, [[-1] * 3, [-1, -1, 1]]),
    "masked in all rows": (FINDINGS, {"mass": np.ma.masked, "nodule": 1}, [[1, -1, -1]] * 2),
    "single, masked": (COLOUR, np.ma.array([1, 1], mask=[1, 0]), [-1, 1]),
    "single, all rows": (COLOUR, {"colour": "blue"}, [2, 2]),
    "single, an id for all rows": (COLOUR, 2, [2, 2]),
    "single, a name for all rows": (COLOUR, "blue", [2, 2]),
    "single, unknown for all rows": (COLOUR, -1, [-1, -1]),
    "single names": (COLOUR, ["blue", None], [2, -1]),
}


@pytest.mark.parametrize("spec, known, expected", KNOWN.values(), ids=KNOWN)
def test_known_labels_may_be(spec: LabelSpec, known: object, expected: list) -> None:
    assert encode_known(known, np.ones((2, 4)), spec).tolist() == expected


def test_known_labels_that_do_not_fit() -> None:
    x = np.ones((2, 4))
    with pytest.raises(LabelError, match=r"no label 'masss'.*Did you mean 'mass'"):
        encode_known({"masss": 1}, x, FINDINGS)
    with pytest.raises(LabelError, match="Row 0, column 'mass': got 'perhaps'"):
        encode_known({"mass": "perhaps"}, x, FINDINGS)
    with pytest.raises(LabelError, match="has 3 rows, the features have 2"):
        encode_known([0, 1, 2], x, COLOUR)
    with pytest.raises(LabelError, match="has 1 rows, the features have 2"):
        encode_known({"mass": [1]}, x, FINDINGS)
    with pytest.raises(LabelError, match="Expected the key 'colour'"):
        encode_known({"shade": "blue"}, x, COLOUR)
    with pytest.raises(TypeError, match=r"labelfeed\.with_label"):
        encode_known({"mass": 1}, iter([]), FINDINGS)


SOFT = {
    "value": (FINDINGS, {"mass": 0.51}, r"Row 0, column 'mass': got 0\.51, a soft label"),
    "array": (
        FINDINGS,
        np.array([[1, 0, NAN], [1, 0.49, 0]]),
        "Row 1, column 'effusion': got 0.49",
    ),
    "frame": (FINDINGS, pd.DataFrame({"mass": [1, 0.7]}), "Row 1, column 'mass': got 0.7"),
    "rows": (COLOUR, [[1, 0, 0], [0.4, 0.6, 0]], "Row 1, column 'colour': .*never rounded"),
}


@pytest.mark.parametrize("spec, known, message", SOFT.values(), ids=SOFT)
def test_soft_known_labels_are_refused(spec: LabelSpec, known: object, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        encode_known(known, np.ones((2, 4)), spec)


def test_known_tables_are_paired_by_their_index() -> None:
    x = pd.DataFrame(np.ones((2, 4)))
    known = pd.DataFrame({"mass": [1, 0]})
    assert encode_known(known, x, FINDINGS)[:, 2].tolist() == [1, 0]
    for other in (known[::-1], {"mass": known["mass"][::-1]}):
        with pytest.raises(ValueError, match="row indexes of x and known differ"):
            encode_known(other, x, FINDINGS)
