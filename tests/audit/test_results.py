"""The returned dataclasses: frozen, printable, JSON."""

from __future__ import annotations

import dataclasses
import json

import pytest

from labelfeed.audit.findings import Finding
from labelfeed.audit.probes import (
    AccuracyProbe,
    FeatureCopyProbe,
    FollowProbe,
    PermutationProbe,
    ReadProbe,
    ScoredPathProbe,
)
from labelfeed.audit.results import LeakAudit

COPY = FeatureCopyProbe("code", "letter", 90)
FOLLOW = FollowProbe("letter", "", 90, 0.9, 0.1, 1e-9, 1.0, 4.0, 1e-9, 1.0, 2.0, 5.0)


def full_audit(**changes: object) -> LeakAudit:
    audit = LeakAudit(
        verdict="leak",
        reasons=("first", "second", "third", "fourth", "fifth"),
        findings=(COPY.finding,),
        subject="two-input model",
        label="letter",
        kind="single",
        rows=90,
        alpha=0.01,
        accuracy=AccuracyProbe(1.0, 0.1, 0.3, None, "not available", float("nan")),
        read=ReadProbe(0.5, 0.0, True),
        follow=(FOLLOW,),
        permutation=PermutationProbe(0.9, 0.25, 0.001),
        feature_copies=(COPY,),
    )
    return dataclasses.replace(audit, **changes)


def test_to_dict_is_json_with_none_for_what_is_no_number() -> None:
    audit = full_audit(follow=(dataclasses.replace(FOLLOW, spread=0.0),))
    out = json.loads(json.dumps(audit.to_dict(), allow_nan=False))
    assert out["leaks"] is True
    assert out["accuracy"]["majority"] is None
    assert out["accuracy"]["drop"] is None
    assert out["follow"][0]["strength"] is None
    assert out["follow"][0]["excess"] == pytest.approx(0.8)
    assert out["feature_copies"][0]["column"] == "code"
    text = "column 'code' determines 'letter' one to one"
    assert out["warnings"] == [{"kind": "feature copy", "text": text}]
    assert [(f["kind"], f["mend"]) for f in out["findings"]] == [
        ("feature copy", "drop the column (--drop)")
    ]


def test_what_is_found_beside_is_told_once_and_changes_the_verdict() -> None:
    quiet = LeakAudit("no leak found", ("all is well",), (), "function", "y", "single", 90, 0.01)
    found = quiet.beside([Finding("near duplicates", "3 of 90 rows"), Finding("sorted rows", "so")])
    assert (found.verdict, found.reasons[0]) == ("suspect", "3 of 90 rows")
    assert str(found).count("3 of 90 rows") == 1 and "warning: so" in str(found)
    leak = found.beside([Finding("random labels learned", "accuracy 1.0")])
    assert (leak.verdict, leak.leaks) == ("leak", True)
    assert [w.kind for w in leak.warnings] == ["near duplicates", "sorted rows"]
    assert leak.beside(leak.findings) == leak


def test_an_audit_without_probes_is_json_and_text_too() -> None:
    audit = LeakAudit("cannot tell", ("no rows",), (), "function", "y", "single", 0, 0.01)
    assert not audit.leaks
    assert json.dumps(audit.to_dict())
    assert str(audit).splitlines() == ["CANNOT TELL: y (function, 0 rows)", "  because no rows"]


def test_text_is_compact_and_names_what_matters() -> None:
    text = str(full_audit())
    assert text.startswith("LEAK: letter (two-input model, 90 rows)")
    assert "and 2 more reasons" in text
    assert "warning: column 'code'" in text
    assert "  feature copy: the target stands among the features under another name" in text
    assert "    mend: drop the column (--drop)" in text
    assert "followed 0.900, control 0.100" in text
    assert max(map(len, text.splitlines())) < 140
    shown = full_audit(scored_path=ScoredPathProbe(0.1, 0.1, False, 0.5, 0.0, False))
    assert "no leak" in str(shown).splitlines()[-1]


def test_results_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        full_audit().verdict = "no leak found"  # type: ignore[misc]
