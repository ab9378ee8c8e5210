"""The newest reading of each tag, and what the registry says it should be.

| fact | value |
|---|---|
| `reading.tag` | a tag; the facts up to the next `reading.tag` are about it |
| `reading.value` | its newest value, in its unit; absent where nothing was measured |
| `reading.at` | time of that reading at the source |
| `reading.age` | seconds from then until now |
| `reading.quality` | `good`, `bad` or `stale`: the reading's own, or stale because the tag fell behind the others |
| `reading.setpoint`, `reading.tolerance` | what its loop holds, and the half width of that band; absent where unknown |
| `reading.low_low`, `reading.low`, `reading.high`, `reading.high_high` | its limits; absent where there is none |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plant.facts import SECONDS, TIME, EvidenceKind, Table
from plant.readings import Quality
from plant.time import SECOND, to_iso

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from plant.facts import FactSheet
    from plant.store.contract import Latest
    from tools.subjects import Subject

SETTINGS: Final = ("setpoint", "tolerance", "low_low", "low", "high", "high_high")
"""What the registry's limits say of a tag, by the names of the facts."""

_COLUMNS: Final = ("tag", "description", "value", "unit", "at", "quality")
_QUALITIES: Final = {int(quality): quality.name.lower() for quality in Quality}


def tell_readings(
    sheet: FactSheet, subject: Subject, latest: Sequence[Latest], stale: Collection[str], now: int
) -> list[dict[str, Any]]:
    """Adds the newest readings of a subject, all under one evidence that lists them.

    Args:
        sheet: Where the facts go.
        subject: Whose tags.
        latest: The newest readings of the store.
        stale: Tags that fell behind the others of their source.
        now: The clock, UTC milliseconds.

    Returns:
        The rows of the evidence's table as JSON objects; a tag that never sent a reading has none.
    """
    newest = {last.tag: last for last in latest}
    found = [(sensor, newest[sensor.tag]) for sensor in subject.sensors if sensor.tag in newest]
    rows: list[dict[str, Any]] = [
        {
            "tag": sensor.tag,
            "description": sensor.description,
            "value": last.value,
            "unit": sensor.unit,
            "at": to_iso(last.ts),
            "quality": "stale" if sensor.tag in stale else _QUALITIES.get(last.quality, "bad"),
        }
        for sensor, last in found
    ]
    table = Table(_COLUMNS, tuple(tuple(row.values()) for row in rows), title="newest readings")
    title = f"newest reading of {subject.name}" if len(rows) == 1 else f"newest readings of {subject.name}: {len(rows)}"
    source = sheet.cite(EvidenceKind.READINGS, title, table=table)
    for (sensor, last), row in zip(found, rows, strict=True):
        unit = sensor.unit or None
        sheet.add("reading.tag", sensor.tag, source)
        if last.value is not None:
            sheet.add("reading.value", last.value, source, unit)
        sheet.add("reading.at", row["at"], source, TIME)
        sheet.add("reading.age", max(now - last.ts, 0) / SECOND, source, SECONDS)
        sheet.add("reading.quality", row["quality"], source)
        for name in SETTINGS:
            value = getattr(sensor.limits, name)
            if value is not None:
                sheet.add(f"reading.{name}", value, source, unit)
    return rows
