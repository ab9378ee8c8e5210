"""The numbers with a unit in a text, as values: `6,5 l` is 6.5 l, `10 to 15 bar` is 10 bar and 15 bar."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = r"[-+\u2212]?\d+(?:[,\u202f\u00a0]\d{3})*(?:[.,]\d+)?"
_UNITS: Final = {
    "°C": "degC", "degC": "degC", "K": "K", "bar": "bar", "kPa": "kPa", "MPa": "MPa", "Pa": "Pa", "m3/h": "m3/h",
    "m³/h": "m3/h", "l/min": "l/min", "l/h": "l/h", "m/s": "m/s", "mm/s": "mm/s", "mm": "mm", "cm": "cm", "m": "m",
    "µm": "um", "Nm": "Nm", "N·m": "Nm", "N.m": "Nm", "kW": "kW", "W": "W", "kWh": "kWh", "V": "V", "A": "A",
    "mA": "mA", "Hz": "Hz", "rpm": "rpm", "min-1": "rpm", "%": "%", "kg": "kg", "g": "g", "l": "l", "L": "l",
    "ml": "ml", "m3": "m3", "m³": "m3", "m2": "m2", "m²": "m2", "dB(A)": "dB(A)", "s": "s", "seconds": "s",
    "min": "min", "minutes": "min", "h": "h", "hours": "h", "days": "d", "weeks": "week", "months": "month",
    "years": "year",
}  # fmt: skip
_UNIT: Final = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_QUANTITY: Final = re.compile(
    rf"(?<![\w.])(?:({_NUMBER})\s?(?:-|\u2013|to|and|\+-|\+/-|±)\s?)?({_NUMBER})\s?({_UNIT})(?![\w/³²])"
)


def numbers_in(text: str) -> list[tuple[float, str]]:
    """Returns the numbers of a text that have a unit, as (value, unit as the registry spells it).

    Of a range ("10 to 15 bar") both ends are returned. A comma before three digits groups
    thousands, any other is a decimal comma.
    """
    found = []
    for low, high, unit in _QUANTITY.findall(text):
        found += [(_value(number), _UNITS[unit]) for number in (low, high) if number]
    return list(dict.fromkeys(found))


def _value(number: str) -> float:
    plain = re.sub(r"[,\u202f\u00a0](?=\d{3}(?!\d))", "", number.replace("\u2212", "-"))
    return float(plain.replace(",", "."))
