from __future__ import annotations

import pytest

from labelfeed.audit.findings import Finding
from labelfeed.audit.verdicts import weighed

LEAK = Finding("shared groups", "P1 has rows in training")
SUSPECT = Finding("feature tells target", "column 'dose' tells it")
OTHER = Finding("not compiled", "not checked")


@pytest.mark.parametrize("verdict", ["no leak found", "label not read", "cannot tell", "suspect"])
def test_a_leak_of_the_data_is_what_is_said_first(verdict):
    assert weighed(verdict, ["why"], [OTHER, SUSPECT, LEAK, LEAK]) == (
        "data leak",
        (LEAK.text, f"{verdict}: why"),
    )


def test_a_suspect_feature_comes_before_what_the_model_does_and_no_leak():
    assert weighed("no leak found", ["why"], [SUSPECT])[0] == "suspect"
    assert weighed("data leak", ["why"], [SUSPECT]) == ("data leak", ("why",))


def test_a_leak_of_the_model_stays_one_and_other_warnings_change_nothing():
    assert weighed("leak", ["why"], [LEAK]) == ("leak", ("why",))
    assert weighed("no leak found", ["why"], [OTHER]) == ("no leak found", ("why",))


def test_a_leak_of_the_model_that_is_found_later_comes_first():
    later = Finding("random labels learned", "accuracy 1.0")
    said = weighed("data leak", ["P1"], [later])
    assert said == ("leak", ("accuracy 1.0", "data leak: P1"))
    (_, alone) = weighed("no leak found", ["it does not follow"], [later])[1]
    assert alone == "by its predictions alone no leak found: it does not follow"
    assert weighed("leak", ["it follows"], [later])[1] == ("it follows", "accuracy 1.0")
