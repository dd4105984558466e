"""Labels as people hand them over: read as they are meant, or refused; defects are seen."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from benchmarks.inputs_cells import MINUS, REFUSED, UNKNOWN, meaning_of_class
from benchmarks.inputs_labels import label_case
from benchmarks.inputs_tally import Tally
from labelfeed.labels import arrays, encoding
from labelfeed.labels.errors import LabelError


def tally(tries: int, seed: int = 3) -> Tally:
    found = Tally("labels", (LabelError,), limit_s=10, limit_mb=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(tries):
            found.take(label_case(seed, number))
    return found


def test_labels_are_read_as_they_are_meant_or_refused() -> None:
    found = tally(600)
    assert found.faults == []
    assert min(found.right, found.refused) > 150 and found.tried == 600


def test_cases_are_the_same_every_time() -> None:
    assert [label_case(0, n).what for n in range(20)] == [label_case(0, n).what for n in range(20)]
    assert label_case(0, 1).what != label_case(1, 1).what


DEFECTS = {
    "masks are forgotten": (arrays, "unmasked", np.asarray),
    "words mean no": (encoding, "yes_no", lambda text: 0),
    "half a class": (encoding, "read_numbers", lambda numbers, names: numbers.astype(int)),
}


@pytest.mark.parametrize(("module", "name", "defect"), DEFECTS.values(), ids=DEFECTS)
def test_defects_are_seen(monkeypatch, module, name, defect) -> None:
    monkeypatch.setattr(module, name, defect)
    assert tally(200).wrong > 0


def test_meanings_of_words() -> None:
    names = ("none", "Male", "NA ")
    words = ("none", "None", " Male", "male", "-1.0", "NA ", "", "?")
    meant = [0, UNKNOWN, 1, REFUSED, MINUS, 2, UNKNOWN, UNKNOWN]
    assert [meaning_of_class(word, names) for word in words] == meant
