"""What prose answers: procedures by their heading, sentences by the patterns of `sentences.toml`, warnings, topics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from finetuning.pairs.asks import Ask, base_of_gerund, base_of_third_person, be_of, gerund, is_verb, lowered
from finetuning.pairs.contract import Kind
from finetuning.pairs.quantities import QUANTITY
from finetuning.pairs.rows import Role, role_of
from finetuning.pairs.wordings import sentences, wordings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finetuning.pairs.manual import Manual
    from plant.store.contract import Passage

_MARK: Final = re.compile(
    r"\s*(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|[-\u2013\u2022*]|(?:WARNING|CAUTION|DANGER|NOTE|NOTICE|AVERTISSEMENT|ATTENTION|"
    r"MISE EN GARDE|REMARQUE)\s*[:!.]?)\s+",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"\S(?:[^\n]*?[.!?](?=\s+[A-Z\u00c0-\u00dd0-9(\u2013-]|\s*\n|\s*$)|[^\n]*)")
_HOW_TO: Final = re.compile(r"^(?:how to|comment)\s+", re.IGNORECASE)
_FAULT_HEADING: Final = re.compile(
    r"(?:[Mm]essage )?"
    r"(?P<code>(?:[A-Z]{1,4}|Er|Err|Error|Alarm|Alarme|Fault|Code|Def|D\u00e9faut)[ .-]?\d[\d.]*|0x[\dA-F]+)"
    r"(?:\s*[:,\u2013-]\s+|\s+\(?)[^\W\d]"
)
_LABELLED: Final = re.compile(r"(?P<label>[A-Z\u00c0-\u00dd][\w ]{2,30}?) ?: (?P<words>\S(?:[^.\n]|\.(?=\w))*)")
_FIRST_STEP: Final = re.compile(r"\s*(?:\(?(?:1|a|A)[.)]|[-\u2013\u2022*])\s")
_LISTED: Final = re.compile(
    r"^[ \t]*[-\u2013\u2022*] (?P<key>[^:\n]{3,70}?) ?: (?P<value>\S[^\n]{0,59})$", re.MULTILINE
)
_COORDINATED: Final = re.compile(r"\b(and|or) (\w+ing)\b")
_FIGURE: Final = re.compile(QUANTITY, re.IGNORECASE)
_SHORTEST_TOPIC: Final = 60
_LONGEST_TOPIC: Final = 700


def prose_asks(passage: Passage, manual: Manual) -> Iterator[Ask]:
    """Yields what a paragraph, a procedure or a warning answers."""
    yield from _under_heading(passage, manual)
    yield from _listed(passage, manual)
    for found in _SENTENCE.finditer(passage.text):
        yield from _sentence(passage, found.start(), found[0], manual)


def _under_heading(passage: Passage, manual: Manual) -> Iterator[Ask]:
    """Yields what is asked by the heading; the whole passage answers."""
    topic = manual.topic(passage.section)
    fault = _FAULT_HEADING.match(topic)
    if fault and passage.kind == "paragraph":
        yield from _fault_under_heading(passage, fault["code"], manual)
        return
    ask, many = wordings(manual.language).ask, manual.count(passage.section, passage.kind)
    whole = (0, len(passage.text))
    if not topic:
        return
    slots = {"topic": as_name(topic, manual.language), "do": to_do(topic, manual.language)}
    if passage.kind == "procedure" and _FIRST_STEP.match(passage.text) and not _LISTED.search(passage.text):
        asked = ask["how_to"] if slots["do"] else ask["how_done"]
        yield Ask(Kind.PROCEDURE, asked, slots, *whole)
    elif passage.kind == "warning" and many == 1:
        yield Ask(Kind.WARNING, ask["danger"], slots, *whole)
    elif passage.kind == "paragraph" and _is_all_of(passage, manual) and not _has_short_answers(passage, topic, manual):
        yield Ask(Kind.TEXT, ask["about"], slots, *whole)


def _is_all_of(passage: Passage, manual: Manual) -> bool:
    """Says whether a paragraph is what a section says: no other passage beside it, not a line only, nor a page."""
    alone = sum(manual.count(passage.section, kind) for kind in ("paragraph", "procedure", "table")) == 1
    return alone and _SHORTEST_TOPIC <= len(passage.text) <= _LONGEST_TOPIC


def _has_short_answers(passage: Passage, topic: str, manual: Manual) -> bool:
    """Says whether a paragraph is better asked for its figures, or its heading names no topic ("What happens if")."""
    told = [found[0] for found in _SENTENCE.finditer(passage.text)]
    figures = sum(bool(_FIGURE.search(sentence)) for sentence in told)
    return 2 * figures >= len(told) or bool(wordings(manual.language).finds("no_topic").match(topic))


def _listed(passage: Passage, manual: Manual) -> Iterator[Ask]:
    """Yields what the lines of a list answer that give a name with its value: `- Tank volume: 60 l`."""
    words = wordings(manual.language)
    for found in _LISTED.finditer(passage.text):
        key, value = found["key"], found["value"]
        slots = {"key": lowered(key), "be": be_of(key)}
        does = is_verb(key.split(maxsplit=1)[0], manual.language)
        if words.finds("interval").search(value):
            yield Ask(Kind.PROCEDURE, words.ask["interval_do" if does else "interval"], slots, *found.span("value"))
        elif not does:
            yield Ask(Kind.SPECIFICATION, words.ask["value"], slots, *found.span("value"))


def _fault_under_heading(passage: Passage, code: str, manual: Manual) -> Iterator[Ask]:
    """Yields what a paragraph under the heading of a fault answers, `E07: low flow`: all of it, "Cause: ..."."""
    ask = wordings(manual.language).ask
    labelled = [(role_of(found["label"], found["words"]), found) for found in _LABELLED.finditer(passage.text)]
    if manual.count(passage.section, passage.kind) == 1:
        asked = ask["code"] if labelled else (*ask["code"], *ask["remedy"])
        yield Ask(Kind.FAULT, asked, {"code": code}, 0, len(passage.text))
    for role, found in labelled:
        if role in {Role.CAUSE, Role.REMEDY}:
            yield Ask(Kind.FAULT, ask[role], {"code": code}, *found.span("words"))


def to_do(topic: str, language: str) -> str:
    """Returns a heading as what one does, "replace the seal" of "Replacing the seal"; empty where it is no action.

    "Putting into operation" is none: it does not say what is put.
    """
    topic = _HOW_TO.sub("", topic)
    first, _, rest = topic.partition(" ")
    verb = base_of_gerund(first) if language == "en" and rest else ""
    if verb:
        rest = _COORDINATED.sub(lambda pair: f"{pair[1]} {base_of_gerund(pair[2]) or pair[2]}", rest)
        return "" if rest.startswith("into ") else f"{verb} {lowered(rest)}"
    return lowered(topic) if rest and is_verb(first, language) else ""


def as_name(topic: str, language: str) -> str:
    """Returns a heading as the name of what it is about: "changing the seal" of "How to change the seal"."""
    bare = _HOW_TO.sub("", topic)
    verb, _, rest = bare.partition(" ")
    if bare == topic or language != "en" or not is_verb(verb, language):
        return lowered(bare)
    return f"{gerund(verb.lower())} {rest}"


def _sentence(passage: Passage, offset: int, text: str, manual: Manual) -> Iterator[Ask]:
    mark = _MARK.match(text)
    begin = mark.end() if mark else 0
    pronoun = wordings(manual.language).finds("pronoun")
    for pattern in sentences(manual.language):
        match = pattern.pattern.match(text, begin)
        if match is None:
            continue
        groups = {name: value for name, value in match.groupdict().items() if value}
        answer = groups.pop("answer", None)
        slots = {name: lowered(value.strip()) for name, value in groups.items()}
        if any(pronoun.search(value) for value in slots.values()) or text[match.end() : match.end() + 1] == ":":
            continue
        if "verb" in slots and manual.language == "en":
            slots["verb"] = base_of_third_person(slots["verb"])
        start, end = (begin, len(text)) if answer is None else match.span("answer")
        whole = answer is None and passage.kind == "warning"
        span = (0, len(passage.text)) if whole else (offset + start, offset + end)
        yield Ask(pattern.kind, pattern.ask, slots, *_trimmed(passage.text, *span))
        return


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Returns a span without spaces at its ends."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
