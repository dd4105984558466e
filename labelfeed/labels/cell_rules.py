"""What the cells of a file or of an array mean beyond values: declared once, for every reader."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self, TypedDict

import numpy as np

from labelfeed.labels.words import EMPTY, MissingWords, without_value

__all__ = ["CellOptions", "CellRules", "CellState", "Words", "plain_word"]

CellState = Literal["yes", "no", "class", "none apply", "unknown", "uncertain"]
"""What a cell was read as."""

Words = str | int | float | Iterable[str | int | float]
"""One spelling or several; numbers are spellings too."""

_WHOLE = re.compile(r"([+-]?\d+)\.0*")
_HOW = re.compile(r"ignore|zeros|ones|class|soft=(0?\.\d+|0|1|0\.0*|1\.0*)")
_HOWS = "ignore, zeros, ones, soft=P with P in [0, 1], or class"


class CellOptions(TypedDict, total=False):
    """The arguments of `CellRules`, as keywords of `LabelSpec.encode`."""

    missing: Words
    keep: Words
    negative: Words
    uncertain: str | Mapping[str, str]
    uncertain_words: Words
    none_word: str | None
    separator: str | None


@dataclasses.dataclass(frozen=True)
class CellRules:
    """What cells mean that are no plain values: which are unknown, no, uncertain, or none of all.

    Only the empty cell and NaN (None, masked, missing values of pandas) are unknown by themselves.
    What is declared here wins over what a reader would guess. Words are compared without case and
    outer spaces, numbers by value (-1 is "-1.0"); `keep` is compared as written.

    Args:
        missing: Spellings that are unknown.
        keep: Spellings that are values all the same, such as a class called `None`.
        negative: Spellings that are no, in yes/no columns.
        uncertain: What an uncertain cell of a yes/no column becomes: `"ignore"` (unknown),
            `"zeros"`, `"ones"`, `"soft=0.6"` (a soft target: trained on, in no score) or
            `"class"` (a class of its own); or a dict of that by column, `""` for all others.
        uncertain_words: How uncertain is spelt; without `uncertain` it means nothing.
        none_word: The cell that says that no label applies: every label is no, and is scored.
        separator: What stands between the labels of one cell, such as `"|"`.

    Raises:
        ValueError: A spelling is declared twice, or `uncertain` is none of these.

    References:
        Irvin et al. 2019, CheXpert (the ways to treat uncertain labels); Pham et al. 2019,
        Interpreting chest X-rays via CNNs that exploit hierarchical disease dependencies and
        uncertainty labels (soft values).

    Example:
        >>> rules = CellRules(missing=["NA", -9], uncertain={"edema": "ones", "": "soft=0.6"})
        >>> [rules.declared(word) for word in ("na", "-9.0", "-1", "")]
        ['unknown', 'unknown', 'uncertain', 'unknown']
        >>> rules.uncertain_value("edema"), rules.uncertain_value("mass")
        (1.0, 0.6)
    """

    missing: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    uncertain: tuple[tuple[str, str], ...] = ()
    uncertain_words: tuple[str, ...] = ("-1",)
    none_word: str | None = None
    separator: str | None = None

    def __init__(
        self,
        missing: Words = (),
        keep: Words = (),
        negative: Words = (),
        uncertain: str | Mapping[str, str] = "",
        uncertain_words: Words = "-1",
        none_word: str | None = None,
        separator: str | None = None,
    ) -> None:
        """Make tuples of what is given, and check that no spelling is declared twice."""
        by_column = {"": uncertain} if isinstance(uncertain, str) else dict(uncertain)
        by_column = {column: how for column, how in by_column.items() if how}
        fields: dict[str, Any] = {
            "missing": _words(missing),
            "keep": tuple(word.strip() for word in _texts(keep)),
            "negative": _words(negative),
            "uncertain": tuple(by_column.items()),
            "uncertain_words": _words(uncertain_words),
            "none_word": none_word if none_word is None else none_word.strip(),
            "separator": separator or None,
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        for column, how in self.uncertain:
            if not isinstance(how, str) or not _HOW.fullmatch(how):
                where = f" of {column!r}" if column else ""
                raise ValueError(f"uncertain{where} must be {_HOWS}; got {how!r}.")
        declared = {
            "missing": self.missing,
            "keep": tuple(map(plain_word, self.keep)),
            "negative": self.negative,
            "uncertain": self.uncertain_words if self.uncertain else (),
            "the none word": () if self.none_word is None else (plain_word(self.none_word),),
        }
        owner: dict[str, str] = {}
        for name, words in declared.items():
            for word in words:
                if owner.setdefault(word, name) != name:
                    raise ValueError(f"{word!r} is declared as {owner[word]} and as {name}.")

    def declared(self, text: str) -> Literal["keep", "unknown", "no", "uncertain", "none"] | None:
        """Return what is declared of a spelling, `None` where a reader has to say."""
        if text.strip() in self.keep or _number_form(text.strip()) in self.keep:
            return "keep"
        word = plain_word(text)
        if not word or word in self.missing:
            return "unknown"
        if word in self.negative:
            return "no"
        if self.none_word is not None and word == plain_word(self.none_word):
            return "none"
        return "uncertain" if self.uncertain and word in self.uncertain_words else None

    def how(self, column: str) -> str:
        """Return what uncertain cells of a column become; `""` where none is declared."""
        by_column = dict(self.uncertain)
        return by_column.get(column, by_column.get("", ""))

    def uncertain_value(self, column: str) -> float | None:
        """Return the target of an uncertain cell: NaN for unknown, `None` for a class."""
        how = self.how(column)
        if how.startswith("soft="):
            return float(how.removeprefix("soft="))
        return {"zeros": 0.0, "ones": 1.0, "class": None}.get(how, math.nan)

    @property
    def soft(self) -> bool:
        """Whether some uncertain cells become soft targets."""
        return any(how.startswith("soft=") for _, how in self.uncertain)

    @property
    def feature_words(self) -> MissingWords:
        """The declared missing words that are no numbers: -1 is a number in a feature."""
        words = [word for word in self.missing if not _is_number(word)]
        return dataclasses.replace(EMPTY, words=EMPTY.words | set(words)).but(self.keep)

    def plus(self, other: CellRules) -> CellRules:
        """Return these rules with others declared on top, which win."""
        mine, more = self.to_json(), other.to_json()
        taken = {
            plain_word(w) for key in ("missing", "keep", "negative") for w in more.get(key, ())
        }
        for key in ("missing", "keep", "negative"):
            left = [word for word in mine.get(key, ()) if plain_word(word) not in taken]
            mine[key] = [*left, *more.pop(key, ())]
        mine["uncertain"] = {**mine.get("uncertain", {}), **more.pop("uncertain", {})}
        return CellRules(**{**mine, **more})

    def to_json(self) -> dict[str, Any]:
        """Return what differs from the defaults, as JSON types; `from_json` is its inverse."""
        out: dict[str, Any] = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                out[field.name] = list(value) if isinstance(value, tuple) else value
        if self.uncertain:
            out["uncertain"] = dict(self.uncertain)
        return out

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> Self:
        """Return the rules that `to_json` described.

        Raises:
            ValueError: A value is of another type.
        """
        try:
            return cls(**config)
        except (TypeError, AttributeError) as error:
            raise ValueError(f"the rules of cells are broken: {error}") from error


def plain_word(value: str | int | float) -> str:
    """Return a spelling in the form in which two are compared.

    Example:
        >>> plain_word(" N/A "), plain_word(-1.0), plain_word("-1.00")
        ('n/a', '-1', '-1')
    """
    return _number_form(str(value).strip()).casefold()


def _number_form(text: str) -> str:
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def _texts(words: Words) -> list[str]:
    if isinstance(words, (str, bool, int, float, np.number)):
        words = [words]
    found = []
    for word in words:
        if without_value(word):
            raise ValueError("NaN and None are unknown by themselves; declare other spellings.")
        found.append(_number_form(str(word).strip()))
    return found


def _words(words: Words) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain_word(word) for word in _texts(words)))


def _is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False
