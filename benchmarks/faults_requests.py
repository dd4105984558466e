"""Malformed requests to a served run, through the whole app: 4xx in words, or the right answer.

A request is built from what each of its parts means: a good one must get the answer of the same
request in its plainest form, a bad one a 4xx whose message says why, and one that was damaged by
chance either a 4xx or an answer of probabilities. Never 5xx, never a stack trace.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.inputs_files import damaged
from benchmarks.inputs_tally import Case, Tally
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.runs.folder import Run
from labelfeed.serving.app import make_app
from labelfeed.serving.service import Service
from labelfeed.strategies.networks import build_network
from tests.serving._runs import ROW, SPEC, several

__all__ = ["RefusedError", "asked", "client_of", "request_case", "tallied"]

_JSON = {"content-type": "application/json"}
_MOST_BYTES, _MOST_ROWS = 200_000, 5
BAD: tuple[str, ...] = ("old", "1,5", "0x1f", "NaNs", "--1", "1e999", "inf", "-inf", "=1+1", "\x00",
                        "x" * 3000, "\u202e1", "../../etc", "{{1}}", "31;")  # fmt: skip

# JSON of a cell, and the JSON that means the same; `None`: it must be refused.
Cells = dict[str, str | None]
_DEEP = "[" * 3000 + "]" * 3000
_NO_CELL: Cells = dict.fromkeys(
    ["[]", "{}", "[31]", '{"a": 1}', "[[]]", _DEEP, "NaN", "Infinity", "-Infinity", "1e999", "nul",
     "'x'", "", "01", "+1", ".5", "1.", "0x1", "undefined", '"\\x"', '"', "9" * 5000]
)  # fmt: skip
_CELLS: dict[str, Cells] = {
    "age": {
        "31": "31", "31.0": "31", "3.1e1": "31", '"31"': "31", '" 31 "': "31", '"31.0"': "31",
        "null": "null", '""': "null", '"NA"': "null", '"?"': "null", "-5": "-5", "0": "0",
        "true": None, "false": None, "1" + "0" * 400: None,
        **{json.dumps(word): None for word in BAD}, **_NO_CELL,
    },
    "sex": {
        '"f"': '"f"', '"m"': '"m"', '" f "': '"f"', "null": "null", '""': "null", '"NA"': "null",
        '"x"': "null", '"F"': "null", "3": "null", "true": "null", '"\\ud800"': "null",
        '"\\u0000"': "null", json.dumps("x" * 5000): "null", **_NO_CELL,
    },
    "smokes": {
        "true": "true", "false": "false", "1": "true", "0": "false", '"yes"': "true",
        '"no"': "false", '"Yes "': "true", '"t"': "true", "null": "null", '""': "null",
        **{json.dumps(word): None for word in BAD}, **_NO_CELL,
    },
    "visit": {
        '"05.02.2024"': '"05.02.2024"', '"2024-02-05"': '"05.02.2024"', "null": "null",
        '"2024-02-05T00:00:00Z"': '"05.02.2024"', '""': "null", "3": None, "true": None,
        '"2024-13-05"': None, '"31.02.2024"': None, '"0000-01-01"': None, '"9999-12-31"': None,
        '"yesterday"': None, '"99999999999"': None, **_NO_CELL,
    },
}  # fmt: skip
_YES_NO: Cells = {
    "1": "1", "0": "0", "true": "1", "false": "0", '"yes"': "1", '"No"': "0", '"1"': "1",
    "1.0": "1", "null": "null", "2": None, "-3": None, "1.5": None, '"maybe"': None, '"2"': None,
    '"red"': None, **_NO_CELL,
}  # fmt: skip
_KNOWN: dict[str, Cells] = {
    "cough": _YES_NO,
    "fever": _YES_NO,
    "colour": {
        '"red"': '"red"', '"blue"': '"blue"', '" red "': '"red"', "null": "null", '"green"': None,
        '"redd"': None, "7": None, "0.5": None, **_NO_CELL,
    },
    "no such label": {"1": None, "null": None, '"yes"': None},
    "": {"1": None},
}  # fmt: skip


class RefusedError(ValueError):
    """The server refused a request as it should: 4xx, in words."""


def tallied(count: int, seed: int) -> list[Tally]:
    """Return the outcomes of requests to a run of three labels, that a Keras network answers.

    Args:
        count: How many requests.
        seed: Of all of them.
    """
    fitted = several().run.preprocessor
    model = LabelFedModel(build_network(fitted.shape, SPEC, width=8), SPEC)
    data = {"kind": "table", "dates": ["visit=%d.%m.%Y"]}
    with client_of(Service(Run(model, fitted, {}, data), "run", _MOST_ROWS)) as client:
        tally = Tally("requests", (RefusedError,), 20, 500)
        for number in range(count):
            tally.take(request_case(seed, number, client))
    return [tally]


@contextlib.contextmanager
def client_of(service: Service) -> Iterator[Any]:
    """Yield a client of the app of a service; what the server logs of its errors is dropped."""
    from starlette.testclient import TestClient

    log = logging.getLogger("labelfeed.serving")
    before, log.disabled = log.disabled, True
    app = make_app(service, most_bytes=_MOST_BYTES)
    try:
        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
            yield client
    finally:
        log.disabled = before


def request_case(seed: int, number: int, client: Any) -> Case:
    """Return the case of a number.

    Args:
        seed: Of all cases.
        number: Which case.
        client: As `client_of` yields it.
    """
    rng = np.random.default_rng([seed, number])
    return _DRAWS[rng.integers(len(_DRAWS))](rng, client)


def asked(client: Any, body: bytes, path: str = "/predict", method: str = "POST",
          headers: dict[str, str] | None = None) -> Any:  # fmt: skip
    """Return what the server answers.

    Raises:
        RefusedError: 4xx, with a message.
        RuntimeError: 5xx, no JSON, a 4xx without words, or a trace of Python in it.
    """
    found = client.request(method, path, content=body, headers=headers or _JSON)
    told = f"{found.status_code}: {found.text[:200]}"
    if found.status_code >= 500 or "Traceback (most" in found.text or ".py" in found.text:
        raise RuntimeError(told)
    content = json.loads(found.text, parse_constant=_no_json)
    if found.status_code == 200:
        return content
    message = content["error"]["message"]
    if not 400 <= found.status_code < 500 or not message.strip() or len(found.text) > 2000:
        raise RuntimeError(told)
    raise RefusedError(f"{found.status_code}: {' '.join(message.split())}")


def _no_json(word: str) -> Any:
    raise ValueError(f"The answer holds {word}.")


def _text(row: dict[str, str], known: dict[str, str] | None = None, **more: str) -> str:
    parts = {"rows": f"[{_object(row)}]"} | ({} if known is None else {"known": _object(known)})
    return _object({**parts, **more})


def _object(cells: dict[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(name)}: {cell}" for name, cell in cells.items()) + "}"


def _row() -> dict[str, str]:
    return {name: json.dumps(value) for name, value in ROW.items()}


def _likely(found: Any) -> bool:
    """Return whether an answer is one of probabilities."""
    rows = found.get("predictions", found.get("ask"))
    every = [p for row in found.get("predictions", []) for label in row.values()
             for p in label["probabilities"].values()]  # fmt: skip
    return isinstance(rows, list) and all(0 <= p <= 1 for p in every)


def _same(client: Any, plain: str) -> Callable[[Any], bool]:
    def right(found: Any) -> bool:
        wanted = asked(client, plain.encode())["predictions"]
        return _likely(found) and _close(found["predictions"], wanted)

    return right


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_close(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_close, one, other))
    return abs(one - other) < 1e-5 if isinstance(one, float) else bool(one == other)


# One kind of malformed request each --------------------------------------------------------------


def _cells(rng: np.random.Generator, client: Any) -> Case:
    """Change a cell or two of a row, a known label or two."""
    row, known, plain_row, plain_known = _row(), {}, _row(), {}
    for _ in range(rng.integers(1, 3)):
        of_row = rng.random() < 0.6
        pool = _CELLS if of_row else _KNOWN
        name = list(pool)[rng.integers(len(pool))]
        good = [cell for cell, same in pool[name].items() if same is not None]
        some = good if good and rng.random() < 0.7 else list(pool[name])
        cell = some[rng.integers(len(some))]
        same = pool[name][cell]
        (row if of_row else known)[name] = cell
        (plain_row if of_row else plain_known)[name] = str(same)
    wanted = [
        *((_CELLS, n, c) for n, c in row.items()),
        *((_KNOWN, n, c) for n, c in known.items()),
    ]
    bad = any(pool[name].get(cell, "null") is None for pool, name, cell in wanted)
    body = _text(row, known or None)
    plain = _text(plain_row, plain_known or None)
    right = None if bad else _same(client, plain)
    return Case(body[:150], lambda: asked(client, body.encode()), right)


def _shapes(rng: np.random.Generator, client: Any) -> Case:
    """Give something else where rows, known labels or a question should be."""
    row, one = _object(_row()), '{"cough": 1}'
    things = ("null", "3", '"x"', "true", "[]", "{}", "[[]]", "[null]", "[3]", '["x"]', "[{}]",
              f"[[{row}]]", f"[{row}, 3]", f"[{row}, null]", _DEEP, f"[{', '.join([row] * 6)}]",
              f"[{', '.join(['{}'] * 1000)}]", '{"0": {}}')  # fmt: skip
    knowns = ("3", '"x"', "true", "[]", "[1]", "[null]", f"[{one}, {one}]", f"[[{one}]]", "[[1]]",
              '{"cough": {"cough": 1}}', '{"cough": 1, "cough": 0}', "[" + "{}," * 99 + "{}]",
              _DEEP)  # fmt: skip
    tops = (f'{{"rows": [{row}], "row": {row}}}', f'{{"rows": [{row}], "rows": [{row}]}}',
            f'{{"Rows": [{row}]}}', f'{{"rows": [{row}], "sides": {one}}}', f"[{row}]", row,
            "null", "3", '"x"', "[]", "{}", "", " ", "\x00", f'{{"rows": [{row}]}} x',
            f'{{"rows": [{row}]}}{{}}', f'{{"rows": [{row}],}}', f'{{rows: [{row}]}}',
            f'{{"rows": [{row}], "known": {one}, "knwon": {one}}}')  # fmt: skip
    questions = ('"about": "no such"', '"about": 3', '"about": null', '"about": ["cough"]',
                 '"about": {}', '"about": "cough", "best": 0', '"about": "cough", "best": "3"',
                 '"about": "cough", "best": 1.5', '"about": "cough", "best": true',
                 '"about": "cough", "best": -1', '"about": "cough", "known": [1]',
                 '"about": "cough", "known": {"cough": "x"}', '"best": 3', '"about": "Cough "',
                 '"about": "cough", "row": []')  # fmt: skip
    path = "/predict"
    if (draw := rng.integers(4)) == 0:
        body = f'{{"rows": {things[rng.integers(len(things))]}}}'
    elif draw == 1:
        body = f'{{"rows": [{row}], "known": {knowns[rng.integers(len(knowns))]}}}'
    elif draw == 2:
        body = tops[rng.integers(len(tops))]
    else:
        path = "/ask"
        body = f'{{"row": {row}, {questions[rng.integers(len(questions))]}}}'
    return Case(f"{path} {body[:150]}", lambda: asked(client, body.encode(), path), None)


def _bytes(rng: np.random.Generator, client: Any) -> Case:
    """Damage the bytes of a good request, or write it in another encoding."""
    text = _text(_row(), {"cough": "1", "colour": '"red"'})
    what = ("damaged", "damaged", "damaged", "UTF-16", "byte order mark", "large")[rng.integers(6)]
    content = bytearray(text.encode("utf-16" if what == "UTF-16" else "utf-8"))
    if what == "damaged":
        what = damaged(content, rng)
    elif what == "byte order mark":
        content[:0] = b"\xef\xbb\xbf"
    elif what == "large":
        content += b" " * _MOST_BYTES
    body = bytes(content)
    certain = what in ("UTF-16", "byte order mark", "large")
    right = None if certain else _likely
    return Case(f"{what}: {body[:150]!r}", lambda: asked(client, body), right, not certain)


def _heads(rng: np.random.Generator, client: Any) -> Case:
    """Send a good body the wrong way."""
    body = _text(_row()).encode()
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "",
             "application/jsonx", "text/json", "application/pickle", "application/xml")  # fmt: skip
    hosts = ("example.com", "localhost.example.com", "127.0.0.1.nip.io", "", "10.0.0.1:8000")
    paths = ("/nowhere", "/Predict", "//predict", "/predict/../../etc/passwd", "/ask/x",
             "/%2e%2e/run.json", "/page.py", "/" + "x" * 5000, "/static/../app.py")  # fmt: skip
    methods = ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO")
    draw = rng.integers(4)
    path, method, headers = "/predict", "POST", dict(_JSON)
    if draw == 0:
        headers["content-type"] = kinds[rng.integers(len(kinds))]
    elif draw == 1:
        headers["host"] = hosts[rng.integers(len(hosts))]
    elif draw == 2:
        path = paths[rng.integers(len(paths))]
    else:
        method = methods[rng.integers(len(methods))]
    what = f"{method} {path[:60]} {headers}"
    return Case(what, lambda: asked(client, body, path, method, headers), None)


_DRAWS: tuple[Callable[[np.random.Generator, Any], Case], ...] = (
    _cells, _cells, _cells, _shapes, _shapes, _bytes, _heads
)  # fmt: skip
