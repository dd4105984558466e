"""What cells of labels mean, written down by hand from docs/data.md; nothing of labelfeed is asked.

A meaning is a class id, 0 or 1; `UNKNOWN`; `MINUS`, for -1, which is unknown or has to be asked
for; or `REFUSED`.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["MINUS", "REFUSED", "UNKNOWN", "class_cell", "meaning_of_class", "odd_cells", "yes_no"]

UNKNOWN, MINUS, REFUSED = -1, -2, -3

MISSING_WORDS = ("", " ", "?", "NA", "na", "N/A", "<NA>", "nan", "NaN", "none", "None", "NULL",
                 "unknown", "Unknown", "#N/A", "#N/A N/A", "#NA", "-nan", "1.#IND", "-1.#QNAN",
                 " NA ")  # fmt: skip
YES = ("1", "1.0", "yes", "Yes", "Y", "true", "TRUE", "t", "present", "Positive", "pos", " yes ")
NO = ("0", "0.0", "no", "No", "N", "false", "FALSE", "f", "absent", "Negative", "neg", " no ")
GONE: tuple[Any, ...] = (None, math.nan, np.float32("nan"), np.float64("nan"), pd.NA, pd.NaT,
                         np.ma.masked)  # fmt: skip


def odd_cells(name: str) -> list[Any]:
    """Return values that are no label of anybody's, whatever the label is."""
    return [
        10**400, -(10**400), 2**63, 2**64, -(2**63), -2, 99, 1e300, 0.5, 1.5, -0.25, math.inf,
        -math.inf, np.float32(0.5), np.uint64(2**63), np.int8(-2), 1j, np.complex64(1),
        datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1), pd.Timestamp("2020-01-01"),
        np.datetime64("2020-01-01"), np.timedelta64(1, "s"), np.timedelta64(1),
        datetime.timedelta(1), pd.Timedelta(1), pd.Period("2020"), "maybe", "mabye\n", "2e0", "٣",
        "0x1", "1_0", "yes no", "\x00", "\x1b[31m", "x" * 100_000, b"\xff\xfe", b"maybe", "-2",
        "1e5", "inf", "Infinity", "½", {name + "?": 1}, {"a": 1, "b": 2}, object(), int,
        bytearray(b"1"), memoryview(b"1"), range(1), print,
    ]  # fmt: skip


def meaning_of_class(text: str, names: Sequence[str]) -> int:
    """Return what a text means where classes have names."""
    for word in (text, text.strip()):
        if word in names:
            return names.index(word)
    if text.strip().lower() in {word.strip().lower() for word in MISSING_WORDS}:
        return UNKNOWN
    return MINUS if text.strip() in ("-1", "-1.0") else REFUSED


def class_cell(names: Sequence[str], rng: np.random.Generator) -> tuple[Any, int]:
    """Return a cell of a column of classes, none called by a number, and what it means."""
    if rng.random() < 0.6:
        index = int(rng.integers(len(names)))
        name = names[index]
        if rng.random() < 0.4:
            kinds = (int, float, np.int64, np.int8, np.uint8, np.float32, np.float64)
            return kinds[rng.integers(len(kinds))](index), index
        spelt = (name, np.str_(name), f" {name} ", name.encode())
        return spelt[rng.integers(len(spelt))], index
    if rng.random() < 0.5:
        return GONE[rng.integers(len(GONE))], UNKNOWN
    if rng.random() < 0.1:
        return (True, 1) if rng.random() < 0.5 else (False, 0)
    if rng.random() < 0.1:
        return (-1, -1.0, np.int16(-1), "-1", "-1.0")[rng.integers(5)], MINUS
    name = names[rng.integers(len(names))]
    words = (*MISSING_WORDS, name.upper(), name.title(), name[:-1], name + "s", f"{name}\t")
    text = words[rng.integers(len(words))]
    return text, meaning_of_class(text, names)


def yes_no(rng: np.random.Generator) -> tuple[Any, int]:
    """Return a cell of a yes/no label, and what it means."""
    if rng.random() < 0.7:
        state = int(rng.integers(2))
        kinds = (int, float, bool, np.int64, np.int8, np.uint8, np.float32, np.bool_)
        if rng.random() < 0.5:
            return kinds[rng.integers(len(kinds))](state), state
        word = (NO, YES)[state][rng.integers(len(YES))]
        return (word.encode() if rng.random() < 0.1 else word), state
    if rng.random() < 0.5:
        return GONE[rng.integers(len(GONE))], UNKNOWN
    if rng.random() < 0.1:
        return (-1, -1.0, np.int16(-1), "-1", "-1.0")[rng.integers(5)], MINUS
    if rng.random() < 0.3:
        wrong = ("yess", "ja", "2", "10", "0.5", "y/n", "+", "-", "01", "1,0", "no!", "nope", "tr")
        return wrong[rng.integers(len(wrong))], REFUSED
    return MISSING_WORDS[rng.integers(len(MISSING_WORDS))], UNKNOWN
