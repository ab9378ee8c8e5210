"""Questions that no passage answers, near enough to those that are answered to be worth learning from.

| question | what is wrong with it |
|---|---|
| a code of the manual's style | the manual does not have that code |
| a property of a thing that the manual names | the manual does not give it |
| what another thing of the manual has, a torque or a part number | the manual does not give it for this one |
| something people do to machines, or want to know of them | no page has the word for it |
| a question on another manual, with that machine's name | asked where only this manual is there |

The gate looks at each: one that a passage has all words of is turned back. A question of another manual is never put to
this machine: what its manual says in other words would be taken for missing.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Final

from finetuning.pairs.asks import be_of, is_verb, lowered
from finetuning.pairs.contract import Kind, Pair
from finetuning.pairs.records import pair_of
from finetuning.pairs.rows import Role, cells, is_code, of_role
from finetuning.pairs.spoken import spoken
from finetuning.pairs.wordings import fill, wordings
from ingestion.manuals.words import read_question, tokens
from plant.codes import code_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from finetuning.pairs.manual import Manual

MAKER: Final = "rules"

_NAMED: Final = 0.65
_SPOKEN: Final = 0.25
_TRIES: Final = 4
_TAG: Final = re.compile(r"[A-Z]{1,2}-\d{3}")
_COLUMNS: Final = (Role.TORQUE, Role.THREAD, Role.NUMBER, Role.LUBRICANT)

_Asked = tuple[str, str]
"""A question and its language."""


def unanswerable(manual: Manual, elsewhere: Sequence[tuple[str, Pair]], count: int, *, seed: int) -> Iterator[Pair]:
    """Yields about so many questions that a manual does not answer; the gate has still to look at them.

    Args:
        manual: The manual that is asked.
        elsewhere: Pairs of other manuals, each with the name of its machine.
        count: How many.
        seed: What chance is drawn with.
    """
    chance = Random(f"{seed}/{manual.document.sha256}/unanswerable")  # noqa: S311 (a draw, not a secret)
    codes, things = _codes(manual), _things(manual)
    ways: list[Callable[[], _Asked | None]] = [
        lambda: _unknown_code(manual, codes, chance),
        lambda: _missing_property(manual, things, chance),
        lambda: _missing_property(manual, things, chance),
        lambda: _missing_column(manual, things, chance),
        lambda: _missing_topic(manual, "topic", chance),
        lambda: _missing_topic(manual, "of_machine", chance),
        lambda: _about_another(elsewhere, chance),
    ]
    made = 0
    for way in [chance.choice(ways) for _ in range(_TRIES * count)]:
        asked = way()
        if asked is None or made == count:
            continue
        question, language = asked
        if chance.random() < _SPOKEN:
            question = spoken(question, language, chance, name=manual.machine)
        made += 1
        yield pair_of(question, Kind.UNANSWERABLE, language, MAKER, document=manual.document)


def _unknown_code(manual: Manual, codes: Sequence[str], chance: Random) -> _Asked | None:
    """Asks for a code like one of the manual's, with another number."""
    if not codes:
        return None
    known = {code_key(code) for code in codes}
    like = chance.choice(codes)
    code = re.sub(r"\d+(?!.*\d)", lambda number: f"{chance.randrange(1, 10 ** len(number[0])):0{len(number[0])}}", like)
    if code_key(code) in known:
        return None
    words = wordings(manual.language)
    name = chance.choice(words.missing["code"].split())
    return _filled(manual, chance.choice(words.ask[name]), {"code": code}, chance)


def _missing_property(manual: Manual, things: Sequence[str], chance: Random) -> _Asked | None:
    if not things:
        return None
    missing = wordings(manual.language).missing
    slots = {"key": lowered(chance.choice(things)), "property": chance.choice(missing["properties"])}
    return _filled(manual, chance.choice(missing["property"]), slots, chance)


def _missing_column(manual: Manual, things: Sequence[str], chance: Random) -> _Asked | None:
    """Asks for a torque, a part number and the like of a thing that stands in one row only, which has none."""
    roles = {cell.role for row in manual.rows for cell in row}
    asked = [role for role in _COLUMNS if role in roles]
    if not asked or not things:
        return None
    thing, role = chance.choice(things), chance.choice(asked)
    words = set(tokens(thing))
    saying = [passage for passage, said in zip(manual.passages, manual.words_of, strict=True) if words <= said]
    if len(saying) != 1 or of_role(cells(saying[0].text), role) or not of_role(cells(saying[0].text), *Role):
        return None
    slots = {"key": lowered(thing), "column": "", "be": be_of(thing)}
    wording = chance.choice([one for one in wordings(manual.language).ask[role] if "{column}" not in one])
    return _filled(manual, wording, slots, chance)


def _missing_topic(manual: Manual, asked: str, chance: Random) -> _Asked | None:
    """Asks how to do something (`topic`) or for a figure (`of_machine`) whose *word* is nowhere in the manual."""
    missing = wordings(manual.language).missing
    topic: str = chance.choice(missing[f"{asked}s"])
    (word,) = re.findall(r"\*(.+?)\*", topic)
    question = read_question(word)
    if any(not manual.words.isdisjoint(stems) for stems in (*question.words, *question.codes)):
        return None
    wording = chance.choice(missing[asked]).replace("{topic}", topic.replace("*", ""))
    return _filled(manual, wording, {}, chance)


def _about_another(elsewhere: Sequence[tuple[str, Pair]], chance: Random) -> _Asked | None:
    """Asks about another machine, by its name, where only this one's manual is there."""
    if not elsewhere:
        return None
    machine, pair = chance.choice(elsewhere)
    if _TAG.fullmatch(machine):
        return None  # what looks like the tag of an asset is no reason not to answer
    return (pair.question, pair.language) if machine.casefold() in pair.question.casefold() else None


def _filled(manual: Manual, wording: str, slots: dict[str, str], chance: Random) -> _Asked:
    named = bool(manual.machine) and chance.random() < _NAMED
    return fill(wording, {**slots, "machine": manual.machine}, named=named), manual.language


def _codes(manual: Manual) -> list[str]:
    found = (of_role(row, Role.CODE) for row in manual.rows)
    return [cell.text for cell in found if cell is not None and is_code(cell.text) and re.search(r"\d", cell.text)]


def _things(manual: Manual) -> list[str]:
    """Returns the parts and places that the tables of a manual name; works to be done are none."""
    named = (of_role(row, Role.PART) for row in manual.rows)
    return [
        cell.text
        for cell in named
        if cell and 3 < len(cell.text) < 40 and not re.search(r"\d", cell.text) and not _is_work(cell.text, manual)
    ]


def _is_work(text: str, manual: Manual) -> bool:
    return is_verb(text.split(maxsplit=1)[0], manual.language)
