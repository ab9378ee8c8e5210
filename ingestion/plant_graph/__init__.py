"""The plant graph from a folder of CSV or JSON: what stands where, feeds what, fails how, was repaired when.

One file a kind, `assets.csv`, `assets.json` (a list of objects) or `assets.jsonl` (one object a line), or all of them
in one `plant.json` (an object with a list for each kind). Only assets must be there.

| kind | columns (those in brackets may be empty or missing) | becomes |
|---|---|---|
| `areas` | id, [name, description, parent] | Area, PART_OF Area |
| `assets` | id, [name, kind, model, maker, installed, area, parent] | Asset, PART_OF Area, PART_OF Asset |
| `sensors` | tag, [name, description, unit, asset] | Sensor MEASURES Asset |
| `feeds`, also `connections` | asset, fed, [medium] | Asset FEEDS Asset |
| `manuals`, also `documents` | id, [name, file, edition] | Manual |
| `describes` | manual, asset | Manual DESCRIBES Asset |
| `failure_modes` | id, [code, name, effect] | FailureMode |
| `affects` | failure_mode, asset | FailureMode AFFECTS Asset |
| `detected_by` | failure_mode, sensor | FailureMode DETECTED_BY Sensor |
| `work_orders` | id, status, opened, [title, closed, technician, asset, remarks] | WorkOrder ON Asset |
| `complaints` | id, asset, part, [name, defect, count] | Complaint ON Asset |
| `parts` | id, [name, number, stock] | Part |
| `used` | work_order, part, [quantity] | WorkOrder USED Part |
| `has_part` | asset, part | Asset HAS_PART Part |
| `fixes` | part, failure_mode | Part FIXES FailureMode |

Dates are written 2026-01-31; a status is open or closed. Without a `sensors` file the sensors are those of the
registry; with one, its tags are spelled as the registry spells them. A column that is not in the table is an error
unless it is named as an extra one: then it is a property.

A row that is wrong is rejected, with file, line and reason; a file that cannot be trusted as a whole (another
encoding, an unknown column, an unclosed quotation mark) is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestion.plant_graph.build import Plant, Rejected, build
from ingestion.plant_graph.files import read_sheets
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from plant.graph.contract import Node, Relation
    from plant.registry import Registry

__all__ = ["Plant", "Rejected", "read_folder", "read_plant"]


def read_folder(directory: Path, registry: Registry, *, extra: Collection[str] = ()) -> Plant:
    """Reads a plant and checks it row by row.

    Args:
        directory: The folder.
        registry: The plant's sensors.
        extra: Columns beyond the module's table that are properties, as the files spell them.

    Returns:
        What holds together, and which rows were rejected.

    Raises:
        BadInput: For a folder without assets, or a file that cannot be trusted as a whole; it names file and line.
    """
    return build(read_sheets(directory, extra), registry)


def read_plant(directory: Path, registry: Registry | None = None) -> tuple[list[Node], list[Relation]]:
    """Reads a plant in which nothing may be wrong.

    Args:
        directory: The folder.
        registry: The plant's sensors; None for the demo plant's.

    Raises:
        BadInput: As `read_folder`, and for the first row that is rejected.
    """
    if registry is None:
        from ingestion.simulator.registry import load_registry

        registry = load_registry()
    plant = read_folder(directory, registry)
    if plant.rejected:
        first = plant.rejected[0]
        raise BadInput(f"{directory / first.file}, line {first.line}: {first.reason}")
    return list(plant.nodes), list(plant.relations)
