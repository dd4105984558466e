"""The review page: complete in itself, and true to what was found."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from labelfeed.noise.decisions import apply_decisions, read_decisions
from labelfeed.report.review_page import review_items, write_review
from tests.noise.test_cleaned import made


def content(page: str) -> dict:
    found = re.search(r"<script type='application/json' id=data>(.*?)</script>", page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_most_probable_errors_come_first() -> None:
    first, second = review_items(made())
    assert (first["row"], first["given"], first["suggestion"]) == ("p2", "well", "ill")
    assert first["error"] == 0.9 and first["classes"] == [["ill", 0.9], ["well", 0.1]]
    assert first["table"][:2] == [["row", "p2", "p3", "p1"], ["state", "well", "well", "ill"]]
    assert first["table"][3] == ["age", "50", "60", "40"]
    assert second["row"] == "p3" and second["suggestion"] == "ill"


def test_without_noise_the_least_probable_labels_are_shown(tmp_path) -> None:
    path = tmp_path / "queue.html"
    assert write_review(path, made(found=False), command="labelfeed clean") == 2
    assert "No noise was found" in content(path.read_text())["what"]


def test_nothing_of_the_data_becomes_markup(tmp_path) -> None:
    cleaned = made()
    evil = "</script><img src=x onerror=alert(1)>"
    cleaned.dataset.row_ids[:] = ["p1", "<b>", "p3", "p4"]
    object.__setattr__(cleaned.dataset, "source", evil)
    path = tmp_path / "queue.html"
    write_review(path, cleaned, command=evil)
    page = path.read_text()
    assert evil not in page and "<b>" not in page.partition("</style>")[2]
    assert content(page)["then"] == f"Then: {evil}"


def test_it_needs_no_other_file(tmp_path) -> None:
    path = tmp_path / "queue.html"
    write_review(path, made(), command="labelfeed clean")
    page = path.read_text()
    assert not re.search(r"https?://|<link|src=|@import|fetch\(|innerHTML", page)
    assert "width=device-width" in page


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_keys_decide_and_the_file_is_applied(tmp_path) -> None:
    """The script runs on a small stand-in of a page: accept, skip, undo, keep, save."""
    path = tmp_path / "queue.html"
    cleaned = made()
    write_review(path, cleaned, command="labelfeed clean")
    page = path.read_text()
    data = json.dumps(content(page))
    script = page.rpartition("<script>")[2].partition("</script>")[0]
    (tmp_path / "run.js").write_text(_STAND_IN.replace("DATA", json.dumps(data)) + script + _KEYS)
    done = subprocess.run(["node", str(tmp_path / "run.js")], capture_output=True, text=True,
                          timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    saved = tmp_path / "decisions.json"
    saved.write_text(done.stdout)
    found = read_decisions(saved)
    assert [(one.row, one.value) for one in found] == [("p2", "ill"), ("p3", "well")]
    assert apply_decisions(cleaned.dataset, found).tolist() == [0, 0, 1, -1]


_STAND_IN = """
const made = {}, listeners = {};
const element = name => ({
  name, style: {}, options: [], disabled: false, textContent: '', append() {}, remove() {},
  replaceChildren() { this.options = []; }, click() {},
  addEventListener(kind, f) { this[kind] = f; },
});
globalThis.Option = function (text, value) { this.value = value; };
globalThis.document = {
  getElementById: id => made[id] ??= element(id), querySelector: id => made[id] ??= element(id),
  createElement: element, body: element('body'),
};
made.data = {textContent: DATA};
globalThis.localStorage = {getItem: () => null, setItem() {}};
globalThis.scrollTo = () => {};
globalThis.addEventListener = (kind, f) => { listeners[kind] = f; };
globalThis.Blob = function (parts) { this.text = parts.join(''); };
globalThis.URL = {createObjectURL: blob => process.stdout.write(blob.text), revokeObjectURL() {}};
globalThis.setTimeout = () => {};
"""
_KEYS = """
const hit = key => listeners.keydown({key, target: {tagName: 'BODY'}, preventDefault() {}});
for (const key of ['s', 'u', 'A', 'k']) hit(key);
press.save();
"""
