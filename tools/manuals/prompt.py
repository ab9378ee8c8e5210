"""The prompt from which a language model reads the manuals: the one place of its format, asking and training alike.

A model is shown numbered passages and a question. It answers with words copied from a passage and the passage's
number, one line for each; a passage that answers as a whole, such as a procedure, with its first words and dots; or
that they do not say it:

    system     Answer from the passages, in their own words, with the number of the passage; ...
    user       Manual: KP-40 operation and maintenance
               [1] 6.2 Faults: Code: E07 | Meaning: low flow | Action: clean the strainer
               [2] 4.1 Torques: Bolt: M12 | Torque: 85 Nm

               Question: what torque do the M12 bolts of the KP-40 need?
    assistant  85 Nm [2]

The number comes last: copying from the passage that answers, and then telling which one it was, a small model learns
long before choosing a number first. The words decide; the number settles between passages that both say them.

The passages come before the question, so that several questions on the same passages share their beginning.

What is read back is a span of a passage, or nothing: an answer that is not on the page cannot be read. Text of a
passage or a question that looks like this format's own marks stays text, since only the model's answer is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from inference.contract import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

PASSAGES: Final = 5
"""The most passages in a prompt."""

CHARACTERS: Final = 2_400
"""The most characters of passages in a prompt, about 600 tokens; the first passage is there whatever its length."""

NOT_FOUND: Final = "Not found."
MORE: Final = " ..."
"""Ends the first words of a passage that answers as a whole."""

_TASK: Final = (
    "Answer from the passages, in their own words, with the number of the passage; of a long one its beginning, then"
    f"{MORE} If they do not answer: {NOT_FOUND}"
)
_OPENING: Final = 6  # words that name a whole passage
_SHORT: Final = 8  # words of a passage that is written out
_MANUAL: Final = "Manual: "  # stands where the manual is another than that of the passage before
_ASKED: Final = "Question: "
_CELL: Final = " | "  # what stands for a line's end in a passage
_LINE: Final = re.compile(r"(\S.*?)(?:\s*\[(\d{1,2})\])?")


class BadReading(ValueError):
    """What a model wrote is no answer of this format, or not on the page; the message goes on after "the model"."""


class Shown(msgspec.Struct, frozen=True):
    """A passage as a model sees it: the title of its manual, the heading it stands under, its verbatim text."""

    title: str
    section: str
    text: str


class Span(msgspec.Struct, frozen=True):
    """Words of a passage that answer: `passages[passage].text[start:end]`, `passage` from 0."""

    passage: int
    start: int
    end: int


def fitting(passages: Sequence[Shown]) -> int:
    """Returns how many of the passages, from the first, go into one prompt; at least one where there is one."""
    length = 0
    for count, passage in enumerate(passages[:PASSAGES]):
        length += len(passage.text)
        if count and length > CHARACTERS:
            return count
    return min(len(passages), PASSAGES)


def prompt_for(question: str, passages: Sequence[Shown]) -> list[Message]:
    """Returns the turns that a model is asked with, and trained on.

    Args:
        question: As it was asked, in any language.
        passages: What it may answer from, at most `fitting` of them.
    """
    shown = []
    for number, one in enumerate(passages, 1):
        if number == 1 or one.title != passages[number - 2].title:
            shown.append(f"{_MANUAL}{on_one_line(one.title)}")
        shown.append(f"[{number}] {one.section}: {on_one_line(one.text)}")
    asked = f"{_ASKED}{' '.join(question.split())}"
    return [Message("system", _TASK), Message("user", "\n".join([*shown, "", asked]))]


def question_in(prompt: str) -> str:
    """Returns the question of a user's turn that `prompt_for` made; the whole of any other text."""
    return prompt.rpartition(f"\n{_ASKED}")[2]


def answer_for(spans: Sequence[Span], passages: Sequence[Shown]) -> str:
    """Returns the answer that a model is to give; `Not found.` for no spans."""
    return "\n".join(f"{_words(span, passages[span.passage].text)} [{span.passage + 1}]" for span in spans) or NOT_FOUND


def opening(text: str) -> str:
    """Returns what names a whole passage in an answer: its first words and dots, or all of it where it is short."""
    words = on_one_line(text).split()
    return " ".join(words) if len(words) <= _SHORT else " ".join(words[:_OPENING]) + MORE


def read_answer(answer: str, passages: Sequence[Shown]) -> list[Span]:
    """Returns the spans that a model's answer names, none where it says that the passages do not tell.

    Raises:
        BadReading: If a line has words that no passage has, or that several have and its number is none of theirs.
    """
    lines = [line for line in answer.strip().splitlines() if line.strip()]
    if lines == [NOT_FOUND]:
        return []
    if not lines:
        raise BadReading("wrote nothing")
    return list(dict.fromkeys(_span(line.strip(), passages) for line in lines))


def _words(span: Span, text: str) -> str:
    whole = not (text[: span.start] + text[span.end :]).strip()
    return opening(text) if whole else on_one_line(text[span.start : span.end])


def _span(line: str, passages: Sequence[Shown]) -> Span:
    match = _LINE.fullmatch(line)
    words, number = (match[1], int(match[2] or 0)) if match else (line, 0)
    found = {index: span for index, one in enumerate(passages, 1) if (span := _found(words, one.text))}
    if number not in found and len(found) != 1:
        says = f"which passage {number} does not say" if number else "which names no passage"
        raise BadReading(f"wrote {words!r}, {says}")
    index = number if number in found else next(iter(found))
    return Span(index - 1, *found[index])


def _found(words: str, text: str) -> tuple[int, int] | None:
    """Returns where a passage has the words; all of it for the words that it begins with, and dots."""
    begins = words.removesuffix(MORE)
    found = _anywhere(begins).search(text)
    if begins != words:
        return (0, len(text)) if found and not text[: found.start()].strip() else None
    return found.span() if found else None


def _anywhere(words: str) -> re.Pattern[str]:
    """Returns what finds words in a passage: verbatim but for spaces, and never a part of a word or a number."""
    spaced = r"\s+".join(re.escape(word) for word in words.replace(_CELL.strip(), " ").split())
    sign = r"(?<!(?<!\w)[-\u2212])" if words[0].isdigit() else ""  # minus five is not five
    return re.compile(rf"(?<!\w)(?<!\d[.,]){sign}(?:{spaced})(?!\w)(?![.,]\d)")


def on_one_line(text: str) -> str:
    """Returns a passage's text as it stands in a prompt and in an answer."""
    return _CELL.join(" ".join(line.split()) for line in text.splitlines() if line.strip())
