"""Examples of finding parts: sentences made of the list's names, and files that a person has labelled.

What is learnt is the text itself marked up (`tools/parts/prompt.py`): words that are there, also of parts that no list
has. So a share of the names is made up of two, and a share is misspelt. The sentences of one part share a group: parts
of the validation split are names that training has not seen.
"""

from __future__ import annotations

import random
import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from finetuning.example import Example, Task, Turn
from finetuning.partfinding import read_labelled
from plant.errors import UsageError
from tools.parts.finder import ListFinder
from tools.parts.gazetteer import gazetteer, packaged
from tools.parts.prompt import Said, completion_for, prompt_for
from tools.parts.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from finetuning.partfinding import Labelled

EXAMPLES: Final = 3_000
"""Sentences that are made, half English, half French: about 100,000 tokens."""

_CORPUS: Final = "finetuning.corpus"
_HELD_OUT: Final = "test.csv"
_MADE_UP: Final = 0.15
_MISSPELT: Final = 0.1
_WITHOUT: Final = 0.08
_SLOT: Final = re.compile(r"\{(\w+)\}")
_FRENCH: Final = re.compile(r"[à-ÿœ]|\bde\b|\bd'|\bà\b", re.IGNORECASE)
_ASSETS: Final = ("P-{}", "C-{}", "CV-{}", "line {}", "M{}", "AHU-{}", "B-{}")


class _Words(NamedTuple):
    """The names and phrases of a language."""

    names: list[tuple[str, str]]  # the part, and how it is spelled
    sentences: list[str]
    without: list[str]
    defects: list[str]
    nouns: list[str]


def part_examples(seed: int, count: int = EXAMPLES) -> Iterator[Example]:
    """Yields sentences with the parts they name; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311 (a seeded draw of sentences, no secret)
    words = {language: _words(language) for language in ("en", "fr")}
    seen: set[str] = set()
    for number in range(count):
        language = ("en", "fr")[number % 2]
        example = _made(words[language], language, chance, f"made/{seed}/{number}")
        if example.text is not None and example.text not in seen:
            seen.add(example.text)
            yield example


def labelled_examples(paths: Sequence[Path]) -> Iterator[Example]:
    """Yields the texts of files that a person has labelled.

    The words of a defect are those that the rules find of that kind: a kind that none of its words says is left out.

    Raises:
        UsageError: For the texts that ship to measure with: what is measured is never learnt.
        BadInput: As `read_labelled` does.
    """
    finder = ListFinder(gazetteer())
    held_out = files(_CORPUS).joinpath("parts", _HELD_OUT).read_bytes()
    for path in paths:
        if path.is_file() and path.read_bytes() == held_out:
            raise UsageError(f"{path} is what the part finder is measured with, so it is not learnt.")
        for one in read_labelled(path):
            yield _example(one.text, _said(one, finder), one.language, f"{path.name}/{one.line}", {"file": path.name})


def _said(one: Labelled, finder: ListFinder) -> list[Said]:
    found = [(part, defect) for part in finder.find(one.text) for defect in part.defects]
    said = []
    for label in one.labels:
        defects = [
            (defect.start, defect.end)
            for part, defect in found
            if label.start < part.end and part.start < label.end and defect.kind in label.defects
        ]
        said.append(Said((label.start, label.end), tuple(defects)))
    return said


def _made(words: _Words, language: str, chance: random.Random, key: str) -> Example:
    if chance.random() < _WITHOUT:
        text, _ = _filled(chance.choice(words.without), {"asset": _asset(chance)})
        return _example(text, [], language, key, {"made": "without"})
    (name, one), (_, other) = chance.sample(words.names, 2)
    if chance.random() < _MADE_UP:
        one = _of_two(one, other, language)
        name = one
        other = chance.choice(words.names)[1]
    if chance.random() < _MISSPELT:
        one = _misspelt(one, chance)
    fillings = {
        "a": one,
        "b": other,
        "asset": _asset(chance),
        "noun": chance.choice(words.nouns),
        **dict(zip(("defect", "more", "other"), chance.sample(words.defects, 3), strict=True)),
    }
    sentence = chance.choice(words.sentences)
    text, places = _filled(sentence, fillings)
    return _example(text, _labels(sentence, places), language, key, {"made": "sentence"}, group=f"part/{fold(name)}")


def _labels(sentence: str, places: dict[str, tuple[int, int]]) -> list[Said]:
    """Returns what a sentence says: not what it supposes, or says is no longer so."""
    unsure = sentence.startswith(("if ", "si ")) or "no longer" in sentence
    of_a = () if unsure else tuple(places[slot] for slot in ("defect", "more") if slot in places)
    joined = "{a} and {b} {defect}" in sentence
    of_b = of_a if joined else (places["other"],) if "other" in places else ()
    said = [Said(places["a"], of_a)]
    if "b" in places:
        said.append(Said(places["b"], of_b))
    return sorted(said, key=lambda one: one.part)


def _filled(sentence: str, fillings: dict[str, str]) -> tuple[str, dict[str, tuple[int, int]]]:
    """Returns a sentence with its slots filled, and where each filling stands."""
    text, at, places = "", 0, {}
    for match in _SLOT.finditer(sentence):
        text += sentence[at : match.start()]
        places[match[1]] = (len(text), len(text) + len(fillings[match[1]]))
        text += fillings[match[1]]
        at = match.end()
    return text + sentence[at:], places


def _example(
    text: str, said: Sequence[Said], language: str, key: str, source: dict[str, Any], group: str = ""
) -> Example:
    return Example(
        messages=(Turn("assistant", completion_for(said, text)),),
        text=prompt_for(text),
        id=key,
        task=Task.PARTS,
        group=group or key,
        language=language,
        source=source,
    )


def _words(language: str) -> _Words:
    table = tomllib.loads(files(_CORPUS).joinpath("parts", "sentences.toml").read_text(encoding="utf-8"))[language]
    names = [
        (name, spelling)
        for name, spellings in packaged()
        for spelling in ((name,) if language == "en" else spellings)
        if language == "en" or _FRENCH.search(spelling)
    ]
    return _Words(names, table["sentences"], table["without"], table["defects"], table["nouns"])


def _asset(chance: random.Random) -> str:
    return chance.choice(_ASSETS).format(chance.randint(1, 999))


def _of_two(one: str, other: str, language: str) -> str:
    """Returns a name that no list has: the first word of one with the last of the other."""
    first, last = one.split(maxsplit=1)[0], other.rsplit(maxsplit=1)[-1]
    return f"{first} {last}" if language == "en" else f"{first} à {last}"


def _misspelt(name: str, chance: random.Random) -> str:
    """Returns a name with a letter left out."""
    at = chance.randrange(1, len(name))
    return name[:at] + name[at + 1 :] if name[at].isalpha() else name
