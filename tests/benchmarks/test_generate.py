import json

import numpy as np
import pytest

from benchmarks import generate, generate_tables
from tests._fewer_trees import fewer_trees  # noqa: F401 (a fixture)


def test_figures_are_written_as_they_come_and_tables_name_who_copied(tmp_path, capsys):
    path = tmp_path / "found.json"
    generate.main(
        [
            *"--sets breast-cancer --rows 220 --seeds 1 --generators smote copy --json".split(),
            str(path),
        ]
    )
    found = json.loads(path.read_text())["breast-cancer"]["0"]
    assert found["copy"]["copies"] == 1 and found["copy"]["equal"] == 1
    assert found["smote"]["equal"] < 0.1 and 0.4 < found["smote"]["trees"] < 1
    assert "1 of 1 caught" in capsys.readouterr().out


def test_files_of_single_runs_are_merged_by_set_seed_and_generator():
    parts = [{"a": {"0": {"x": 1}}}, {"a": {"0": {"y": 2}, "1": {"x": 3}}}, {"machine": {}}]
    assert generate.merged(parts) == {"a": {"0": {"x": 1, "y": 2}, "1": {"x": 3}}}


@pytest.mark.parametrize(("counts", "more"), [([3, 1], [1, 1]), ([2, 2], [])])
def test_rare_classes_are_filled_up(counts, more):
    assert generate._missing(np.repeat([0, 1], counts)).tolist() == more


def test_ours_is_compared_over_the_seeds_that_both_have():
    def own(trees):
        return {"trees": trees, "fidelity": 0.9, "fidelity_real": 0.9}

    seeds = {"0": {"ours": own(0.6), "smote": own(0.7), "copy": own(0.5)}, "1": {"ours": own(0.6)}}
    seeds["2"] = {"ours": own(0.6), "smote": own(0.71), "mixture": own(0.9)}
    line = generate_tables._against_best({"set": seeds}).splitlines()[-1]
    assert "smote" in line and "-0.105" in line and "copy" not in line


def test_real_rows_are_the_mean_over_the_seeds():
    columns, worth = generate_tables._COLUMNS, generate_tables._WORTH
    names = [*columns, *(real for _, real in columns.values() if real), *worth]
    names += ["copies", "trained_real", "trained_oversampled"]
    seeds = {str(k): {"smote": dict.fromkeys(names, value)} for k, value in enumerate((0.4, 0.6))}
    figures = next(iter(generate_tables.tables({"set": seeds})))
    line = next(line for line in figures.splitlines() if "real rows" in line)
    assert line.count("0.500") == sum(bool(real) for _, real in columns.values())
