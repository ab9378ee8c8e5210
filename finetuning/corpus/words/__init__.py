"""Wordings that the manuals of a language share: titles, headings, names of columns, sentences around a row."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class TableWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands around rows of one kind.

    Attributes:
        headings: Headings of their section.
        captions: Captions of their table.
        columns: For each cell of a row, names of its column; in the order of the columns.
        sentences: Ways to say a row as a sentence.
        entry: Headings of a row that has a section of its own, as a fault may.
        lines: What then stands below.
    """

    headings: tuple[str, ...]
    captions: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    sentences: tuple[str, ...]
    entry: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paragraph that every manual has: sentences, each in its wordings."""

    say: tuple[tuple[str, ...], ...]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shared wordings of a language; `replace` is what its figures are spelt with."""

    titles: tuple[str, ...]
    editions: tuple[str, ...]
    notices: dict[str, tuple[str, ...]]
    replace: dict[str, str]
    chapters: dict[str, tuple[str, ...]]
    about: Standing
    safety: Standing
    intervals: dict[str, tuple[str, ...]]
    tables: dict[str, TableWords]


@cache
def words_of(language: str) -> Words:
    """Returns the wordings of `en` or `fr`."""
    text = (files("finetuning.corpus") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Words)
