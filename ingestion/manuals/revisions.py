"""Which manual a file is, and which revision of it, as its title, its name and its first pages say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from ingestion.manuals.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.store.contract import Passage

_MARK = re.compile(
    r"\b(rev(?:ision)?|r\u00e9v(?:ision)?|ind(?:ice)?|edition|\u00e9dition|\u00e9d|issue|version|ver)\b[\s._:-]*"
    r"(?:n[o\u00b0]\.?\s*)?(\d{1,3}(?:\.\d{1,3}){0,2}[a-z]?|[a-z]\d{0,2})(?!\w)",
    re.IGNORECASE,
)
_SHORT_MARK = re.compile(r"(?<![^\W_])(v|r|rev|ed)[._-]?(\d{1,3}(?:\.\d{1,3}){0,2})(?![\w.])", re.IGNORECASE)
_MONTHS = (
    *("jan", "feb|fev|f\u00e9v", "mar", "apr|avr", "may|mai", "jun|juin"),
    *("jul|juil", "aug|aou|ao\u00fb", "sep", "oct", "nov", "dec|d\u00e9c"),
)  # how they begin, in order
_MONTH = "|".join(_MONTHS)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATES = (
    re.compile(rf"\b{_YEAR}[-/._](?P<month>0[1-9]|1[0-2])(?:[-/._](?P<day>[0-3]\d))?\b"),
    re.compile(rf"\b(?:(?P<day>[0-3]?\d)[./])?(?P<month>0?[1-9]|1[0-2])[./]{_YEAR}\b"),
    re.compile(
        rf"\b(?:(?P<day>[0-3]?\d)\.? )?(?P<name>{_MONTH})[a-z\u00e9\u00fb]*\.? (?:[0-3]?\d, )?{_YEAR}\b", re.IGNORECASE
    ),
)
_DATED = re.compile(
    r"\b(?:dated?|as of|issued|edition|\u00e9dition|rev|r\u00e9v|version|published|updated?|publi\u00e9|mis)",
    re.IGNORECASE,
)
_COPY = re.compile(r"\b(?:copy|copie|final|draft|new|old)\b|\(\d+\)", re.IGNORECASE)
_WORDS = {"rev": "Rev.", "ind": "Rev.", "r\u00e9v": "Rev.", "r": "Rev.", "v": "Version", "ver": "Version"}
_FIRST_PAGES = 3
_SHORT = 120  # characters of a line that is about the document, not in it


class Edition(msgspec.Struct, frozen=True):
    """What a manual is called, and which revision it is.

    Attributes:
        title: Its title in words alone, without marks of a revision; empty where it has none.
        stem: The same of its file's name.
        machines: Words of both with digits: the machine it is for.
        mark: `Rev. C`, `Edition 2.1`; empty where none is said.
        date: `2024-03` or `2024-03-12`; empty where none is said.
    """

    title: str
    stem: str
    machines: tuple[str, ...]
    mark: str = ""
    date: str = ""

    def in_words(self) -> str:
        """Returns the revision for people: `Rev. C, 2024-03`; empty where nothing is said."""
        return ", ".join(filter(None, (self.mark, self.date)))

    def revises(self, other: Edition) -> bool:
        """Says whether both are called the same, and neither names another machine."""
        named = bool(self.title and self.title == other.title) or bool(self.stem and self.stem == other.stem)
        return named and self.may_be_for(other)

    def may_be_for(self, other: Edition) -> bool:
        """Says whether title and name of one tell no other machine than those of the other."""
        return self.machines == other.machines or not self.machines or not other.machines

    def is_surely_other(self, other: Edition) -> bool:
        """Says whether both say which revision they are, of one machine that they name."""
        marks = (self.in_words(), other.in_words())
        return all(marks) and marks[0] != marks[1] and bool(self.machines) and self.machines == other.machines


def edition_of(name: str, title: str, passages: Sequence[Passage], furniture: str = "") -> Edition:
    """Reads which manual a file is.

    Args:
        name: Its file's name.
        title: Its title, or its name where it has none.
        passages: All of it.
        furniture: Text of its cover, headers and footers.
    """
    stem = name.rpartition(".")[0] or name
    early = [passage for passage in passages if passage.page <= passages[0].page + _FIRST_PAGES - 1]
    lines = [passage.section for passage in early] + [line for p in early for line in p.text.split("\n")]
    said = [title, stem.replace("_", " "), *(line for line in lines if len(line) <= _SHORT), *furniture.split("\n")]
    mark = next((found for text in said if (found := _mark(text))), "")
    if not mark and (short := _SHORT_MARK.search(stem)):
        mark = _in_words(short)
    date = next((found for text in said[:2] if (found := _date(text))), "")
    date = date or next((found for text in said[2:] if _DATED.search(text) and (found := _date(text))), "")
    plain_title, plain_stem = ("" if title == name else _plain(title)), _plain(stem)
    machines = {word for word in f"{plain_title} {plain_stem}".split() if any(map(str.isdigit, word))}
    return Edition(plain_title, plain_stem, tuple(sorted(machines)), mark, date)


def _mark(text: str) -> str:
    found = _MARK.search(text)
    return _in_words(found) if found else ""


def _in_words(found: re.Match[str]) -> str:
    word = found[1].casefold()
    name = next((name for short, name in _WORDS.items() if word in {short, f"{short}ision", f"{short}ice"}), "")
    other = "Edition" if word[0] in "e\u00e9" else found[1].capitalize()
    return f"{name or other} {found[2].upper()}"


def _date(text: str) -> str:
    """Returns the first date of a text, as ISO 8601 as far as it is said."""
    for pattern in _DATES:
        found = pattern.search(text)
        if found:
            parts = found.groupdict()
            month = parts["month"] if "month" in parts else str(_number_of(parts["name"]))
            day = parts.get("day")
            return "-".join([parts["year"], f"{int(month):02}", *([f"{int(day):02}"] if day else [])])
    return ""


def _number_of(month: str) -> int:
    return next(
        number
        for number, names in enumerate(_MONTHS, 1)
        if any(month.casefold().startswith(n) for n in names.split("|"))
    )


def _plain(text: str) -> str:
    """Returns what stays the same from revision to revision: words, without marks, dates and accents."""
    for pattern in (*_DATES, _MARK, _SHORT_MARK, _COPY):
        text = pattern.sub(" ", text.replace("_", " "))
    return " ".join(re.findall(r"[^\W_]+", plain(text)))
