"""Questions for the plant graph: what reaches it, what does not, and how a meaning that it offered is picked."""

from __future__ import annotations

import pytest

from agents.assistant import GraphAssistant
from agents.contract import Route
from agents.desk import Desk
from agents.memory_file import MemoryFile
from agents.route import router
from plant.errors import ServiceUnavailable
from plant.facts import Refusal, RefusalCode, ToolResult
from plant.settings import load_settings
from tests.unit.agents.conftest import NOW
from tests.unit.agents.fakes import FakeToolbox, row

READINGS = [
    {"en": "parts of pumps, with orders", "fr": "pièces de pompes, avec ordres"},
    {"en": "parts of (pumps with orders)", "fr": "pièces de (pompes avec ordres)"},
]


@pytest.fixture
def box(registry, tmp_path):
    settings = load_settings({"store": {"path": str(tmp_path / "plant.db")}, "plant": {"timezone": "Europe/Paris"}})
    return FakeToolbox(registry, settings)


@pytest.fixture
def assistant(box):
    with GraphAssistant(Desk(box, router(), lambda: NOW), MemoryFile(box.settings.memory_path)) as one:
        yield one


@pytest.mark.parametrize(
    "question",
    [
        "status WO-2608",
        "how many valves do we have",
        "Quels ordres sur E-101 ont été ouverts entre le 2025-01-01 et le 2025-12-31 ?",
    ],
)
def test_what_the_graph_understands_whole_goes_to_it(assistant, box, question):
    assert assistant.ask(question).route != (Route.GRAPH,)
    box.tools["graph"].understood = {question}
    assert assistant.ask(question).route == (Route.GRAPH,)
    assert box.tools["graph"].asked[-1].question == question


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("what is TT-02 now?", Route.ALERTS),
        ("forecast TT-02 for the next 2 hours", Route.FORECAST),
        ("is P-101.VT-01 odd today?", Route.ANOMALY),
        ("what does E07 mean?", Route.MANUAL),
        ("what can you do?", Route.HELP),
        ("what alarms do we have?", Route.ALERTS),
        ("alarmes ?", Route.ALERTS),
    ],
)
def test_what_names_a_tag_or_a_code_goes_where_it_is_sure_to_go(assistant, box, question, route):
    box.tools["graph"].understood = {question}
    assert assistant.ask(question).route == (route,)


@pytest.mark.parametrize("question", ["sensors with alarms", "capteurs en alarme", "which pumps have alarms?"])
def test_alarms_are_never_taken_for_the_graphs_failure_modes(assistant, box, question):
    box.tools["graph"].understood = {question}
    assert Route.GRAPH not in assistant.ask(question).route


def test_what_a_fault_touches_is_the_graphs(assistant):
    assert assistant.ask("what does E07 affect?").route == (Route.GRAPH,)


def test_each_part_of_a_compound_question_may_be_the_graphs(assistant, box):
    box.tools["graph"].understood = {"how many valves do we have"}
    answer = assistant.ask("what does E07 mean and how many valves do we have?")
    assert Route.MANUAL in answer.route


def test_a_graph_that_is_down_holds_up_no_other_question(assistant, box):
    box.tools["graph"].answer = ServiceUnavailable("The graph server at bolt://x does not answer.", hint="Start it.")
    answer = assistant.ask("any alert last night?")
    assert Route.GRAPH not in answer.route
    told = assistant.ask("which sensors are on pump P-101?", thread="t")
    assert told.refusal.code == RefusalCode.UNAVAILABLE
    assert "does not answer" in told.refusal.text
    box.tools["graph"].answer = row
    assert assistant.ask("which sensors are on pump P-101?", thread="t").refusal is None


@pytest.fixture
def ambiguous(box):
    """A graph that asks back until a reading is picked."""
    choices = tuple(one["en"] for one in READINGS)
    refusal = Refusal(RefusalCode.AMBIGUOUS, "The question can be read in two ways.", "Say which.", choices)

    def answer(request):
        return row(request) if request.reading else ToolResult("graph", refusal=refusal, data={"readings": READINGS})

    box.tools["graph"].answer = answer
    return box.tools["graph"]


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        ("1", 1),
        ("2.", 2),
        ("number 2", 2),
        ("the second one", 2),
        ("La première", 1),
        ("parts of (pumps with orders)", 2),
        ("Parts of pumps, with orders", 1),
    ],
)
def test_a_meaning_that_was_offered_is_picked(assistant, ambiguous, answer, reading):
    question = "which parts are on pumps with work orders?"
    back = assistant.ask(question, thread="t")
    assert (back.refusal.code, back.refusal.choices) == (RefusalCode.AMBIGUOUS, tuple(one["en"] for one in READINGS))
    picked = assistant.ask(answer, thread="t")
    assert picked.refusal is None
    assert (ambiguous.asked[-1].question, ambiguous.asked[-1].reading) == (question, reading)


def test_a_question_in_french_is_asked_back_in_french(assistant, ambiguous):
    back = assistant.ask("quelles pièces sont sur les pompes avec ordres de travail ?", thread="t")
    assert back.clarify == "La question peut se lire de deux façons."
    assert back.refusal.choices == tuple(one["fr"] for one in READINGS)
    assert assistant.ask("choix 2", thread="t").refusal is None
    assert ambiguous.asked[-1].reading == 2


@pytest.mark.parametrize("question", ["sensors P-102", "capteurs de P-102"])
def test_sensors_in_the_plural_are_no_follow_up(assistant, box, question):
    assistant.ask("which parts are on P-101?", thread="t")
    assistant.ask(question, thread="t")
    assert box.tools["graph"].asked[-1].question == question


@pytest.mark.parametrize("answer", ["3", "which sensors are on pump P-101?"])
def test_what_is_none_of_the_offers_is_a_question_of_its_own(assistant, ambiguous, answer):
    assistant.ask("which parts are on pumps with work orders?", thread="t")
    assistant.ask(answer, thread="t")
    assert ambiguous.asked[-1].reading == 0
