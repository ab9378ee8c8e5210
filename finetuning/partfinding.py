"""How well parts are found: precision and recall over texts that a person has labelled.

A labelled file is a CSV file with a column `parts` beside the texts: `mech seal: leakage; brg: noise, wear; coupling`,
the words of each part as they stand in the text, in its order, and the kinds of its defects. A part is found where a
finding shares words with it; each counts once. A defect is found where its part is, and its kind is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.cypher.report import Share, wilson
from ingestion.tabular import read_table
from plant.errors import BadInput, did_you_mean
from tools.parts.defects import defect_words
from tools.parts.finder import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tools.parts.finder import Finder

_TEXT: Final = "text"
_LABELS: Final = "parts"
_LANGUAGE: Final = "language"


class Label(msgspec.Struct, frozen=True):
    """A part that a text names, `text[start:end]`, and the kinds of its defects."""

    start: int
    end: int
    defects: frozenset[str]


class Labelled(msgspec.Struct, frozen=True):
    """A text with its labels; `line` is where it ends in the file."""

    line: int
    language: str
    text: str
    labels: tuple[Label, ...]


class Counts(msgspec.Struct, frozen=True):
    """What was right of what was found, and found of what there is; shares with Wilson's interval at 95 %."""

    precision: Share
    recall: Share


class Wrong(msgspec.Struct, frozen=True):
    """A text where something was found, missed or understood otherwise, each as words."""

    line: int
    text: str
    extra: tuple[str, ...]
    missed: tuple[str, ...]


class Scores(msgspec.Struct, frozen=True):
    """How well a finder did.

    Attributes:
        texts: How many there were.
        parts: Of parts.
        exact: Of the parts found, how many with the very words of the label.
        defects: Of pairs of a part and a kind of defect.
        by_language: Of parts and of defects, for each language that the file names.
        wrong: The texts where anything was wrong.
    """

    texts: int
    parts: Counts
    exact: Share
    defects: Counts
    by_language: dict[str, dict[str, Counts]]
    wrong: tuple[Wrong, ...]


def read_labelled(path: Path, column: str = _TEXT, labels: str = _LABELS) -> list[Labelled]:
    """Reads a labelled file.

    Args:
        path: A CSV file with both columns; one called `language` is read too.
        column: Its column with the texts.
        labels: Its column with the parts.

    Raises:
        BadInput: If it cannot be read, lacks a column, or labels words that are not in their text, or a kind of defect
            that there is not.
    """
    rows = read_table(path, headed=True).rows
    header = rows[0].cells
    for name in (column, labels):
        if name not in header:
            hint = did_you_mean(name, header) or f"Columns: {', '.join(header)}."
            raise BadInput(f"{path}, line {rows[0].line}: there is no column {name!r}.", hint=hint)
    read = []
    for row in rows[1:]:
        cells = dict(zip(header, [*row.cells, *[""] * len(header)], strict=False))
        text = cells[column]
        found = tuple(_labels(f"{path}, line {row.line}", text, cells[labels]))
        read.append(Labelled(row.line, cells.get(_LANGUAGE, ""), text, found))
    if not read:
        raise BadInput(f"{path} has no row to measure with.")
    return read


def score(labelled: Sequence[Labelled], finder: Finder) -> Scores:
    """Measures a finder."""
    judged = [_judge(one, finder.find(one.text)) for one in labelled]
    languages = sorted({one.labelled.language for one in judged} - {""})
    spoken = {name: [one for one in judged if one.labelled.language == name] for name in languages}
    matched = [(part, label) for one in judged for part, label in one.matched]
    exact = sum((part.start, part.end) == (label.start, label.end) for part, label in matched)
    return Scores(
        texts=len(judged),
        parts=_of_parts(judged),
        exact=wilson(exact, len(matched)),
        defects=_of_defects(judged),
        by_language={name: {"parts": _of_parts(ones), "defects": _of_defects(ones)} for name, ones in spoken.items()},
        wrong=tuple(wrong for one in judged if (wrong := _wrong(one)) is not None),
    )


class _Judged(msgspec.Struct, frozen=True):
    labelled: Labelled
    matched: tuple[tuple[Part, Label], ...]
    extra: tuple[Part, ...]
    missed: tuple[Label, ...]


def _labels(where: str, text: str, cell: str) -> Iterable[Label]:
    kinds = defect_words().kinds
    at = 0
    for item in filter(None, map(str.strip, cell.split(";"))):
        words, _, told = item.partition(":")
        defects = frozenset(filter(None, map(str.strip, told.split(","))))
        for unknown in sorted(defects - set(kinds)):
            hint = did_you_mean(unknown, kinds) or f"Kinds: {', '.join(kinds)}."
            raise BadInput(f"{where}: there is no kind of defect {unknown!r}.", hint=hint)
        start = text.find(words.strip(), at)
        if start < 0:
            raise BadInput(
                f"{where}: the text has no {words.strip()!r} there.",
                hint="A label is the words of the text, in its order, capitals as they are.",
            )
        at = start + len(words.strip())
        yield Label(start, at, defects)


def _judge(one: Labelled, found: Sequence[Part]) -> _Judged:
    """Pairs what was found with the labels, in the order of the text."""
    left = list(one.labels)
    matched, extra = [], []
    for part in found:
        label = next((label for label in left if label.start < part.end and part.start < label.end), None)
        if label is None:
            extra.append(part)
        else:
            left.remove(label)
            matched.append((part, label))
    return _Judged(one, tuple(matched), tuple(extra), tuple(left))


def _kinds(part: Part) -> frozenset[str]:
    return frozenset(defect.kind for defect in part.defects)


def _of_parts(judged: Sequence[_Judged]) -> Counts:
    right = sum(len(one.matched) for one in judged)
    found = right + sum(len(one.extra) for one in judged)
    return Counts(wilson(right, found), wilson(right, right + sum(len(one.missed) for one in judged)))


def _of_defects(judged: Sequence[_Judged]) -> Counts:
    right = sum(len(_kinds(part) & label.defects) for one in judged for part, label in one.matched)
    found = sum(len(_kinds(part)) for one in judged for part in (*(part for part, _ in one.matched), *one.extra))
    there = sum(len(label.defects) for one in judged for label in one.labelled.labels)
    return Counts(wilson(right, found), wilson(right, there))


def _wrong(one: _Judged) -> Wrong | None:
    text = one.labelled.text
    extra = [part.text for part in one.extra]
    missed = [text[label.start : label.end] for label in one.missed]
    for part, label in one.matched:
        extra += [f"{part.text}: {kind}" for kind in sorted(_kinds(part) - label.defects)]
        missed += [f"{part.text}: {kind}" for kind in sorted(label.defects - _kinds(part))]
    return Wrong(one.labelled.line, text, tuple(extra), tuple(missed)) if extra or missed else None
