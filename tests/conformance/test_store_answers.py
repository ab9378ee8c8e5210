"""What a store keeps of answers from the manuals, of what people say of them, and of vectors of passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from plant.errors import BadInput
from plant.store.answers import ManualAnswer, ManualFeedback, ReadPassage, Verdict
from plant.store.documents import Document, Passage
from plant.store.feedback import KEPT_ANSWERS
from tests.conformance.test_store import OPENERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plant.store.contract import Store

ANSWER = ManualAnswer(
    question="couple M12 ?",
    language="fr",
    how="model",
    model="small",
    passages=(ReadPassage("pump.pdf", "Pump", 4, "2", "4.1 Torques", "table", "Bolt: M12\nTorque: 85 Nm"),),
    reply="[1] 85 Nm",
    answer="85 Nm [p. 2]",
    at=5,
)


@pytest.fixture(params=OPENERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = OPENERS[request.param](tmp_path)
    yield opened
    opened.close()


def _add(store: Store, *texts: str) -> list[Passage]:
    passages = [Passage(0, "pump.pdf", 1, "1", "", "paragraph", text, text.lower()) for text in texts]
    store.put_document(Document(0, texts[0], "pump.pdf", "Pump", 1, 5, {}), passages)
    return store.page_passages("pump.pdf", 1)


def test_an_answer_is_kept_as_it_was_given(store: Store) -> None:
    assert store.manual_answer() is None
    first, second = store.add_manual_answer(ANSWER), store.add_manual_answer(ANSWER)
    assert (first, second) == (1, 2)
    assert store.manual_answer(first) == msgspec.structs.replace(ANSWER, id=first)
    assert store.manual_answer() == msgspec.structs.replace(ANSWER, id=second)
    assert store.manual_answer(3) is None


def test_what_people_say_of_an_answer_is_appended(store: Store) -> None:
    number = store.add_manual_answer(ANSWER)
    store.add_manual_feedback(number, Verdict.WRONG, "that is M16", "ann", 7)
    store.add_manual_feedback(number, Verdict.RIGHT, "", "bob", 8)
    kept = msgspec.structs.replace(ANSWER, id=number)
    assert store.manual_feedback() == [
        ManualFeedback(kept, Verdict.WRONG, "that is M16", "ann", 7),
        ManualFeedback(kept, Verdict.RIGHT, "", "bob", 8),
    ]


def test_feedback_on_no_answer_is_bad_input(store: Store) -> None:
    with pytest.raises(BadInput, match="no answer 7"):
        store.add_manual_feedback(7, Verdict.WRONG, "", "ann", 7)
    assert store.manual_feedback() == []


def test_old_answers_are_forgotten_but_those_that_were_judged(store: Store) -> None:
    judged = store.add_manual_answer(ANSWER)
    store.add_manual_feedback(judged, Verdict.RIGHT, "", "ann", 7)
    forgotten = store.add_manual_answer(ANSWER)
    newest = [store.add_manual_answer(ANSWER) for _ in range(KEPT_ANSWERS)]
    assert store.manual_answer(judged) is not None
    assert store.manual_answer(forgotten) is None
    assert store.manual_answer(newest[0]) is not None


def test_vectors_are_kept_by_model_and_go_with_their_manual(store: Store) -> None:
    first, second = _add(store, "one", "two")
    assert store.passages_without_vector("small", 9) == [first, second]
    store.put_vectors("small", {first.id: b"\x01", second.id: b"\x02", 99: b"\x03"})
    assert store.vectors("small") == {first.id: b"\x01", second.id: b"\x02"}
    assert store.passages_without_vector("small", 9) == []
    assert store.passages_without_vector("other", 1) == [first]
    store.remove_document("pump.pdf")
    assert store.vectors("small") == {}


def test_passages_come_back_in_the_order_asked_for(store: Store) -> None:
    first, second = _add(store, "one", "two")
    assert store.passages([second.id, 99, first.id]) == [second, first]


def test_passages_are_counted(store: Store) -> None:
    _add(store, "one pump", "two pumps", "two")
    assert store.count_passages() == 3
    assert store.count_passages('"two"') == 2
    with pytest.raises(BadInput, match="does not parse"):
        store.count_passages("AND")
