"""Which kinds of row a plant has: their columns, and the node and relationships that a row becomes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from plant.facts import Scalar

LONGEST: Final = 10_000
"""The most characters of a value."""

_SHOWN: Final = 60
_TOO_LARGE: Final = 2**63
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Rejection(Exception):
    """A row cannot be used; the message is a sentence that says why."""


class Link(NamedTuple):
    """A relationship that a row states: its type, and the columns of its two ends with their labels."""

    type: str
    start: tuple[str, str]
    end: tuple[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of row.

    Attributes:
        name: Of its file, without the ending.
        columns: How each column is read.
        required: The columns that may be neither missing nor empty.
        label: Of the node that a row becomes; empty for a relationship alone.
        key: The column with the node's id.
        links: The relationships.
        also: Other names of its file.
    """

    name: str
    columns: dict[str, Callable[[Scalar, str], Scalar]]
    required: tuple[str, ...]
    label: str = ""
    key: str = "id"
    links: tuple[Link, ...] = ()
    also: tuple[str, ...] = ()

    @cached_property
    def ends(self) -> frozenset[str]:
        """The columns that name other nodes, or the node itself."""
        return frozenset({column for link in self.links for column in (link.start[0], link.end[0])} | {self.key})


def short(value: object) -> str:
    """Returns a value as a message quotes it."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def text(value: Scalar, column: str) -> Scalar:
    """Reads a text; a number of JSON is one too."""
    if isinstance(value, bool):
        raise Rejection(f"{column} is {str(value).lower()}, which is not a text.")
    written = str(value)
    if len(written) > LONGEST:
        raise Rejection(f"{column} has {len(written)} characters; at most {LONGEST} are kept.")
    if _SURROGATE.search(written):
        raise Rejection(f"{column} has half a character in it: {short(written)}.")
    return written


def name_of(value: Scalar, column: str) -> Scalar:
    """Reads an id: a text that prints."""
    written = str(text(value, column))
    if not written.isprintable():
        raise Rejection(f"{column} is {short(written)}, which has characters that do not print.")
    return written


def whole(value: Scalar, column: str) -> Scalar:
    """Reads a whole number, from zero."""
    written = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,15}", written):
        raise Rejection(f"{column} is {short(value)}, which is not a whole number.")
    return int(written)


def day(value: Scalar, column: str) -> Scalar:
    """Reads a date; what is kept is its ISO 8601 text."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise Rejection(f"{column} is {short(value)}, which is not a date. Write it 2026-01-31.") from error


def status(value: Scalar, column: str) -> Scalar:
    """Reads whether a work order is open or closed."""
    written = str(value).lower()
    if written not in {"open", "closed"}:
        raise Rejection(
            f"the {column} {short(value)} is neither open nor closed. Keep the plant's own in an extra column."
        )
    return written


def plain(value: Scalar, column: str) -> Scalar:
    """Reads an extra column: a plain value as it is."""
    if isinstance(value, float) and not math.isfinite(value):
        raise Rejection(f"{column} is {value}, which is not a number.")
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        raise Rejection(f"{column} is {short(value)}, which is too large a number.")
    return text(value, column) if isinstance(value, str) else value


_ASSET: Final = ("asset", "Asset")

KINDS: Final = (
    Kind(
        "areas",
        {"id": name_of, "name": text, "description": text, "parent": name_of},
        ("id",),
        "Area",
        links=(Link("PART_OF", ("id", "Area"), ("parent", "Area")),),
    ),
    Kind(
        "assets",
        {
            "id": name_of,
            "name": text,
            "kind": text,
            "model": text,
            "maker": text,
            "installed": day,
            "area": name_of,
            "parent": name_of,
        },
        ("id",),
        "Asset",
        links=(
            Link("PART_OF", ("id", "Asset"), ("area", "Area")),
            Link("PART_OF", ("id", "Asset"), ("parent", "Asset")),
        ),
    ),
    Kind(
        "sensors",
        {"tag": name_of, "name": text, "description": text, "unit": text, "asset": name_of},
        ("tag",),
        "Sensor",
        key="tag",
        links=(Link("MEASURES", ("tag", "Sensor"), _ASSET),),
    ),
    Kind(
        "manuals", {"id": name_of, "name": text, "file": text, "edition": text}, ("id",), "Manual", also=("documents",)
    ),
    Kind("failure_modes", {"id": name_of, "code": text, "name": text, "effect": text}, ("id",), "FailureMode"),
    Kind(
        "work_orders",
        {
            "id": name_of,
            "title": text,
            "status": status,
            "opened": day,
            "closed": day,
            "technician": text,
            "asset": name_of,
            "remarks": text,
        },
        ("id", "status", "opened"),
        "WorkOrder",
        links=(Link("ON", ("id", "WorkOrder"), _ASSET),),
    ),
    Kind(
        "complaints",
        {"id": name_of, "name": text, "asset": name_of, "part": text, "defect": text, "count": whole},
        ("id", "asset", "part"),
        "Complaint",
        links=(Link("ON", ("id", "Complaint"), _ASSET),),
    ),
    Kind("parts", {"id": name_of, "name": text, "number": text, "stock": whole}, ("id",), "Part"),
    Kind(
        "feeds",
        {"asset": name_of, "fed": name_of, "medium": text},
        ("asset", "fed"),
        links=(Link("FEEDS", _ASSET, ("fed", "Asset")),),
        also=("connections",),
    ),
    Kind(
        "describes",
        {"manual": name_of, "asset": name_of},
        ("manual", "asset"),
        links=(Link("DESCRIBES", ("manual", "Manual"), _ASSET),),
    ),
    Kind(
        "affects",
        {"failure_mode": name_of, "asset": name_of},
        ("failure_mode", "asset"),
        links=(Link("AFFECTS", ("failure_mode", "FailureMode"), _ASSET),),
    ),
    Kind(
        "detected_by",
        {"failure_mode": name_of, "sensor": name_of},
        ("failure_mode", "sensor"),
        links=(Link("DETECTED_BY", ("failure_mode", "FailureMode"), ("sensor", "Sensor")),),
    ),
    Kind(
        "used",
        {"work_order": name_of, "part": name_of, "quantity": whole},
        ("work_order", "part"),
        links=(Link("USED", ("work_order", "WorkOrder"), ("part", "Part")),),
    ),
    Kind(
        "has_part",
        {"asset": name_of, "part": name_of},
        ("asset", "part"),
        links=(Link("HAS_PART", _ASSET, ("part", "Part")),),
    ),
    Kind(
        "fixes",
        {"part": name_of, "failure_mode": name_of},
        ("part", "failure_mode"),
        links=(Link("FIXES", ("part", "Part"), ("failure_mode", "FailureMode")),),
    ),
)
"""Nodes first, each after those that its links lead to."""
