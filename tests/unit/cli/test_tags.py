"""`millhand tags set` takes what an alarm is made of, and refuses what could not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plant.registry import Sensor
from plant.store.sqlite import open_store
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "plant.db"
    with open_store(path) as opened:
        opened.put_sensors(
            [Sensor("P-1.FT", asset="P-1"), Sensor("P-1.SC", asset="P-1"), Sensor("E-1.TT", asset="E-1")]
        )
    return path


def sensor(store: Path, tag: str) -> Sensor:
    with open_store(store, read_only=True) as opened:
        found = opened.registry().get(tag)
    assert found is not None
    return found


def test_an_alarm_can_latch_and_be_suppressed_by_others(store: Path) -> None:
    assert main(["tags", "set", "P-1.FT", "latching", "true", "--store", str(store)]) == 0
    assert main(["tags", "set", "P-1.FT", "suppressed_by", "P-1.SC, E-1", "--store", str(store)]) == 0
    assert sensor(store, "P-1.FT").latching
    assert sensor(store, "P-1.FT").suppressed_by == ("P-1.SC", "E-1")
    assert main(["tags", "set", "P-1.FT", "suppressed_by", "none", "--store", str(store)]) == 0
    assert main(["tags", "set", "P-1.FT", "asset", "none", "--store", str(store)]) == 0
    assert sensor(store, "P-1.FT") == Sensor("P-1.FT", latching=True)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("suppressed_by", "P-1.SD", "cannot be suppressed by P-1.SD. Did you mean P-1.SC"),
        ("suppressed_by", "P-1.FT", "cannot be suppressed by itself"),
        ("latching", "perhaps", "'perhaps' does not fit latching. Write true or false"),
    ],
)
def test_what_could_not_be_is_refused(
    store: Path, key: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tags", "set", "P-1.FT", key, value, "--store", str(store)]) == 5
    assert said in capsys.readouterr().err
    assert sensor(store, "P-1.FT") == Sensor("P-1.FT", asset="P-1")
