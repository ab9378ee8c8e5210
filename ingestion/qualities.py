"""How other systems write the quality of a value, and what it is here.

| written | good | bad | stale |
|---|---|---|---|
| Sparkplug B code | 192 | 0 | 500 |
| OPC UA status code, by its two highest bits | 00 | 10 | 01 (uncertain) |
| a word, in any case | `good...` | `bad...` | `uncertain...`, `stale` |
| true, false | true | false | |

An uncertain value is kept as stale: it is stored and shown, and nothing is judged by it.
Sources: Eclipse Sparkplug 3.0, "Quality"; OPC 10000-4, 7.39 StatusCode, and OPC 10000-6, 5.4.2.11 for its JSON.
"""

from __future__ import annotations

from typing import Any, Final

from plant.readings import Quality

_SPARKPLUG: Final = {int(quality): int(quality) for quality in Quality}
_SEVERITIES: Final = {0b00: int(Quality.GOOD), 0b01: int(Quality.STALE), 0b10: int(Quality.BAD)}
_WORDS: Final = {"good": Quality.GOOD, "bad": Quality.BAD, "uncertain": Quality.STALE, "stale": Quality.STALE}

READABLE: Final = {
    "sparkplug": "192, 0, 500, true, false and words such as good, bad, uncertain",
    "opcua": "status codes and words such as Good, BadSensorFailure, Uncertain",
}
"""By kind of codes, what `read_quality` understands, for people."""


def read_quality(found: Any, codes: str) -> int | None:
    """Returns the quality of what a message says, one of `Quality`; None if that says nothing known.

    Args:
        found: A number, a word, true or false; an OPC UA status as an object with `Code` or `Symbol`.
        codes: What numbers are: `sparkplug` or `opcua`.
    """
    if isinstance(found, dict):
        found = found.get("Code", found.get("Symbol"))
    if isinstance(found, bool):
        return int(Quality.GOOD if found else Quality.BAD)
    if isinstance(found, str):
        lower = found[:64].lower()
        return next((int(quality) for word, quality in _WORDS.items() if lower.startswith(word)), None)
    if not isinstance(found, int):
        return None
    if codes == "opcua":
        return _SEVERITIES.get(found >> 30) if 0 <= found < 2**32 else None
    return _SPARKPLUG.get(found)
