import numpy as np
import pandas as pd
import pytest

from labelfeed.judging.judge import judge
from labelfeed.report.generator_page import judged_table, write_generator_page
from tests._fewer_trees import fewer_trees  # noqa: F401 (a fixture)


def _rows(seed):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"<b>": rng.normal(size=40), "y": ["p", "q"] * 20})


@pytest.fixture(scope="module")
def judged():
    return judge(_rows(0), _rows(1), _rows(2), "y")


def test_the_page_answers_first_and_needs_no_other_file(judged, tmp_path):
    path = tmp_path / "page.html"
    write_generator_page(
        path, judged, _rows(1), _rows(2), what="40 rows of x.csv", command="labelfeed evaluate g x"
    )
    page = path.read_text()
    lead = page.split("class=lead>")[1].split("</p>")[0]
    assert "Looks" in lead and "Copies nobody" in lead and "classifier" in lead
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert page.count("<img") == 2 and "src='http" not in page
    assert "40 rows of x.csv" in page and "labelfeed evaluate g x" in page


def test_pictures_are_shown_by_class(judged, tmp_path):
    pictures = [np.full((4, 4, 1), k, np.uint8) for k in range(40)]
    frame = pd.DataFrame({"y": ["p", "q"] * 20, "picture": pictures})
    write_generator_page(tmp_path / "p.html", judged, frame, frame, pictures="picture")
    assert (tmp_path / "p.html").read_text().count("<img") == 1


def test_every_figure_is_in_the_table(judged):
    assert len(judged_table(judged).rows) == len(judged.figures())
