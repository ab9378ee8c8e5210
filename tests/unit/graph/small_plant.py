"""A small plant with every label and relationship of the demo plant, for tests of the graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from plant.graph.contract import Node, Relation

_ASSETS = (
    ("P-101", "pump P-101", "pump", "KSB Etanorm 80"),
    ("P-102", "pump P-102", "pump", "KSB Etanorm 80"),
    ("P-103", "pump P-103", "pump", "Grundfos NK 65"),
    ("E-101", "exchanger E-101", "exchanger", "Alfa Laval T10"),
    ("C-101", "compressor C-101", "compressor", "Bitzer CSH"),
    ("T-101", "tank T-101", "tank", "Buffer 5000"),
)
_SENSORS = (
    ("P-101.SC-01", "speed command", "%", "P-101"),
    ("P-101.VT-01", "vibration", "mm/s", "P-101"),
    ("P-101.JT-01", "motor power", "kW", "P-101"),
    ("P-102.VT-01", "vibration", "mm/s", "P-102"),
    ("CW-100.TT-02", "chilled water temperature", "degC", "E-101"),
    ("E-101.PDT-01", "differential pressure", "kPa", "E-101"),
    ("T-101.LT-01", "level", "%", "T-101"),
)
_ORDERS = (
    ("WO-1001", "Replace mechanical seal", "P-102", "open", "2026-11-02", None),
    ("WO-1002", "Vibration check", "P-102", "open", "2026-11-10", None),
    ("WO-0990", "Replace bearing", "P-102", "closed", "2026-03-01", "2026-03-04"),
    ("WO-0991", "Clean plates", "E-101", "closed", "2026-05-01", "2026-05-02"),
)

NODES = [
    Node("CW-100", "Area", {"name": "chilled water loop"}),
    *(
        Node(
            key,
            "Asset",
            {"name": name, "kind": kind, "model": model, "maker": model.split()[0], "installed": "2019-04-01"},
        )
        for key, name, kind, model in _ASSETS
    ),
    *(Node(key, "Sensor", {"name": what, "description": what, "unit": unit}) for key, what, unit, _ in _SENSORS),
    *(
        Node(
            key,
            "WorkOrder",
            {
                "name": key,
                "title": title,
                "status": status,
                "opened": opened,
                "closed": closed,
                "technician": "R. Diaz",
            },
        )
        for key, title, _, status, opened, closed in _ORDERS
    ),
    Node("E07", "FailureMode", {"name": "fouling", "code": "E07", "effect": "high differential pressure"}),
    Node("E03", "FailureMode", {"name": "bearing wear", "code": "E03", "effect": "high vibration"}),
    Node("PT-7", "Part", {"name": "gasket set", "number": "GS-700", "stock": 1}),
    Node("PT-3", "Part", {"name": "bearing", "number": "BR-300", "stock": 4}),
    Node("MAN-1", "Manual", {"name": "CW-100 operation and maintenance manual", "file": "CW-100-manual.pdf"}),
]

RELATIONS = [
    *(Relation(key, "PART_OF", "CW-100") for key, *_ in _ASSETS),
    *(Relation(key, "MEASURES", asset) for key, _, _, asset in _SENSORS),
    *(Relation(key, "ON", asset) for key, _, asset, *_ in _ORDERS),
    Relation("T-101", "FEEDS", "P-101"),
    Relation("T-101", "FEEDS", "P-102"),
    Relation("T-101", "FEEDS", "P-103"),
    Relation("P-101", "FEEDS", "E-101"),
    Relation("P-102", "FEEDS", "E-101"),
    Relation("P-103", "FEEDS", "E-101"),
    Relation("C-101", "FEEDS", "E-101"),
    Relation("MAN-1", "DESCRIBES", "P-101"),
    Relation("MAN-1", "DESCRIBES", "E-101"),
    Relation("E07", "AFFECTS", "E-101"),
    Relation("E07", "DETECTED_BY", "E-101.PDT-01"),
    Relation("E03", "AFFECTS", "P-101"),
    Relation("E03", "DETECTED_BY", "P-101.VT-01"),
    Relation("PT-7", "FIXES", "E07"),
    Relation("PT-3", "FIXES", "E03"),
    Relation("WO-0990", "USED", "PT-3"),
    Relation("E-101", "HAS_PART", "PT-7"),
    Relation("P-101", "HAS_PART", "PT-3"),
]


DATA = Path(__file__).with_name("data")


def corpus(name: str) -> list[str]:
    """Returns the queries of a file in `data`, one a line, the last field of it; `\\n` stands for a new line."""
    return [line[-1] for line in _lines(name)]


def attacks() -> list[tuple[str, str, str]]:
    """Returns the attacks: the refusal's code, what its text begins with, and the query."""
    return [(code, reason, query) for code, reason, query in _lines("attacks")]


class Probe(msgspec.Struct, frozen=True):
    """A query of the usual dialect, and what comes of it: rows by engine, None where the engine fails."""

    topic: str
    query: str
    guard: str
    neo4j: list[list[Any]] | None
    kglite: list[list[Any]] | None


def probes() -> list[Probe]:
    """Returns the probes of the dialect, as both engines answered them on this plant."""
    lines = (DATA / "dialect.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Probe) for line in lines]


def _lines(name: str) -> list[list[str]]:
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    return [line.replace("\\n", "\n").replace("\\t", "\t").split("\t", 2) for line in text.split("\n") if line]
