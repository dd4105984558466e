"""Bodies: strict JSON, or 400 with a reason."""

from __future__ import annotations

import pytest

from labelfeed.serving.body import RequestError, check_keys, json_object


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"\xff{}", "is no JSON"),
        (b"[1]", "must be a JSON object"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b'{"a": -Infinity}', "-Infinity is no JSON"),
        (b'{"a": 1e999}', "beyond what a float holds"),
        (b'{"a": ' + b"9" * 5000 + b"}", "is no JSON"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "'c' stands twice"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_json_object_is_refused(body, message) -> None:
    with pytest.raises(RequestError, match=message) as found:
        json_object(body)
    assert found.value.status == 400 and len(str(found.value)) < 400


def test_an_unknown_key_names_the_one_that_was_meant() -> None:
    check_keys(["rows"], ["rows", "known"], "The request")
    with pytest.raises(RequestError, match=r"there is no 'knwon'.*'known'"):
        check_keys(["knwon"], ["rows", "known"], "The request")
    with pytest.raises(RequestError) as found:
        check_keys(["x" * 10_000], ["rows"], "The request")
    assert len(str(found.value)) < 800
