"""Every kind of finding names its cause and what mends it, in the code and in the docs."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest

from labelfeed.audit.findings import FINDINGS, Finding, FindingKind

pytestmark = pytest.mark.only_backend("torch")
PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")


def test_each_kind_has_a_cause_and_a_mend_of_a_line() -> None:
    assert set(FINDINGS) == set(typing.get_args(FindingKind))
    for kind, remedy in FINDINGS.items():
        assert len(f"  {kind}: {remedy.cause}") < 140 and len(remedy.mend) < 130, kind


@pytest.mark.parametrize("kind", FINDINGS)
def test_the_table_in_the_docs_is_this_one(kind: FindingKind) -> None:
    remedy = FINDINGS[kind]
    assert f"| {kind} | {remedy.weight} | {remedy.cause} | {remedy.mend} |" in PAGE


def test_a_finding_turns_into_json_with_all_that_it_says() -> None:
    found = Finding("shared rows", "3 rows")
    assert str(found) == "3 rows"
    assert found.to_dict() == {
        "kind": "shared rows",
        "text": "3 rows",
        "weight": "data leak",
        "cause": found.cause,
        "mend": found.mend,
    }
