"""A forecast as CSV (RFC 4180): a row a step, the shown method's median and band, then every method's median."""

from __future__ import annotations

import csv
import sys
from typing import Any


def print_csv(data: dict[str, Any]) -> None:
    """Writes the forecast in the JSON of a result to stdout.

    Args:
        data: Of a result that has a forecast.
    """
    shown, others = data["forecast"], data["forecasts"]
    levels = sorted(shown["lower"], key=int)
    edges = [(f"{side}_{level}", shown[side][level]) for level in levels for side in ("lower", "upper")]
    columns = [("time", shown["times"]), ("median", shown["median"]), *edges]
    columns += [(name, forecast["median"]) for name, forecast in others.items()]
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows(zip(*[values for _, values in columns], strict=True))
