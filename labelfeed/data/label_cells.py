"""What the cells of a label column mean: declared, told by the words, or asked."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from labelfeed.data.spellings import Spelling
from labelfeed.labels.cell_rules import CellRules, CellState, plain_word
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.words import MISSING, other_word, yes_no

__all__ = ["CellsRead", "class_cells", "counted", "label_cells", "means_missing"]

UNCERTAIN = "uncertain"


@dataclasses.dataclass(frozen=True)
class CellsRead:
    """A label column as it was read.

    Args:
        texts: Object array `(n,)`: the class or the word for yes or no, `None` where unknown.
        soft: float32 array `(n,)` of the soft targets of uncertain cells, NaN elsewhere; for a run
            also of probabilities between 0 and 1 in a yes/no column.
        spellings: What each spelling was read as.
    """

    texts: np.ndarray
    soft: np.ndarray
    spellings: tuple[Spelling, ...]


def means_missing(values: Collection[str]) -> bool:
    """Tell whether a word such as `NA` beside these values can only mean that one is missing.

    So it is among numbers and among yes and no, if two of them remain: no class is lost. Among
    words, or beside one value alone, it may well be a class: none, mild, severe.

    Example:
        >>> [means_missing(v) for v in (["1", "2.5"], ["no", "yes"], ["mild", "severe"], ["1"])]
        [True, True, False, False]
    """
    if all(_number(value) is not None for value in values):
        return len(values) != 1
    return {yes_no(value) for value in values} == {0, 1}


def label_cells(
    name: str,
    texts: np.ndarray,
    cells: CellRules,
    source: str,
    column: LabelColumn | None = None,
    single: bool = False,
) -> CellsRead:
    """Read a label column by what is declared, by a run's classes, and by the words themselves.

    Args:
        name: The column.
        texts: Its cells as text, `None` where empty.
        cells: What was declared.
        source: The file, for messages.
        column: The column of a run's label spec; `None` for new data.
        single: Whether it is the only label: then it has classes, also where they are yes and no.

    Raises:
        LabelError: -1 can mean several things, or uncertain is declared to be what it cannot be.

    Example:
        >>> texts = np.array(["0", "1", "-1", None], dtype=object)
        >>> read = label_cells("mass", texts, CellRules(uncertain="soft=0.6"), "f.csv")
        >>> read.texts.tolist(), [round(float(p), 1) for p in read.soft]
        (['0', '1', None, None], [nan, nan, 0.6, nan])
    """
    places, counts = counted(texts)
    declared = {text: cells.declared(text) for text in counts}
    plain = [text for text, meaning in declared.items() if meaning in (None, "keep")]
    if column is not None and (column.of_classes or single):
        plain += [text for text in counts if text in column.names and text not in plain]
    values = [t for t in plain if declared[t] == "keep" or t not in MISSING]
    _ask_minus_one(name, texts, counts, values, declared, column, source)
    if column is None and not single:
        values = _without_mistakes(values, counts, declared)
    of_classes = _of_classes(values, column, single)
    no, yes = _words(values, counts, column)
    usual_is_missing = means_missing(values) or (not values and len(plain) == 1)
    read: list[tuple[str | None, float]] = []
    found = []
    for text, count in counts.items():
        value: str | None = text
        soft, state, guessed = math.nan, _state(text, of_classes), False
        meaning = declared[text]
        if text in plain and text in MISSING and meaning is None:
            known = column is not None and of_classes and text in column.names
            guessed = not known
            if not known and (usual_is_missing or column is not None):
                value, state = None, "unknown"
            elif not known:
                state = "class"
        elif text in plain and column is not None and not of_classes and _between(text):
            value, soft, state = None, float(text), "uncertain"
        elif text in plain:
            state = "class" if meaning == "keep" else state
        elif meaning == "unknown":
            value, state = None, "unknown"
        elif meaning in ("no", "none"):
            state = "no" if meaning == "no" else "none apply"
            value = text if single and no not in counts and column is None else no
        else:
            state = "uncertain"
            value, soft = _uncertain(name, cells, no, yes, of_classes, single, texts, text, source)
        read.append((value, soft))
        as_what = value if value is not None else "" if math.isnan(soft) else f"{soft:g}"
        found.append(Spelling("label", name, text, state, count, as_what, guessed))
    empty = len(texts) - sum(counts.values())
    if empty:
        found.append(Spelling("label", name, "", "unknown", empty))
    values_of = np.array([*(value for value, _ in read), None], dtype=object)
    soft_of = np.array([*(soft for _, soft in read), math.nan], np.float32)
    return CellsRead(values_of[places], soft_of[places], tuple(found))


def class_cells(
    name: str, texts: np.ndarray, cells: CellRules, classes: Collection[str] | None
) -> tuple[np.ndarray, tuple[Spelling, ...]]:
    """Read a side column, in which every value is a class: texts, `None` where unknown.

    Args:
        name: The column.
        texts: Its cells as text, `None` where empty.
        cells: What was declared; of that, which words are missing and which are kept.
        classes: The classes of a run; `None` for new data.
    """
    places, counts = counted(texts)
    declared = {text: cells.declared(text) for text in counts}
    values = [t for t in counts if declared[t] == "keep" or t not in MISSING]
    usual_is_missing = means_missing([t for t in values if declared[t] != "unknown"])
    gone, found = set(), []
    for text, count in counts.items():
        known = classes is not None and text in classes
        usual = text in MISSING and declared[text] != "keep" and not known
        guessed = usual and declared[text] != "unknown"
        if (declared[text] == "unknown" and not known) or (
            usual and (usual_is_missing or classes is not None)
        ):
            gone.add(text)
        guessed = guessed or (plain_word(text) == "-1" and classes is None and text not in gone)
        state: CellState = "unknown" if text in gone else "class"
        read_as = "" if text in gone else text
        found.append(Spelling("side", name, text, state, count, read_as, guessed))
    if len(texts) > counts.total():
        found.append(Spelling("side", name, "", "unknown", len(texts) - counts.total()))
    kept = np.array([*(None if t in gone else t for t in counts), None], dtype=object)
    return kept[places], tuple(found)


def _without_mistakes(
    values: list[str], counts: Mapping[str, int], declared: Mapping[str, str | None]
) -> list[str]:
    """Return values but for words that stand once each among yes and no: encoding names them."""
    foreign = [v for v in values if yes_no(v) is None]
    if any(counts[v] > 1 or declared[v] == "keep" for v in foreign):
        return values
    return [v for v in values if v not in foreign] or values


def counted(texts: np.ndarray) -> tuple[np.ndarray, Counter[str]]:
    """Return the place of each text among the different ones, -1 where empty, and their counts."""
    places, found = pd.factorize(texts)
    counts = np.bincount(places[places >= 0], minlength=len(found)).tolist()
    return places, Counter(dict(zip(map(str, found), counts, strict=True)))


def _of_classes(values: Collection[str], column: LabelColumn | None, single: bool) -> bool:
    if column is not None:
        return column.of_classes or single
    return single or any(yes_no(value) is None for value in values)


def _state(text: str, of_classes: bool) -> CellState:
    state = None if of_classes else yes_no(text)
    return "class" if state is None else "yes" if state else "no"


def _words(
    values: Collection[str], counts: Mapping[str, int], column: LabelColumn | None
) -> tuple[str, str]:
    """Return the words for no and yes: those of a run, or the most frequent ones here."""
    if column is not None and not column.of_classes:
        return column.names[0], column.names[1]
    best: dict[int, str] = {}
    for word in sorted(values, key=lambda value: -counts.get(value, 0)):
        state = yes_no(word)
        if state is not None:
            best.setdefault(state, word)
    if column is not None:  # of classes: those that are called so
        best = {s: n for n in column.names for s in (0, 1) if yes_no(n) == s}
    if not best:
        return "0", "1"
    return best.get(0) or other_word(best[1]), best.get(1) or other_word(best[0])


def _uncertain(
    name: str,
    cells: CellRules,
    no: str,
    yes: str,
    of_classes: bool,
    single: bool,
    texts: np.ndarray,
    text: str,
    source: str,
) -> tuple[str | None, float]:
    """Return what an uncertain cell becomes: a text, and a soft target or NaN."""
    value = cells.uncertain_value(name)
    if value is None:
        return UNCERTAIN, math.nan
    if math.isnan(value):
        return None, math.nan
    hard = value in (0.0, 1.0)
    states = {yes_no(t) for t in texts if t is not None and cells.declared(t) in (None, "keep")}
    if of_classes and (not hard or not single or not states <= {0, 1}):
        raise LabelError(
            f"got {text!r}, uncertain, in a column of classes: it can be ignored or be a class of "
            f"its own there (--uncertain {name}=ignore, --uncertain {name}=class), and no "
            f"{cells.how(name)!r}.",
            place=f"{source}: Row {int(np.argmax(texts == text)) + 1}, column {name!r}",
            row=int(np.argmax(texts == text)) + 1,
            column=name,
            value=text,
            expected="ignore or class",
        )
    if not hard:
        return None, value
    return (yes if value else no), math.nan


def _ask_minus_one(
    name: str,
    texts: np.ndarray,
    counts: Mapping[str, int],
    values: Collection[str],
    declared: Mapping[str, str | None],
    column: LabelColumn | None,
    source: str,
) -> None:
    """Raise where -1 is the only negative number, and nobody said what it is."""
    minus = [t for t in values if plain_word(t) == "-1" and declared[t] is None]
    if not minus or (column is not None and minus[0] in column.names):
        return
    others = [t for t in values if t not in minus]
    if any((_number(value) or 0) < 0 for value in others):
        return  # a scale
    beside = ", ".join(f"{t} ({counts[t]})" for t in sorted(others)[:4])
    beside += ", ..." if len(others) > 4 else ""
    ways = (
        "unknown (--missing -1), uncertain (--uncertain ignore, zeros, ones, soft=0.6 or class), "
        "no (--negative -1) or a class (--keep -1); in Python cells=CellRules(missing=-1) and so on"
    )
    row = int(np.argmax(texts == minus[0])) + 1
    raise LabelError(
        f"got -1, {sum(counts[t] for t in minus)} times beside {beside or 'nothing'}. Say what it "
        f"is: {ways}.",
        place=f"{source}: Row {row}, column {name!r}",
        row=row,
        column=name,
        value=minus[0],
        expected=ways,
        count=sum(counts[t] for t in minus),
    )


def _between(text: str) -> bool:
    """Tell whether a text is a probability that is neither 0 nor 1."""
    return 0 < (_number(text) or 0) < 1


def _number(text: str) -> float | None:
    try:
        number = float(text) if "_" not in text else math.nan
    except ValueError:
        return None
    return None if math.isnan(number) else number
