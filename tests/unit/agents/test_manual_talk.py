"""Going on about a manual: what a follow-up asks, whole; and what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agents.assistant import GraphAssistant
from agents.contract import Route
from agents.desk import Desk
from agents.manual_talk import follow_up
from agents.memory_file import MemoryFile
from agents.route import router
from plant.settings import load_settings
from tests.unit.agents.conftest import NOW
from tests.unit.agents.fakes import FakeToolbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agents.memory import Reader
    from plant.registry import Registry


@pytest.mark.parametrize(
    ("last", "then", "whole"),
    [
        ("What torque for the M12 bolts of the KP-40?", "and for M16?", "What torque for the M16 bolts of the KP-40?"),
        ("What torque for M12?", "M16?", ""),
        ("Quel est le débit nominal de la KP-40 ?", "et la pression ?", "la pression, KP-40"),
        ("how heavy is the Tornax 4?", "what about the noise?", "the noise, Tornax 4"),
        ("what oil does the KP-40 take?", "and the KP-60?", "what oil does the KP-60 take?"),
        ("what oil does the KP-40 take?", "and in winter, when it has to start below -10 °C", ""),
        ("what does E07 mean on the KP-40?", "and the remedy?", "the remedy, E07, KP-40"),
        ("what torque for M12?", "why is the pump so loud?", ""),
        ("what torque for M12?", "and?", ""),
    ],
)
def test_what_a_follow_up_asks(reader: Reader, last: str, then: str, whole: str) -> None:
    assert follow_up(reader.read(then), last) == whole


@pytest.mark.parametrize("then", ["and TT-02?", "and the vibration of P-101 yesterday?"])
def test_what_names_a_tag_or_a_time_is_no_question_to_the_manuals(reader: Reader, then: str) -> None:
    assert follow_up(reader.read(then), "what torque for M12?") == ""


@pytest.fixture
def box(registry: Registry, tmp_path: Path) -> FakeToolbox:
    return FakeToolbox(registry, load_settings({"store": {"path": str(tmp_path / "plant.db")}}))


@pytest.fixture
def assistant(box: FakeToolbox) -> Iterator[GraphAssistant]:
    with GraphAssistant(Desk(box, router(), lambda: NOW), MemoryFile(box.settings.memory_path)) as one:
        yield one


@pytest.mark.parametrize(
    ("first", "then", "asked", "language"),
    [
        ("what torque for the M12 bolts?", "and for M16?", "what torque for the M16 bolts?", "en"),
        ("que veut dire le défaut E07 ?", "et le remède ?", "le remède, E07", "fr"),
        ("what does fault E07 mean?", "how do I fix it?", "how do I fix it, E07", "en"),
    ],
)
def test_a_conversation_goes_on_about_the_manual(
    assistant: GraphAssistant, box: FakeToolbox, first: str, then: str, asked: str, language: str
) -> None:
    assert assistant.ask(first, thread="t").route == (Route.MANUAL,)
    assert assistant.ask(then, thread="t").route == (Route.MANUAL,)
    request = box.tools["manual"].asked[-1]
    assert (request.question, request.language) == (asked, language)
