"""Quantities in a text: a number with its unit, as manuals write them, metric and imperial."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final


def _units() -> list[str]:
    path = Path(__file__).with_name("wordings") / "units.toml"
    text = tomllib.loads(path.read_text(encoding="utf-8"))["units"]
    return [unit.replace("_", " ") for unit in dict.fromkeys(text.split())]


_NUMBER: Final = r"[-+\u2212\u00b1]?\d+(?:[\s\u202f\u00a0,.]\d{3})*(?:[.,]\d+)?(?:/\d+)?"
_UNIT: Final = "|".join(map(re.escape, sorted(_units(), key=len, reverse=True)))
_END: Final = r"(?![\w/\u00b3\u00b2'\u2019])"

QUANTITY: Final = (
    rf"{_NUMBER}(?:\s?(?:-|\u2013|to|and|\u00e0|et|\+/-|\u00b1|x)\s?{_NUMBER})?"
    rf"\s?(?:operating |running |working |calendar )?(?:{_UNIT}){_END}"
)
"""A pattern that a number, or a range, with its unit matches."""

_CUT: Final = re.compile(rf"\s?(?:{_UNIT}){_END}")
_BARE: Final = re.compile(rf"{_NUMBER}(?:\s?(?:-|\u2013|to|\u00e0|/|x)\s?{_NUMBER})*")
_IN_BRACKETS: Final = re.compile(rf"[(\[]\s*(?:in |en )?(?:{_UNIT})\s*[)\]]")


def is_bare_number(text: str) -> bool:
    """Says whether a text is a number, or a range, and nothing else."""
    return bool(_BARE.fullmatch(text.strip()))


def is_quantity(text: str) -> bool:
    """Says whether a text is a number, with its unit or without, and nothing else."""
    return is_bare_number(text) or bool(re.fullmatch(QUANTITY, text.strip()))


def names_unit(column: str) -> bool:
    """Says whether a column's name has the unit of its cells: `Torque (Nm)`, `Pressure [bar]`."""
    return bool(_IN_BRACKETS.search(column))


def unit_cut_off(before: str, after: str) -> bool:
    """Says whether words end in a number whose unit stands right after them."""
    return bool(re.search(r"\d\s*$", before)) and bool(_CUT.match(after))
