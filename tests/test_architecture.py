"""The shape of the project, checked on its text; each rule is shown to catch a planted fault.

Nothing here imports Keras or labelfeed, so `make check` needs no backend.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import _architecture as rules
from tests._backends import ROOT, touches_keras
from tests._one_face import asked_for_its_class
from tests._private_keras import private_keras

Rule = Callable[[Path], list[str]]

RULES: tuple[Rule, ...] = (
    rules.long_files,
    rules.unranked,
    rules.wrong_directions,
    rules.cycles,
    rules.hidden_imports,
    rules.missing_twins,
    rules.bad_exports,
    rules.double_exports,
    rules.bare_methods,
    rules.pickles,
    asked_for_its_class,
    private_keras,
)

SOUND = {
    "labelfeed/__init__.py": """
        _PLACES = {"Spec": "labelfeed.labels"}
        __all__ = sorted(_PLACES)
        """,
    "labelfeed/labels.py": """
        import numpy as np
        __all__ = ["UNKNOWN", "Spec", "is_known"]
        UNKNOWN = -1
        def is_known(): ...
        class Spec:
            def encode(self):
                "Encode."
            def get_config(self): ...
        """,
    "labelfeed/layers/__init__.py": """
        from labelfeed.layers.film import Film
        __all__ = ["Film"]
        """,
    "labelfeed/layers/_maths.py": "",
    "labelfeed/layers/film.py": """
        from labelfeed.labels import Spec
        from . import _maths
        __all__ = ["Film"]
        class Film:
            def __init__(self): self._rate = self.built._asdict()
            def get_config(self): return self._rate, self.__dict__, _maths._f
        def _f(): ...
        """,
    "labelfeed/models/__init__.py": "__all__ = []",
    "labelfeed/models/keras_private.py": """
        from keras.src import backend
        __all__ = ["layers_of"]
        def layers_of(model): return model._flatten_layers()
        """,
    "labelfeed/cli/__init__.py": "__all__ = []",
    "labelfeed/cli/main.py": """
        __all__ = ["main"]
        def main():
            from labelfeed.layers import film
        """,
    "tests/test_labels.py": "def test_spec(): ...",
    "tests/cli/test_main.py": "def test_main(): ...",
    "tests/models/test_keras_private.py": "def test_layers_of(): ...",
    "tests/layers/test_film.py": "def test_film(): ...",
}

# rule, file, its text, what the violation must mention
FAULTS: tuple[tuple[Rule, str, str, str], ...] = (
    (rules.long_files, "labelfeed/labels.py", "pass\n" * 301, "301 lines"),
    (rules.long_files, "tests/test_labels.py", "pass\n" * 301, "301 lines"),
    (rules.long_files, "benchmarks/run.py", "pass\n" * 301, "301 lines"),
    (rules.unranked, "labelfeed/extra.py", "", "labelfeed.extra"),
    (rules.unranked, "labelfeed/more/__init__.py", "", "labelfeed.more"),
    (rules.wrong_directions, "labelfeed/labels.py", "from labelfeed import layers", "labelfeed.la"),
    (rules.wrong_directions, "labelfeed/labels.py", "import labelfeed.layers.film", ".layers"),
    (rules.wrong_directions, "labelfeed/layers/film.py", "from .. import cli", "labelfeed.cli"),
    (
        rules.wrong_directions,
        "labelfeed/layers/film.py",
        "from ..cli.main import main",
        "labelfeed.cli",
    ),
    (rules.wrong_directions, "labelfeed/losses/a.py", "import labelfeed.layers.film", "layers"),
    (
        rules.wrong_directions,
        "labelfeed/cli/main.py",
        "from labelfeed import Spec",
        "import Spec from",
    ),
    (rules.cycles, "labelfeed/layers/_maths.py", "from labelfeed.layers.film import Film", "film"),
    (rules.cycles, "labelfeed/layers/_maths.py", "from . import Film", "labelfeed.layers"),
    (
        rules.hidden_imports,
        "labelfeed/layers/film.py",
        "def f():\n    from labelfeed import labels",
        "labelfeed.labels",
    ),
    (
        rules.hidden_imports,
        "labelfeed/layers/film.py",
        "import importlib\nf = lambda: importlib.import_module('labelfeed.labels')",
        "labelfeed.labels",
    ),
    (rules.missing_twins, "labelfeed/heads/arc.py", "", "tests/heads/test_arc.py"),
    (rules.missing_twins, "tests/layers/test_film.py", "", "has no test"),
    (rules.bad_exports, "labelfeed/labels.py", "x = 1", "expected a literal"),
    (rules.bad_exports, "labelfeed/labels.py", "__all__ = ['b', 'a']\na = b = 1", "['a', 'b']"),
    (rules.bad_exports, "labelfeed/labels.py", "__all__ = ['a', 'a']\na = 1", "['a']"),
    (rules.bad_exports, "labelfeed/labels.py", "__all__ = ['a']", "a in __all__ does not"),
    (rules.bad_exports, "labelfeed/labels.py", "__all__ = ['film']", "film in __all__ does not"),
    (rules.bad_exports, "labelfeed/__init__.py", "_PLACES = {'No': 'labelfeed.cli'}", "No is not"),
    (rules.double_exports, "labelfeed/demo.py", "__all__ = ['main']\ndef main(): ...", "main"),
    (rules.bare_methods, "labelfeed/labels.py", "class A:\n    def f(self): ...", "labels.A.f"),
    *(
        (asked_for_its_class, "labelfeed/cli/main.py", f"def f(x): return {call}", call[:20])
        for call in (
            "isinstance(x, MarginModel)",
            "isinstance(x, (int, keras.Model))",
            "isinstance(x, LabelFedModel | int)",
            "hasattr(x, 'label')",
            "getattr(x.run, 'sides', ())",
        )
    ),
    (rules.pickles, "labelfeed/labels.py", "import pickle", "imports pickle"),
    (
        rules.pickles,
        "tests/cli/test_main.py",
        "def f():\n    from dill import load",
        "imports dill",
    ),
    (rules.pickles, "examples/a.py", "import pandas\npandas.read_pickle('x')", "read_pickle"),
    (rules.pickles, "labelfeed/labels.py", "f(allow_pickle=True)", "allow_pickle"),
    (private_keras, "labelfeed/labels.py", "from keras.src import ops", "keras.src.ops"),
    (private_keras, "labelfeed/labels.py", "import keras\nx = keras.src", ":2: src"),
    (private_keras, "labelfeed/labels.py", "m._flatten_layers()", "_flatten_layers"),
    (private_keras, "labelfeed/labels.py", "m.train_function = None", "train_function"),
    (private_keras, "labelfeed/labels.py", "getattr(m, 'jax_state_sync')()", "jax_state"),
    (private_keras, "labelfeed/labels.py", "def f(v): return v._lock", ":1: _lock"),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_project_keeps_the_rule(rule: Rule) -> None:
    violations = rule(ROOT)
    assert not violations, "\n".join([str(rule.__doc__), *violations])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_accepts_a_sound_tree(rule: Rule, tmp_path: Path) -> None:
    assert rule(plant(tmp_path, SOUND)) == []


@pytest.mark.parametrize(("rule", "file", "text", "mention"), FAULTS)
def test_rule_catches(rule: Rule, file: str, text: str, mention: str, tmp_path: Path) -> None:
    found = rule(plant(tmp_path, SOUND | {file: text}))
    assert found, "the planted fault was not seen"
    assert mention in "\n".join(found)


def test_the_order_names_packages_that_exist(tmp_path: Path) -> None:
    assert rules.ranked_in_vain(ROOT) == []
    assert "labelfeed.heads" in "\n".join(rules.ranked_in_vain(plant(tmp_path, SOUND)))


def test_every_rule_has_a_planted_fault() -> None:
    assert {fault[0] for fault in FAULTS} == set(RULES)


def test_no_tracked_file_names_a_folder_of_a_machine() -> None:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert rules.machine_paths(path for path in paths if path.is_file()) == []


@pytest.mark.parametrize("folder", ["work", "root"])
def test_machine_path_is_caught(folder: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text(f"see /{folder}/data.csv\n")
    assert len(rules.machine_paths([file])) == 1
    file.write_text(f"see https://example.org/{folder}/data.csv and my/{folder}/data.csv\n")
    assert rules.machine_paths([file]) == []


def test_import_labelfeed_loads_neither_keras_nor_pandas() -> None:
    run_python(
        "import sys, labelfeed; dir(labelfeed)",
        "heavy = {'keras', 'pandas', 'tensorflow', 'jax', 'torch', 'numpy'} & set(sys.modules)",
        "assert not heavy, heavy",
        "import os; assert 'KERAS_BACKEND' not in os.environ",
    )


def test_help_loads_neither_keras_nor_pandas() -> None:
    run_python(
        "import sys, labelfeed.cli.main; sys.argv = ['labelfeed', '--help']",
        "try: labelfeed.cli.main.main()",
        "except SystemExit as end: assert not end.code, end.code",
        "heavy = {'keras', 'pandas', 'tensorflow', 'jax', 'torch'} & set(sys.modules)",
        "assert not heavy, heavy",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import numpy", False),
        ("from keras import ops", True),
        ("def test_x():\n    import torch.nn", True),
        ("def test_x(keras_backend): ...", True),
        ("from labelfeed.labels import Spec", False),
        ("from labelfeed import Spec", False),
        ("from labelfeed import labels", False),
        ("import labelfeed", True),
        ("from labelfeed import layers", True),
        ("from labelfeed.layers._maths import f", True),
        ("from tests.helper import make", True),
        ("if TYPE_CHECKING:\n    import keras", False),
    ],
)
def test_which_test_files_touch_keras(text: str, expected: bool, tmp_path: Path) -> None:
    keras = {
        "labelfeed/layers/film.py": "import keras",
        "tests/helper.py": "import labelfeed.layers",
        "tests/test_it.py": text,
    }
    root = plant(tmp_path, SOUND | keras)
    assert touches_keras(root / "tests/test_it.py", root) is expected


def plant(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return root


def run_python(*lines: str) -> None:
    command = [sys.executable, "-c", "\n".join(lines)]
    clean = {"PATH": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=clean, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stdout + done.stderr
