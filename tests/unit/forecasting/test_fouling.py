"""A limit that is on its way: the exchanger of the demo plant fouls, and its pressure rises towards its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from forecasting.series import to_steps
from ingestion.simulator.faults import Fault, FaultKind
from ingestion.simulator.plant import ChilledWaterPlant
from ingestion.simulator.registry import load_registry
from plant.series import Series
from plant.settings import load_settings
from plant.time import DAY, HOUR, MINUTE, parse_time
from tools.forecast import forecast_column

if TYPE_CHECKING:
    from plant.facts import ToolResult

START = parse_time("2026-03-02T00:00:00Z")
NOW = START + 47 * HOUR
TAG = "E-101.PDT-01"


@pytest.fixture(scope="module")
def pressure() -> Series:
    """Returns three days of the pressure, minute by minute: fouling begins at noon and grows all along."""
    fouling = Fault(FaultKind.FOULING, "E-101", START + 12 * HOUR, START + 12 * HOUR + 8 * DAY)
    plant = ChilledWaterPlant(7, START, MINUTE, [fouling])
    at = plant.tags.index(TAG)
    values = np.array([plant.step()[at].value for _ in range(3 * 1440)], dtype=np.float64)
    return Series(TAG, "kPa", START + np.arange(len(values)) * MINUTE, values)


@pytest.fixture(scope="module")
def result(pressure: Series) -> ToolResult:
    limits = next(sensor.limits for sensor in load_registry() if sensor.tag == TAG)
    return forecast_column(
        pressure, 6 * HOUR, settings=load_settings(), until=NOW, candidates=("smoothing",), limits=limits
    )


def test_the_limit_is_told_with_when_and_how_likely(pressure: Series, result: ToolResult) -> None:
    limit = result.data["limit"]
    assert (limit["which"], limit["value"], limit["now"]) == ("high", 62.0, False)
    start, end = parse_time(limit["from"]), parse_time(limit["to"])
    assert NOW <= start < end < NOW + 6 * HOUR
    assert 0.1 <= limit["probability"] <= 1
    steps = to_steps(pressure, 15 * MINUTE)
    beyond = steps.times[(steps.times >= NOW) & (steps.values > limit["value"])]
    assert start <= beyond[0] <= end, "it came to pass between the two times"


def test_each_figure_of_the_limit_is_a_fact(result: ToolResult) -> None:
    limit = result.data["limit"]
    facts = {fact.name: fact for fact in result.facts}
    assert facts["forecast.limit.from"].value == limit["from"]
    assert facts["forecast.limit.to"].value == limit["to"]
    assert facts["forecast.limit.probability"].value == 100 * limit["probability"]
    assert facts["forecast.limit.value"].unit == "kPa"
