import pytest

from labelfeed.judging.copying import Copying
from labelfeed.judging.estimate import Estimate
from labelfeed.judging.fidelity import Fidelity
from labelfeed.judging.told_apart import ToldApart
from labelfeed.judging.usefulness import Trained, Usefulness
from labelfeed.judging.verdicts import copies, helps, looks, obeys


def _near(value, half=0.02):
    return Estimate(value, value - half, value + half)


@pytest.mark.parametrize(
    ("auc", "begins"),
    [
        (0.51, "Looks like the data"),
        (0.6, "Looks much like"),
        (0.75, "Looks roughly like"),
        (0.95, "Does not look like"),
    ],
)
def test_looks(auc, begins):
    apart = [ToldApart("boosted trees", _near(auc)), ToldApart("logistic", _near(0.5))]
    assert looks(apart, apart).startswith(begins)


@pytest.mark.parametrize(
    ("synthetic", "begins"),
    [
        (0.5, "Does not obey"),
        (0.7, "Obeys the label in part"),
        (0.9, "Obeys the label:"),
        (0.99, "Obeys the label, with rows that are easier"),
    ],
)
def test_obeys(synthetic, begins):
    assert obeys([Fidelity("y", _near(synthetic), _near(0.9), ("a", "b"))]).startswith(begins)


@pytest.mark.parametrize(("nearer", "begins"), [(0.7, "Copies nobody"), (0.9, "Copies training")])
def test_copies(nearer, begins):
    assert copies(Copying(_near(nearer), 0.7, 0, 0, 0, 0, 1, 1, 1)).startswith(begins)


@pytest.mark.parametrize(
    ("over_real", "over_oversampled", "begins"),
    [
        (0.1, 0.05, "Helps a classifier:"),
        (0.1, 0.0, "Helps a classifier no more than repeating"),
        (0.0, 0.0, "Does not help"),
        (-0.1, -0.1, "Harms"),
    ],
)
def test_helps(over_real, over_oversampled, begins):
    on = ("real", "synthetic", "real + synthetic", "real, oversampled")
    trained = tuple(Trained(name, 10, 0.5, 0.5) for name in on)
    gaps = (_near(over_real), _near(over_oversampled))
    use = Usefulness("y", trained, _near(0), *gaps, *gaps)
    assert helps([use]).startswith(begins)
    assert "+0." in helps([use]) or "-0." in helps([use])


def test_a_label_that_real_rows_do_not_tell_either_is_not_judged():
    untold = Fidelity("site", _near(0.5), _near(0.5), ("a", "b"))
    assert "do not tell site either" in obeys([untold])
    assert "finds y in" in obeys([untold, Fidelity("y", _near(0.9), _near(0.9), ("a", "b"))])


def test_nothing_to_tell_by_is_told():
    assert "cannot be told" in obeys([]) and "cannot be told" in helps([])
