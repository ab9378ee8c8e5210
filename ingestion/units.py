"""Units that measure the same, as instruments are set to them: what a value would read in another one."""

from __future__ import annotations

from typing import Final, NamedTuple


class Conversion(NamedTuple):
    """From one unit to another: `other = factor * value + offset`."""

    unit: str
    factor: float
    offset: float

    def apply(self, value: float) -> float:
        """Returns the value in the other unit."""
        return self.factor * value + self.offset

    def undo(self, value: float) -> float:
        """Returns a value of the other unit in the one it was converted from."""
        return (value - self.offset) / self.factor


# Each unit as (factor, offset) to the first of its family.
_FAMILIES: Final[tuple[dict[str, tuple[float, float]], ...]] = (
    {"K": (1.0, 0.0), "degC": (1.0, 273.15), "degF": (5 / 9, 459.67 * 5 / 9)},
    {unit: (factor, 0.0) for unit, factor in {
        "Pa": 1.0, "mbar": 1e2, "hPa": 1e2, "kPa": 1e3, "psi": 6_894.757, "bar": 1e5, "MPa": 1e6,
    }.items()},
    {unit: (factor, 0.0) for unit, factor in {
        "l/h": 1.0, "l/min": 60.0, "gpm": 227.1247, "m3/h": 1e3, "l/s": 3.6e3, "m3/min": 6e4, "m3/s": 3.6e6,
    }.items()},
    {unit: (factor, 0.0) for unit, factor in {"kg/h": 1.0, "kg/min": 60.0, "t/h": 1e3, "kg/s": 3.6e3}.items()},
    {unit: (factor, 0.0) for unit, factor in {"W": 1.0, "kW": 1e3, "MW": 1e6}.items()},
    {unit: (factor, 0.0) for unit, factor in {"mm": 1.0, "cm": 10.0, "in": 25.4, "ft": 304.8, "m": 1e3}.items()},
    {unit: (factor, 0.0) for unit, factor in {"rpm": 1.0, "Hz": 60.0}.items()},
    {unit: (factor, 0.0) for unit, factor in {"g": 1.0, "kg": 1e3, "t": 1e6}.items()},
    {unit: (factor, 0.0) for unit, factor in {"mA": 1.0, "A": 1e3}.items()},
    {unit: (factor, 0.0) for unit, factor in {"mV": 1.0, "V": 1e3}.items()},
)  # fmt: skip

_SPELLINGS: Final = str.maketrans({"°": "deg", "³": "3", "L": "l"})


def conversions(unit: str) -> tuple[Conversion, ...]:
    """Returns what a value of a unit may be read in instead; nothing for a unit that has no relatives."""
    own = unit.translate(_SPELLINGS)
    for family in _FAMILIES:
        if own in family:
            factor, offset = family[own]
            return tuple(
                Conversion(other, factor / f, (offset - o) / f)
                for other, (f, o) in family.items()
                if (f, o) != (factor, offset)
            )
    return ()
