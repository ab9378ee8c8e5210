"""Questions on the manuals of a family, as people put them, and the pairs they become.

One file for a family, `questions/NAME.toml`, asked of all its manuals in either language:

    [[question]]
    asks = "fault.low-flow.remedy"       # a fact of the family; without a third part, what is asked of such a row
    en = ["{model} shows {code}, what now", "pump trips with {code}"]
    fr = ["{code} sur la {model}, que faire ?"]

    [[question]]
    asks = "nothing"                     # sounds right for the machine, and no manual of the family says it
    en = ["what does a new {model} cost?"]

Slots are `{model}`, the family's own, and the cells of the row that is asked for (`{code}`, `{name}`, `{bolt}` ...).
A question that does not name the machine is given its name: a reader of several manuals needs it.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.corpus.slots import value_of
from finetuning.pairs.contract import PERSON, Kind, Pair
from finetuning.pairs.records import source_of
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.corpus.blocks import Fact
    from finetuning.corpus.folder import Entry
    from finetuning.pairs.contract import Source
    from plant.store.contract import Document, Passage

NOTHING: Final = "nothing"

_ASKED: Final = {
    "spec": "value", "setting": "value", "torque": "torque", "interval": "every", "lubricant": "with", "part": "number",
}  # fmt: skip
_KINDS: Final = {
    "fault": Kind.FAULT, "spec": Kind.SPECIFICATION, "setting": Kind.SPECIFICATION, "torque": Kind.SPECIFICATION,
    "lubricant": Kind.SPECIFICATION, "part": Kind.SPECIFICATION, "interval": Kind.PROCEDURE,
    "procedure": Kind.PROCEDURE, "warning": Kind.WARNING, "text": Kind.TEXT, NOTHING: Kind.UNANSWERABLE,
}  # fmt: skip
_SLOT: Final = re.compile(r"\{([\w-]+)\}")
_NAMED: Final = {
    "en": ("{model}: {asked}", "{asked} ({model})", "{model}, {asked}"),
    "fr": ("{model} : {asked}", "{asked} ({model})", "{model}, {asked}"),
}


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question in its wordings; the module's docstring says what the fields hold."""

    asks: str
    en: tuple[str, ...] = ()
    fr: tuple[str, ...] = ()

    @property
    def fact(self) -> str:
        """Id of the fact that answers; `nothing` where none does."""
        kind, _, rest = self.asks.partition(".")
        return f"{self.asks}.{_ASKED[kind]}" if kind in _ASKED and "." not in rest else self.asks


@cache
def load_questions(family: str) -> tuple[Question, ...]:
    """Returns the questions on a family.

    Raises:
        BadInput: If its file is not as the module's docstring says.
    """
    path = files("finetuning.corpus") / "questions" / f"{family}.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(tables.get("question", []), tuple[Question, ...])
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{path.name}: {error}.") from error


def manual_pairs(entry: Entry, document: Document, passages: Sequence[Passage]) -> Iterator[Pair]:
    """Yields the pairs of one manual: each question in all its wordings, where the manual was read with its answer.

    Args:
        entry: The manual's facts.
        document: The manual in the store.
        passages: Its passages, in reading order.

    Raises:
        BadInput: As `load_questions` does.
    """
    for question in load_questions(entry.family):
        source = None
        if question.asks != NOTHING:
            source = _source(entry, question.fact, document, passages)
            if source is None:
                continue
        for language, wordings in (("en", question.en), ("fr", question.fr)):
            for number, wording in enumerate(wordings, 1):
                asked = _asked(wording, question, entry, language)
                if asked is not None:
                    yield _pair(entry, question, source, asked, language, number)


def locate(fact: Fact, passages: Sequence[Passage]) -> tuple[Passage, int, int] | None:
    """Returns the first passage that says a fact, with the place of its words; None where none does."""
    for passage in passages:
        text = passage.text
        places = [_find(near, text) for near in fact.near]
        if places and all(place or _find(near, passage.section) for near, place in zip(fact.near, places, strict=True)):
            place = _place(fact, passage, places[0].start() if places[0] else 0)
            if place is not None:
                return passage, *place
    return None


def _place(fact: Fact, passage: Passage, start: int) -> tuple[int, int] | None:
    """Returns where in a passage the words of a fact stand, from `start` on or in their column."""
    text = passage.text
    if not fact.quote:
        found = passage.kind in {"procedure", "warning"}
        return (0, len(text)) if found else None
    if fact.column:
        in_column = re.compile(rf"^{_pattern(fact.column)}: ({_pattern(fact.quote)})$", re.MULTILINE).search(text)
        if in_column:
            return in_column.span(1)
    match = _bounded(fact.quote).search(text, start)
    return match.span() if match else None


def _source(entry: Entry, fact_id: str, document: Document, passages: Sequence[Passage]) -> Source | None:
    for fact in entry.facts:
        found = locate(fact, passages) if fact.id == fact_id else None
        if found:
            passage, start, end = found
            return source_of(document, passage, start, end)
    return None


def _asked(wording: str, question: Question, entry: Entry, language: str) -> str | None:
    """Returns a wording with its slots filled and the machine named; None where the manual has no such slot."""
    row = ".".join(question.asks.split(".")[:2])
    cells = {key.removeprefix(f"{row}."): value for key, value in entry.values.items() if key.startswith(f"{row}.")}
    values = {**entry.values, **cells}
    try:
        asked = _SLOT.sub(lambda slot: value_of(slot[1], values), wording)
    except KeyError:
        return None
    if "{model}" in wording:
        return asked
    naming = Random(f"{entry.model}/{wording}").choice(_NAMED[language])  # noqa: S311 (a draw, not a secret)
    return naming.format(model=entry.model, asked=asked)


def _pair(entry: Entry, question: Question, source: Source | None, asked: str, language: str, number: int) -> Pair:
    group = f"{entry.file}/{question.asks}"
    if source is None:
        group += f"/{question.en[:1] or question.fr[:1]}"
    return Pair(
        id=f"{group}/{language}{number}",
        question=asked,
        kind=_KINDS[question.asks.partition(".")[0]],
        language=language,
        group=group,
        maker=PERSON,
        source=source,
    )


def _find(words: str, text: str) -> re.Match[str] | None:
    return re.search(_pattern(words), text)


def _bounded(words: str) -> re.Pattern[str]:
    """Returns what finds words that are no part of a longer word or number."""
    return re.compile(rf"(?<![\w])(?<!\d[.,]){_pattern(words)}(?!\w)(?![.,]\d)")


def _pattern(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in words.split())
