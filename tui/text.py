"""How the terminal writes values, units, ages and other people's text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from plant.time import SECOND, format_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

MISSING: Final = "\u2013"
"""Shown where there is no value: never 0 for that."""

_BARS: Final = "▁▂▃▄▅▆▇█"
_GAP: Final = "·"

_UNITS: Final = {
    "degC": "°C",
    "degF": "°F",
    "m3/h": "m³/h",
    "m3": "m³",
    "kg/m3": "kg/m³",
    "m/s2": "m/s²",
    "mm/s2": "mm/s²",
    "um": "µm",
    "ohm": "Ω",
}

_NAMES: Final = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
_UNIT_OF_VALUE: Final = re.compile(rf"“[^”]*”|(?<=\d[ \u00a0])(?:{_NAMES})(?![\w/])|(?<=\()(?:{_NAMES})(?=\))")
"""A quote, or a unit after a number, or in brackets as in the head of a column."""

_PICTURES: Final = {code: chr(0x2400 + code) for code in range(0x20) if code != 0x0A}
_BIDI: Final = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_UNPRINTABLE: Final = (*range(0x80, 0xA0), *range(0xD800, 0xE000), *_BIDI)
_HARMLESS: Final = {**_PICTURES, 0x7F: "\u2421", **dict.fromkeys(_UNPRINTABLE, "\ufffd"), 0x09: "    "}


def clean(text: str) -> str:
    r"""Makes text from outside harmless on a screen, keeping line ends.

    Control characters become their Unicode pictures, so that an ANSI escape is seen and not obeyed;
    C1 controls, lone surrogates and marks that turn the reading direction round become U+FFFD.

    >>> clean("\x1b[31mred")
    '␛[31mred'
    """
    return text.replace("\r\n", "\n").translate(_HARMLESS)


def one_line(text: str) -> str:
    """Makes text from outside harmless and puts it on one line."""
    return " ".join(clean(text).split())


def pretty_unit(unit: str | None) -> str:
    """Writes a unit of the registry as people do: `degC` as `°C`, `m3/h` as `m³/h`."""
    return _UNITS.get(unit or "", one_line(unit or ""))


def pretty_units(text: str) -> str:
    """Writes each unit that stands after a number, or alone in brackets, as people do; a quote stays word for word.

    >>> pretty_units("5.0 to 5.4 degC until 16:10")
    '5.0 to 5.4 °C until 16:10'
    """
    return _UNIT_OF_VALUE.sub(lambda match: _UNITS.get(match[0], match[0]), text)


def number(value: float | None, decimals: int = 2) -> str:
    """Writes a value to the digits its instrument resolves, with thousands set apart."""
    return MISSING if value is None else f"{value:,.{decimals}f}"


def quantity(value: float | None, unit: str | None, decimals: int = 2) -> str:
    """Writes a value with its unit; a missing one without."""
    return number(value, decimals) if value is None else f"{number(value, decimals)} {pretty_unit(unit)}".rstrip()


def age(ms: int) -> str:
    """Writes how long ago something was, to the second; a clock that runs ahead gives `0 s`."""
    return format_duration(max(ms, 0) // SECOND * SECOND)


def plural(count: int, word: str) -> str:
    """Writes a count with its word: `1 alert`, `2 alerts`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def sparkline(values: Sequence[float | None]) -> str:
    """Draws values as bars from their lowest to their highest; a dot where one is missing."""
    present = [value for value in values if value is not None]
    if not present:
        return _GAP * len(values)
    low, high = min(present), max(present)
    if high == low:
        return "".join(_GAP if value is None else _BARS[3] for value in values)
    scale = (len(_BARS) - 1) / (high - low)
    return "".join(_GAP if value is None else _BARS[round((value - low) * scale)] for value in values)


def fit(text: str, width: int) -> str:
    """Cuts or pads text to exactly `width` cells; a cut one ends in `…`."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"


def fit_right(text: str, width: int) -> str:
    """Pads text on the left to `width` cells, or cuts it as `fit` does."""
    room = width - cell_len(text)
    return " " * room + text if room >= 0 else fit(text, width)
