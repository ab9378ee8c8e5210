"""A tuned model that can be held is asked passage by passage; the order of retrieval weighs with what it gives."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pytest

from inference.contract import Alternative, Completion, Options, OutOfTime
from ingestion.manuals.words import tokens
from plant.settings import load_settings
from plant.store.documents import Document, Passage
from tools.contract import ManualInput
from tools.manuals.tool import ManualTool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inference.contract import Message
    from plant.facts import ToolResult
    from plant.store.contract import Store

WARNING = "WARNING: Never tighten a bolt of the pump while it runs, and never above 80 °C."
TORQUES = ("Bolt: M12\nTorque: 85 Nm", "Bolt: M16\nTorque: 210 Nm", "Bolt: M20\nTorque: 410 Nm")


class FakeTuned:
    """A model that finds each answer as likely as it is told, and cannot write what the grammar has not."""

    name = "fake"
    context_length = 2_048
    adapters = ("manuals",)
    grammars = True

    def __init__(self, likelihoods: Mapping[str, float], *, nothing: float = 0.0) -> None:
        self.asked: list[Options] = []
        self._likelihoods = likelihoods
        self._nothing = nothing

    def complete(self, messages: Sequence[Message], options: Options, *, n: int = 1) -> list[Completion]:
        assert n == 1
        assert messages[-1].role == "user"
        self.asked.append(options)
        grammar = str(options.grammar)
        text = next((one for one in self._likelihoods if f'"{one}"' in grammar), None) or _any_of(grammar)
        number = re.findall(r'" \[(\d)\]"', grammar)[0]
        alternatives = (Alternative("Not", self._nothing), Alternative("8", 1 - self._nothing))
        logprob = math.log(self._likelihoods.get(text, 1e-9))
        return [Completion(f"{text} [{number}]", True, 1, 1, 0.0, alternatives, logprob)]


def _any_of(grammar: str) -> str:
    return re.findall(r'"((?:[^"\\]|\\.)+)"', grammar)[0]


def _ask(store: Store, model: FakeTuned, question: str) -> ToolResult:
    return ManualTool(store, load_settings({"model": {"url": ""}}), model).run(ManualInput(question=question))


def _add(store: Store, name: str, sections: Sequence[str], warning: str = "") -> None:
    passages = [
        Passage(0, name, 1, "1", section, "table", row, " ".join(tokens(row)))
        for section, row in zip(sections, TORQUES, strict=True)
    ]
    if warning:
        passages.append(Passage(0, name, 2, "2", "4.9 Care", "warning", warning, " ".join(tokens(warning))))
    store.put_document(Document(0, "sum", name, f"{name} manual", 2, 4, {}), passages)


@pytest.fixture
def torques(store: Store) -> Store:
    _add(store, "KP-40", ["4.1 Feet", "4.2 Cover", "4.3 Casing"], WARNING)
    return store


def _first(result: ToolResult) -> str:
    return str(result.data["quotes"][0]["words"] or result.data["quotes"][0]["text"])


def test_it_is_asked_no_further_where_nothing_can_outweigh_the_first(torques: Store) -> None:
    model = FakeTuned({"85 Nm": 0.8, "210 Nm": 0.1})
    result = _ask(torques, model, "bolt torque?")
    assert _first(result) == "85 Nm"
    assert result.data["how"] == "model"
    assert len(model.asked) == 1


def test_a_later_passage_answers_where_the_model_finds_it_much_likelier(torques: Store) -> None:
    model = FakeTuned({"85 Nm": 0.001, "210 Nm": 0.9})
    assert _first(_ask(torques, model, "bolt torque?")) == "210 Nm"
    doubtful = FakeTuned({"85 Nm": 0.2, "210 Nm": 0.5})
    assert _first(_ask(torques, doubtful, "bolt torque?")) == "85 Nm"


def test_of_a_row_only_what_may_answer_is_offered(torques: Store) -> None:
    model = FakeTuned({"85 Nm": 0.8})
    _ask(torques, model, "torque of the M12 bolts?")
    assert '"85 Nm"' in str(model.asked[0].grammar)
    assert '"M12"' not in str(model.asked[0].grammar)


def test_a_warning_is_quoted_whole(torques: Store) -> None:
    model = FakeTuned({"80 °C": 0.9})
    result = _ask(torques, model, "is it allowed to tighten a bolt of the pump while it runs?")
    assert _first(result).startswith("WARNING: Never tighten")
    assert _first(result).endswith("never above 80 °C.")


def test_where_the_model_doubts_the_rule_of_evidence_decides(torques: Store) -> None:
    doubts = FakeTuned({"85 Nm": 0.01}, nothing=0.95)
    assert _ask(torques, doubts, "torque of the M12 bolts?").data["how"] == "extracts"
    refused = _ask(torques, FakeTuned({"85 Nm": 0.01}, nothing=0.95), "torque of the motor's terminals?")
    assert refused.refusal is not None


def test_of_rows_of_one_table_that_say_as_much_none_is_picked(store: Store) -> None:
    _add(store, "KP-40", ["4.1 Torques"] * 3)
    result = _ask(store, FakeTuned({"85 Nm": 0.9}), "bolt torque?")
    assert result.data["how"] == "extracts"
    assert sorted(row["words"] for row in result.data["quotes"]) == ["210 Nm", "410 Nm", "85 Nm"]
    assert _first(_ask(store, FakeTuned({"85 Nm": 0.9}), "torque of the M12 bolts?")) == "85 Nm"


def test_passages_without_the_code_are_not_asked_about(torques: Store) -> None:
    model = FakeTuned({"410 Nm": 0.9, "85 Nm": 0.9})
    result = _ask(torques, model, "torque of the M20 bolts?")
    assert _first(result) == "410 Nm"
    assert len(model.asked) == 1


def test_all_answers_together_have_the_seconds_of_one(torques: Store) -> None:
    model = FakeTuned({"85 Nm": 0.01, "210 Nm": 0.01, "410 Nm": 0.01})
    _ask(torques, model, "bolt torque?")
    seconds = [options.seconds for options in model.asked]
    assert len(seconds) > 1
    assert seconds == sorted(seconds, reverse=True)


def test_a_model_that_takes_too_long_is_not_waited_for(torques: Store) -> None:
    class FakeSlow(FakeTuned):
        def complete(self, messages: Sequence[Message], options: Options, *, n: int = 1) -> list[Completion]:
            raise OutOfTime(f"{len(messages)} turns, {n} texts, {options.seconds} s")

    assert _ask(torques, FakeSlow({}), "torque of the M12 bolts?").data["how"] == "extracts"
