"""The contract of a format of data sets (`finetuning/datasets/formats.py`), over every registered one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetuning.datasets.files import read_examples, write_examples
from finetuning.datasets.formats import FORMATS, as_chat
from finetuning.example import Example, Turn
from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)
SAID = TEXTS.map(str.strip)


def example(question: str, answer: str, system: str = "", number: int = 1) -> Example:
    turns = [Turn("system", system)] if system else []
    return Example(
        messages=(*turns, Turn("user", question), Turn("assistant", answer)),
        id=f"x{number}",
        group="g; 1",
        language="fr",
    )


@pytest.fixture(params=sorted(FORMATS))
def form(request: pytest.FixtureRequest):
    return FORMATS[request.param]


def test_is_registered_under_its_name(form) -> None:
    assert FORMATS[form.name] is form


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(SAID, SAID, st.one_of(st.just(""), SAID)), min_size=1, max_size=4))
def test_what_is_written_is_known_again_and_reads_the_same(form, tmp_path: Path, pairs) -> None:
    path = tmp_path / "some"
    examples = [example(*pair, number) for number, pair in enumerate(pairs)]
    write_examples(path, examples, form)
    read = read_examples(path)
    assert read.format is form
    if form.chat:
        assert read.examples == examples
    else:  # the turns before the answer become one prompt
        assert [one.text for one in read.examples] == [f"{s}\n\n{q} ->" if s else f"{q} ->" for q, _, s in pairs]
        assert [one.messages[0].content for one in read.examples] == [f" {a} END" for _, a, _ in pairs]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(prompt=TEXTS, completion=TEXTS)
def test_a_verbatim_prompt_comes_back_verbatim_or_as_a_chat(form, tmp_path: Path, prompt, completion) -> None:
    path = tmp_path / "some"
    older = Example(messages=(Turn("assistant", f" {completion} END"),), text=f"{prompt} ->")
    write_examples(path, [older], form)
    if form.name in {"messages", "prompt"}:
        assert read_examples(path).examples == [older]
    elif prompt.strip() != "->":
        assert read_examples(path).examples == [as_chat(older)]


def test_several_questions_come_back_or_are_refused(form, tmp_path: Path) -> None:
    path = tmp_path / "some"
    chat = Example(messages=tuple(Turn(*turn) for turn in [
        ("system", "Be brief."), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"),
    ]))  # fmt: skip
    if form.name in {"prompt", "csv"}:
        with pytest.raises(BadInput, match=r"Example 1 cannot be written as .*several questions"):
            write_examples(path, [chat], form)
        assert not path.exists()
    else:
        write_examples(path, [chat], form)
        assert read_examples(path).examples == [chat]


def test_an_empty_answer_is_told_with_its_place(form, tmp_path: Path) -> None:
    path = tmp_path / "some"
    empty = msgspec.structs.replace(example("q", "a"), messages=(Turn("user", "q"), Turn("assistant", " ")))
    if form.chat:
        write_examples(path, [example("q", "a"), empty], form)
    else:
        path.write_text('{"prompt": "q ->", "completion": " a"}\n{"prompt": "q ->", "completion": ""}\n')
    with pytest.raises(BadInput, match=r"some, (line|entry) [23]: the answer is empty"):
        read_examples(path)
