"""What a conversation remembers: the last questions as they were understood, and how a follow-up uses them.

A follow-up is rewritten into a whole question, which is then understood like any other: "and for
P-102?" after "vibration of pump 101 today" becomes "vibration of P-102 today". Its route is the last
question's; times it names replace the last question's.
"""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import TYPE_CHECKING

import msgspec

from agents.contract import Route
from agents.manual_talk import follow_up, points_back, with_names
from agents.understand.names import Kind, Mention, NameIndex
from agents.understand.question import Question, understand
from agents.understand.words import clean, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TURNS = 12
"""Questions a conversation remembers."""

_NEEDS_SUBJECT = frozenset({Route.FORECAST, Route.ANOMALY, Route.GRAPH, Route.MANUAL})
_PRONOUN = re.compile(r"\b(?:it|its|that one|this one|il|elle|celui-ci|celle-ci)\b", re.IGNORECASE)

_ORDINALS = {"first": 1, "premier": 1, "premiere": 1, "second": 2, "seconde": 2, "deuxieme": 2}
_NTH = re.compile(
    rf"(?:(?:number|no|numero|n°|choice|choix|option|the|le|la)\.? ?)?([1-9]|{'|'.join(_ORDINALS)})(?: one)?"
)

_THIS = re.compile(r"\b(?:this|that|these|those|cette|cet|ces)\b")


class Turn(msgspec.Struct, frozen=True):
    """One question of a conversation, whole.

    Attributes:
        text: The question, rewritten where it was a follow-up.
        language: `en` or `fr`.
        route: Where it went.
        subjects: Tags and assets it was about.
        seen: Assets named since the last question that was no follow-up: "the other" is none of them.
        offered: What the question may have meant, where its tool asked back.
    """

    text: str
    language: str
    route: Route
    subjects: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


class Resolved(msgspec.Struct, frozen=True):
    """A question after the memory was consulted.

    Attributes:
        question: The whole question.
        route: Where to go, when the memory tells.
        seen: As in `Turn`.
        choices: What "the other" may be, when it may be several.
    """

    question: Question
    route: Route | None = None
    seen: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


class Reader(msgspec.Struct, frozen=True):
    """Understands texts: the plant's names, the clock and the zone of one question."""

    index: NameIndex
    now: int
    zone: tzinfo

    def read(self, text: str, language: str = "en") -> Question:
        """Understands a text as `understand` does."""
        return understand(text, self.index, self.now, self.zone, language=language)


def remember(turns: Sequence[Turn], turn: Turn) -> list[Turn]:
    """Returns the conversation with one more turn, the oldest dropped."""
    return [*turns, turn][-MAX_TURNS:]


def resolve(question: Question, last: Turn | None, reader: Reader) -> Resolved:
    """Completes a question by the last one, where it is a follow-up or leaves its subject out."""
    if last is None:
        return Resolved(question, seen=_assets(question, reader.index))
    if number := _picked(question, last.offered):
        picked = reader.read(last.offered[number - 1], last.language)
        if not picked.bare:  # a name goes into the place of the one that was not clear, as it always does
            again = msgspec.structs.replace(reader.read(last.text, last.language), reading=number)
            return Resolved(again, last.route, last.seen)
        question = picked
    if last.route == Route.MANUAL and (text := follow_up(question, last.text)):
        return Resolved(reader.read(text, question.language), Route.MANUAL, last.seen)
    if not question.bare:
        return Resolved(_with_subject(question, last, reader), seen=_assets(question, reader.index))
    asked = reader.read(last.text, last.language)
    names, choices = _others(question, last, asked, reader.index) if question.other else (_named(question), ())
    if choices:
        return Resolved(question, seen=last.seen, choices=choices)
    if any(mention.doubtful or mention.kind == Kind.UNKNOWN for mention in names):
        return Resolved(question, _route(last.route, question), last.seen)  # never answered for the last subject
    text = _rewrite(asked, names, reader.index)
    whole = reader.read(text, last.language)
    if question.start is not None or question.horizon_ms is not None:
        whole = msgspec.structs.replace(whole, start=question.start, end=question.end, horizon_ms=question.horizon_ms)
    whole = msgspec.structs.replace(whole, language=question.language)
    seen = tuple(dict.fromkeys((*last.seen, *_assets(whole, reader.index))))
    return Resolved(whole, _route(last.route, question), seen)


def _picked(question: Question, offered: tuple[str, ...]) -> int:
    """Returns which meaning is picked, by its number or in its own words, from 1; 0 for none."""
    said = fold(question.text).strip(" .?!")
    if nth := _NTH.fullmatch(said):
        number = _ORDINALS.get(nth[1]) or int(nth[1])
        return number if number <= len(offered) else 0
    return next((at for at, one in enumerate(offered, 1) if fold(clean(one)) == said), 0)


