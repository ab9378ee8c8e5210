"""Kinds of quantity: which a question asks for, and which a passage gives as a figure with a unit of it.

What asks for a kind, and its units, are data: `quantities.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from ingestion.manuals.words import plain

_FIGURE: Final = r"(?<![\w.])[-+±]?\d[\d\s.,/x]*(?:\s?(?:to|a|-|\u2013|…)\s?\d[\d.,]*)?\s?"


class _Kind(NamedTuple):
    """How a kind of quantity is asked for, and how it is given."""

    asks: re.Pattern[str]
    gives: re.Pattern[str]


def asked(question: str) -> frozenset[str]:
    """Returns the kinds of quantity that a question may ask for, as far as its wording tells."""
    text = plain(question)
    return frozenset(name for name, kind in _kinds().items() if kind.asks.search(text))


def given(text: str, kinds: frozenset[str]) -> frozenset[str]:
    """Returns which of some kinds of quantity stand in a text as a figure with its unit."""
    said = plain(text).replace("\u00b3", "3")
    return frozenset(name for name in kinds if _kinds()[name].gives.search(said))


@cache
def _kinds() -> dict[str, _Kind]:
    tables = tomllib.loads(Path(__file__).with_name("quantities.toml").read_text(encoding="utf-8"))
    return {
        name: _Kind(
            re.compile(rf"(?<!\w)(?:{'|'.join(table['asks'])})"),
            re.compile(rf"{_FIGURE}(?:{'|'.join(table['units'])})"),
        )
        for name, table in tables.items()
    }
