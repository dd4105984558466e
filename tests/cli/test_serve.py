"""`labelfeed serve`: a run folder behind an address, without Keras where it has an ONNX copy."""

from __future__ import annotations

import re
import subprocess
import sys

import httpx

from labelfeed.cli import serve as command
from tests.runs._copies import ROWS, write_run

_WITHOUT_KERAS = """
import sys
from labelfeed.cli.main import main
from labelfeed.serving import server
import uvicorn
def run(self, sockets):
    heavy = {"keras", "sklearn", "scipy", "matplotlib", "tensorflow"} & set(sys.modules)
    assert not heavy, heavy
uvicorn.Server.run = run
main(sys.argv[1:], standalone_mode=False)
"""


def test_a_run_with_a_copy_starts_without_keras(tmp_path) -> None:
    run = write_run(tmp_path / "patients")
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_KERAS, "serve", str(run), "--port", "0"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert re.match(r"patients is served at http://127\.0\.0\.1:\d+/ \(Ctrl-C", done.stdout)


def test_it_answers_as_predict_does(tmp_path, monkeypatch) -> None:
    made = {}
    monkeypatch.setattr(command, "serve", lambda *given: made.update(service=given[0]))
    command.run_serve(str(write_run(tmp_path / "run")), most_rows=9)
    service = made["service"]
    from starlette.testclient import TestClient

    from labelfeed.serving.app import make_app

    with TestClient(make_app(service), base_url="http://localhost") as client:
        rows = ROWS.to_dict("records")
        answer: httpx.Response = client.post("/predict", json={"rows": rows})
    p = [row["fever"]["probabilities"]["1"] for row in answer.json()["predictions"]]
    assert p == service.run.predict(ROWS)[:, 1].tolist()
