"""Which language model took part in an answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agents.desk import Desk
from agents.route import router
from plant.facts import ToolResult
from plant.registry import Registry
from plant.settings import load_settings
from tests.unit.agents.fakes import FakeToolbox

OPENED = SimpleNamespace(name="smollm2")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({}, None),
        ({"how": "recipe"}, None),
        ({"how": "model"}, "smollm2"),
        ({"candidates": [{"name": "arima", "mase": 1.0}]}, None),
        ({"candidates": [{"name": "language-model", "mase": 1.0}]}, "smollm2"),
        ({"candidates": [{"name": "language-model", "mase": None}]}, None),
        (
            {
                "candidates": [
                    {"name": "language-model base", "mase": 2.0},
                    {"name": "language-model base+pumps", "mase": 1.0},
                    {"name": "language-model slow", "mase": None},
                ]
            },
            "base, base+pumps",
        ),
    ],
)
def test_the_model_that_took_part_is_named(data: dict[str, Any], name: str | None) -> None:
    desk = Desk(FakeToolbox(Registry(), load_settings(), OPENED), router())  # type: ignore[arg-type]  # a fake toolbox
    assert desk.model_of(ToolResult("forecast", data=data)) == name
