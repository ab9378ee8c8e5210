"""Labelled spans from a CSV with the columns subject, start, end: what was wrong, with what, and when."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from plant.errors import BadInput, did_you_mean
from plant.time import parse_time
from tools.budget_ladder import Label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo
    from pathlib import Path

    from plant.registry import Registry

_COLUMNS = ("subject", "start", "end")


def read_labels(file: Path, registry: Registry, zone: tzinfo) -> list[Label]:
    """Reads labelled spans; times without a zone are in `zone`.

    Raises:
        BadInput: If the file cannot be read, or a line is not a known tag or asset and two times.
    """
    places = {place.upper(): place for place in (*(sensor.tag for sensor in registry), *registry.assets)}
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not set(_COLUMNS) <= set(reader.fieldnames or ()):
                raise BadInput(f"{file} has no columns {', '.join(_COLUMNS)}.", hint="Its first line must name them.")
            return [_label(f"{file}, line {reader.line_num}", row, places, zone) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _label(where: str, row: Mapping[str, str | None], places: Mapping[str, str], zone: tzinfo) -> Label:
    subject, *moments = (row[column] or "" for column in _COLUMNS)
    place = places.get(subject.upper())
    if place is None:
        raise BadInput(f"{where}: there is no tag or asset {subject!r}.", hint=did_you_mean(subject, places.values()))
    try:
        start, end = (parse_time(moment, zone) for moment in moments)
    except BadInput as error:
        raise BadInput(f"{where}: {error.message}", hint=error.hint) from error
    if end <= start:
        raise BadInput(f"{where}: it ends before it begins.")
    return Label(place, start, end)
