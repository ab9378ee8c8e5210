"""What every tool keeps, over all of the toolbox, on the demo plant and on an empty store."""

from __future__ import annotations

import threading

import msgspec
import pytest

from plant.errors import MillhandError
from plant.facts import TIME, ToolResult
from plant.settings import load_settings
from plant.store.sqlite import open_store
from plant.time import parse_time
from tools.contract import AlertsInput, AnomalyInput, CrossingsInput, ForecastInput, GraphInput, ManualInput, PartsInput
from tools.toolbox import TOOLS, Toolbox, open_toolbox

GOOD = {
    "forecast": ForecastInput(tag="CW-100.TT-02", horizon_ms=3_600_000, candidates=("seasonal-naive", "smoothing")),
    "crossings": CrossingsInput(horizon_ms=3_600_000, deadline_s=3),
    "anomaly": AnomalyInput(subject="E-101"),
    "alerts": AlertsInput(),
    "graph": GraphInput(question="Which sensors are on pump P-101?", entities=("P-101",)),
    "manual": ManualInput(question="what does fault E07 mean?"),
    "parts": PartsInput(subject="P-101"),
}
UNKNOWN = {
    "forecast": ForecastInput(tag="XX-999"),
    "crossings": CrossingsInput(horizon_ms=10**12),
    "anomaly": AnomalyInput(subject="XX-999"),
    "alerts": AlertsInput(subject="XX-999"),
    "graph": GraphInput(question="Which sensors are on XX-999?"),
    "manual": ManualInput(question="what is the maker's telephone number?"),
    "parts": PartsInput(subject="XX-999"),
}


def test_every_tool_is_tried_here():
    assert set(GOOD) == set(UNKNOWN) == set(TOOLS)


@pytest.fixture
def box(demo_settings):
    with open_toolbox(demo_settings) as toolbox:
        yield toolbox


@pytest.fixture
def empty_box(tmp_path):
    settings = load_settings({"store": {"path": str(tmp_path / "empty.db")}, "model": {"url": "none:"}})
    open_store(settings.store.path).close()
    with open_toolbox(settings) as toolbox:
        yield toolbox


def well_formed(result: ToolResult, name: str) -> None:
    """Facts name evidences of the same result, ids are unique, times are times, and all of it is JSON."""
    assert isinstance(result, ToolResult)
    assert result.tool == name
    evidence = [one.id for one in result.evidence]
    facts = [fact.id for fact in result.facts]
    assert len(set(evidence)) == len(evidence)
    assert len(set(facts)) == len(facts)
    assert {fact.source for fact in result.facts} <= set(evidence)
    for fact in result.facts:
        if fact.unit == TIME:
            parse_time(str(fact.value))
    for table in result.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
    for curve in result.series:
        assert len(curve.times) == len(curve.values)
    msgspec.json.encode(result)


@pytest.mark.parametrize("name", TOOLS)
def test_it_answers_with_facts_that_name_their_evidence(box: Toolbox, name):
    tool = box.tool(name)
    assert tool.name == name
    assert box.tool(name) is tool
    result = tool.run(GOOD[name])
    well_formed(result, name)
    assert result.refusal is None
    assert result.facts


@pytest.mark.parametrize("name", TOOLS)
def test_what_it_does_not_know_is_a_refusal_with_its_reason(box: Toolbox, name):
    result = box.tool(name).run(UNKNOWN[name])
    well_formed(result, name)
    assert result.refusal is not None
    assert result.refusal.text.rstrip().endswith((".", "?"))


@pytest.mark.parametrize("name", [name for name in TOOLS if name != "alerts"])
def test_an_empty_store_is_told_as_a_sentence(empty_box: Toolbox, name):
    if name in {"graph", "parts"}:  # the plant graph is a file of its own, and it is not there
        with pytest.raises(MillhandError, match=r"graph load DIR\.$"):
            empty_box.tool(name).run(GOOD[name])
        return
    result = empty_box.tool(name).run(GOOD[name])
    well_formed(result, name)
    assert result.refusal is not None


@pytest.mark.parametrize("name", TOOLS)
def test_it_may_be_called_from_another_thread(box: Toolbox, name):
    box.tool(name)
    results: list[ToolResult] = []
    thread = threading.Thread(target=lambda: results.append(box.tool(name).run(UNKNOWN[name])))
    thread.start()
    thread.join(60)
    assert results


@pytest.mark.parametrize("name", TOOLS)
def test_the_readings_and_alerts_are_as_they_were(box: Toolbox, name):
    def state() -> tuple[object, ...]:
        return box.store.recount(), box.store.episodes(), box.store.latest(), list(box.store.registry())

    before = state()
    box.tool(name).run(GOOD[name])
    assert state() == before


def test_a_closed_box_can_be_closed_again(demo_settings):
    box = open_toolbox(demo_settings)
    box.tool("graph").run(GOOD["graph"])
    box.close()
    box.close()
