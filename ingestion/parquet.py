"""Parquet files as the rows of text that the historian reader takes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ingestion.tabular import Row
from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path


def parquet_cells(path: Path) -> tuple[list[str], list[Row]]:
    """Returns the column names of a Parquet file and its rows as text, numbers exact; `line` counts rows from 1.

    Raises:
        BadInput: If it is not a Parquet file, is cut short, or holds no rows.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{path} is not a whole Parquet file: {error}.") from error
    if not table.num_rows:
        raise BadInput(f"{path} holds no rows.")
    columns = [[_as_text(value) for value in column.to_pylist()] for column in table.columns]
    rows = [Row(number, list(cells)) for number, cells in enumerate(zip(*columns, strict=True), start=1)]
    return [str(name) for name in table.column_names], rows


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return str(value).strip()
