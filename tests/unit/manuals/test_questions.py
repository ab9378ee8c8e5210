"""The demo manual, asked: the right page for what it says, and no answer to what it does not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingestion.demo import MANUAL
from ingestion.manuals.index import add_manual
from ingestion.simulator.registry import load_registry
from plant.settings import load_settings
from plant.store.sqlite import open_store
from tools.contract import ManualInput
from tools.manuals.tool import ManualTool

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTIONS: list[dict[str, Any]] = [
    {**question, "language": language}
    for language, questions in tomllib.loads(Path(__file__).with_name("questions.toml").read_text("utf-8")).items()
    for question in questions
]
ANSWERABLE = [question for question in QUESTIONS if "page" in question]
UNANSWERABLE = [question for question in QUESTIONS if "page" not in question]


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManualTool]:
    """The tool over the demo manual and registry."""
    with open_store(tmp_path_factory.mktemp("demo") / "plant.db") as store:
        store.put_sensors(list(load_registry()))
        add_manual(store, MANUAL)
        yield ManualTool(store, load_settings())


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["ask"])
def test_the_page_that_answers_is_quoted(tool: ManualTool, question: dict[str, Any]) -> None:
    result = tool.run(ManualInput(question=question["ask"], language=question["language"]))
    assert result.refusal is None
    assert any(
        question["says"] in quote["text"] and quote["label"] == question["page"] for quote in result.data["quotes"]
    )


@pytest.mark.parametrize("question", UNANSWERABLE, ids=lambda question: question["ask"])
def test_what_the_manual_does_not_say_is_not_answered(tool: ManualTool, question: dict[str, Any]) -> None:
    result = tool.run(ManualInput(question=question["ask"], language=question["language"]))
    assert result.refusal is not None
    assert result.data["quotes"] == []


def test_there_are_enough_questions() -> None:
    assert len(ANSWERABLE) >= 25
    assert len(UNANSWERABLE) >= 10
    assert {question["language"] for question in ANSWERABLE} == {"en", "fr"}


def test_the_demo_manual_is_understood(tool: ManualTool) -> None:
    result = tool.run(ManualInput(question="what does fault E07 mean?"))
    (quote,) = result.data["quotes"]
    assert (quote["page"], quote["label"], quote["section"]) == (15, "13", "8.2 Causes and remedies")
    assert [line.partition(":")[0] for line in quote["text"].splitlines()] == ["Code", "Meaning", "Cause", "Remedy"]


def test_nothing_is_quoted_twice(tool: ManualTool) -> None:
    for question in ANSWERABLE:
        texts = [quote["text"] for quote in tool.run(ManualInput(question=question["ask"])).data["quotes"]]
        assert len(texts) == len(set(texts))


def test_a_procedure_that_was_asked_for_is_quoted_whole_with_its_warning(tool: ManualTool) -> None:
    quotes = tool.run(ManualInput(question="how do I isolate pump P-101?", entities=("P-101",))).data["quotes"]
    assert {quote["section"] for quote in quotes} == {"6.2 Isolating a pump"}
    assert [quote["kind"] for quote in quotes] == ["warning", "procedure", "paragraph"]
    steps = quotes[1]["text"].splitlines()
    assert [step.partition(".")[0] for step in steps] == ["1", "2", "3", "4", "5", "6"]
