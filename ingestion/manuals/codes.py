"""The fault codes, part numbers and bolt sizes that passages name.

A code is known by where it stands: under a column that is called after it, after a word such as "fault" or "part
no.", or at the beginning of a row in a section about faults. Once known in a manual, it is found wherever that
manual writes it. A bolt size is known by itself: `M12`, `M8x20`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plant.codes import code_key
from plant.store.documents import PassageCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plant.store.contract import Passage

_CODE = r"(?:0x[0-9A-Fa-f]{1,4}|[A-Z]{1,3}[ .-]?\d{1,4}[A-Z]?|\d{1,4})"
_NUMBER = r"[A-Z0-9](?:[A-Z0-9]|[./-](?=[A-Z0-9])){3,}"
_FAULT_WORD = r"(?:faults?|errors?|alarms?|trips?|d[e\u00e9]fauts?|erreurs?|alarmes?|pannes?)"
_FAULT_COLUMN = re.compile(rf"{_FAULT_WORD}|\b(?:code|message)\b|^(?:no\.?|n\u00b0|anzeige)$", re.IGNORECASE)
_FAULT_SECTION = re.compile(rf"{_FAULT_WORD}|trouble|d[e\u00e9]pannage|messages?\b", re.IGNORECASE)
_AFTER_FAULT = re.compile(
    rf"\b(?i:{_FAULT_WORD}(?: codes?)?|codes?(?: (?:de |d[\u2019'])?{_FAULT_WORD})?)"
    rf"(?: (?i:no\.?|number|n\u00b0))? ({_CODE})\b"
)
_PART_COLUMN = re.compile(
    r"part|spare|article|order|item|catalog|r[e\u00e9]f|pi[e\u00e8]ce|commande|\bp/n\b|\bart\b", re.IGNORECASE
)
_AFTER_PART = re.compile(
    rf"(?i:\bp/n|\bpart (?:no|number)|\border (?:no|number|code)|\bart(?:icle)?\.? (?:no|nr|number)"
    rf"|\br[e\u00e9]f(?:[e\u00e9]rence)?|\bn\u00b0 (?:de )?(?:pi[e\u00e8]ce|commande))\.?\s*:?\s*({_NUMBER})\b"
)
_BOLT = re.compile(r"\bM(\d{1,2}(?:[.,]\d)?)(?:\s?[x\u00d7]\s?(\d{1,3}(?:[.,]\d{1,2})?))?(?![\w\u00b2\u00b3])")
_TOKEN = re.compile(rf"(?<![\w./-])(?:{_NUMBER}|{_CODE})(?![\w-])")
_FAULT, _PART = "fault", "part"


def codes_in(passages: Sequence[Passage]) -> tuple[PassageCode, ...]:
    """Returns the codes that the passages of one manual name, by passage, then as they are written there."""
    known = {key: kind for passage in passages for key, kind in _declared(passage)}
    found: dict[PassageCode, None] = {}
    for index, passage in enumerate(passages):
        said = dict(_declared(passage))
        written = {code_key(match[0]) for match in _TOKEN.finditer(passage.text)}
        said |= {key: known[key] for key in sorted(written & known.keys()) if not key.isdigit()}
        for key, kind in said.items():
            found[PassageCode(index, key, kind)] = None
        for key in _bolts(passage.text):
            found[PassageCode(index, key, "bolt")] = None
    return tuple(found)


def _declared(passage: Passage) -> Iterator[tuple[str, str]]:
    """Yields the codes that a passage says are codes, each with its kind."""
    yield from ((code_key(match[1]), _FAULT) for match in _AFTER_FAULT.finditer(passage.text))
    yield from ((code_key(match[1]), _PART) for match in _AFTER_PART.finditer(passage.text) if _has_digit(match[1]))
    if passage.kind != "table":
        return
    first, *_ = lines = passage.text.split("\n")
    for line in lines:
        name, colon, cell = line.partition(": ")
        if colon and _PART_COLUMN.search(name):
            yield from ((code_key(n), _PART) for n in re.findall(rf"(?<![\w.-]){_NUMBER}(?!\w)", cell) if _has_digit(n))
        elif colon and _FAULT_COLUMN.search(name) and re.fullmatch(rf"{_CODE}(?:\s*[,/;]\s*{_CODE})*", cell):
            yield from ((code_key(code), _FAULT) for code in re.findall(_CODE, cell))
    start = re.match(rf"({_CODE})(?:: | \| )", first)
    if start and _FAULT_SECTION.search(passage.section):
        yield code_key(start[1]), _FAULT


def _bolts(text: str) -> Iterator[str]:
    """Yields bolt sizes: `m8` for M8, and `m8`, `m8x20` for M8x20."""
    for match in _BOLT.finditer(text):
        yield code_key(f"M{match[1]}")
        if match[2]:
            yield code_key(f"M{match[1]}x{match[2]}")


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