def _route(last: Route, question: Question) -> Route:
    """Returns the last route, unless the time named lies on the other side of now."""
    if question.horizon_ms is not None and last in {Route.ANOMALY, Route.ALERTS}:
        return Route.FORECAST
    if question.start is not None and question.horizon_ms is None and last == Route.FORECAST:
        return Route.ANOMALY
    return last


def _named(question: Question) -> tuple[Mention, ...]:
    return tuple(m for m in question.mentions if m.kind in {Kind.TAG, Kind.ASSET, Kind.CODE, Kind.UNKNOWN})


def _assets(question: Question, index: NameIndex) -> tuple[str, ...]:
    homes = (index.asset_of(tag) for tag in question.sure(Kind.TAG))
    return tuple(dict.fromkeys(a for a in (*question.sure(Kind.ASSET), *homes) if a))


def _others(
    question: Question, last: Turn, asked: Question, index: NameIndex
) -> tuple[tuple[Mention, ...], tuple[str, ...]]:
    """Returns the one asset that "the other" can be as a mention, or the several it may be."""
    known = _assets(asked, index)
    named = next((m.names for m in question.of_kind(Kind.ASSET)), ())
    kind = named or (index.siblings(known[0]) if known else ())
    left = tuple(asset for asset in kind if asset not in {*known, *last.seen})
    if len(left) == 1:
        return (Mention(Kind.ASSET, 0, 0, left),), ()
    return (), left


def _rewrite(asked: Question, names: tuple[Mention, ...], index: NameIndex) -> str:
    """Returns the last question's text with what it named replaced by what the new one names."""
    text = asked.text
    for mention in names:
        word = " ".join(mention.names[:1]) if not mention.plural else ", ".join(mention.names)
        if mention.doubtful or mention.kind == Kind.UNKNOWN:
            continue
        place, word = _place(asked, mention, word, index)
        text = f"{text[: place.start]}{word}{text[place.end :]}" if place else f"{text.rstrip(' ?!.')} {word}"
        break
    return text


def _place(asked: Question, mention: Mention, word: str, index: NameIndex) -> tuple[Mention | None, str]:
    """Returns which mention of the last question a new name replaces, and by which word.

    A new asset in the place of a tag stands for its tag of the same kind: P-102 for P-101.VT-01 is P-102.VT-01.
    """

    def first(*kinds: Kind) -> Mention | None:
        return next((m for kind in kinds for m in asked.of_kind(kind)), None)

    if mention.kind == Kind.CODE:
        return first(Kind.CODE), word
    if mention.kind == Kind.TAG:
        return first(Kind.TAG, Kind.UNKNOWN, Kind.ASSET), word
    tag = first(Kind.TAG)
    described = tag is not None and not any(character.isdigit() for character in asked.word(tag))
    if tag is None or (described and asked.of_kind(Kind.ASSET)):  # "vibration of pump 101": the pump is replaced
        return first(Kind.ASSET, Kind.UNKNOWN, Kind.AREA), word
    for name in tag.names:
        sibling = index.registry.get(f"{word}.{name.rpartition('.')[2]}")
        if sibling is not None:
            return tag, sibling.tag
    return first(Kind.ASSET) or tag, word


def _with_subject(question: Question, last: Turn, reader: Reader) -> Question:
    """Puts the last question's subject in the place of "it"."""
    if question.mentions or not last.subjects:
        return question
    subject = last.subjects[0]
    text, replaced = _PRONOUN.subn(subject, question.text, count=1)
    return reader.read(text, question.language) if replaced else question


def subject_from_memory(route: Route, question: Question, turns: Sequence[Turn], reader: Reader) -> Question:
    """Adds the last subject to a question whose route needs one and that names none."""
    if route == Route.MANUAL and turns and turns[-1].route == Route.MANUAL and points_back(question):
        return reader.read(with_names(question.text.rstrip(" ?!."), turns[-1].text), question.language)
    needed = route in {Route.FORECAST, Route.ANOMALY} or (route == Route.ALERTS and _THIS.search(question.masked))
    if not needed or question.mentions or not turns or not turns[-1].subjects:
        return question
    added = reader.read(f"{question.text.rstrip(' ?!.')} {turns[-1].subjects[0]}", question.language)
    return msgspec.structs.replace(
        added, start=question.start, end=question.end, horizon_ms=question.horizon_ms, language=question.language
    )
