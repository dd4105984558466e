from __future__ import annotations

import sys

import pytest

from labelfeed.strategies.own_code import import_module, searching_here


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sys.path_importer_cache.clear()
    return tmp_path


def test_a_module_of_the_current_folder_is_found_and_the_path_is_as_before(here, monkeypatch):
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p])
    before = list(sys.path)
    (here / "labelfeed_own.py").write_text("import sys\nPATH = list(sys.path)\n")
    module = import_module("labelfeed_own:build")
    assert module.PATH[0] == "" and module.PATH[1:] == before
    assert sys.path == before
    monkeypatch.delitem(sys.modules, "labelfeed_own")


def test_the_path_is_as_before_when_the_module_changes_it_or_fails(here):
    before = list(sys.path)
    (here / "labelfeed_bad.py").write_text("import sys\nsys.path.insert(0, '/x')\n1 / 0\n")
    with pytest.raises(ImportError, match="ZeroDivisionError"):
        import_module("labelfeed_bad")
    assert sys.path == before
    with pytest.raises(ModuleNotFoundError), searching_here():
        __import__("labelfeed_absent")
    assert sys.path == before
