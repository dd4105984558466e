"""The information curve as a picture."""

from __future__ import annotations

from collections.abc import Mapping

from labelfeed.metrics.information import InformationCurve
from labelfeed.report.charts import curve

__all__ = ["TITLES", "information_chart"]

TITLES = {
    "macro_auc": "macro-AUC",
    "micro_auc": "micro-AUC",
    "average_precision": "average precision",
    "log_loss": "log loss (nats)",
    "calibration_error": "calibration error",
}


def information_chart(
    curves: Mapping[str, InformationCurve], metric: str = "macro_auc", title: str = ""
) -> bytes:
    """Return a chart of a score of the unknown labels against the known share.

    The band of each line spans the seeds. `"last"` (all but one known) stands where it belongs:
    at the share that was left unscored; with so few labels that another share leaves one too, it is
    left out.

    Args:
        curves: Curves by name, of the same shares.
        metric: One of the metrics of the curves.
        title: Title of the chart.

    Returns:
        A PNG file's bytes.

    Raises:
        ValueError: There is no curve, the curves differ in their shares, or the metric is unknown.

    Example:
        >>> from labelfeed.audit import information_curve
        >>> labels = np.random.default_rng(0).integers(0, 2, (50, 4))
        >>> chance = information_curve(lambda x, known: np.full(known.shape, 0.5), None, labels)
        >>> information_chart({"chance": chance})[1:4]
        b'PNG'
    """
    shares = {c.shares for c in curves.values()}
    if len(shares) != 1:
        raise ValueError(f"Expected curves of the same shares, got {sorted(map(str, shares))}.")
    if metric not in TITLES:
        raise ValueError(f"metric must be one of {tuple(TITLES)}, got {metric!r}.")
    wanted = shares.pop()
    first = next(iter(curves.values()))
    others = [scored for s, scored in zip(wanted, first.scored, strict=True) if s != "last"]
    places = [i for i, s in enumerate(wanted) if s != "last" or first.scored[i] not in others]
    at = [
        1 - first.scored[i] / first.scored[0] if wanted[i] == "last" else wanted[i] for i in places
    ]
    series = {
        name: [[row[i] for row in c.values[metric]] for i in places] for name, c in curves.items()
    }
    return curve([float(s) for s in at], series, f"{TITLES[metric]} of the unknown labels", title)
