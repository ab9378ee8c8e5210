"""What a passage says to a question: whether its codes stand there, how many of its words, whether it is about it.

The rule of evidence: a passage is worth quoting where every code of the question (`E07`, `M12`) stands in it and
nearly all of the question's words of content do, by weight. The name of the machine need not be said again on the
page: what the title of a manual says, all its passages say.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.manuals.words import Question, is_code, plain, read_question, tokens
from plant.codes import code_key
from tools.manuals import quantities
from tools.manuals.ranking import BEGINNING, Unit, units_of, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plant.store.contract import Store
    from plant.store.documents import Passage
    from tools.manuals.narrowing import Title

MIN_COVERAGE: Final = 0.7
"""Share of a question's words, by weight, that a passage must have."""

MIN_COVERAGE_WITH_CODE: Final = 0.4
"""The same where the question names a code, which the passage must have as well."""

_ALIKE: Final = 0.01

_WANTED: Final = {
    "procedure": re.compile(
        r"\b(?:how (?:do|to|can|should|must) (?:\w+ )?|steps?|procedure|sequence|comment|etapes?|mode operatoire)\b"
    ),
    "warning": re.compile(
        r"\b(?:allowed|safe(?:ly)?|dangers?|dangerous|hazards?|risks?|(?:can|may|must) (?:i|we|one|you)|first aid|"
        r"peut-on|faut-il|a-t-on|droit|interdit|risques?|que faire|secours)\b"
    ),
}
"""How questions ask for a kind of passage, in lower case without accents."""

_FAULT: Final = re.compile(r"[ef]-?(\d{1,3})")
_FAULT_WORDS: Final = frozenset({"error", "fault", "err", "defaut", "erreur", "panne", "failur"})  # as they are indexed
_APART: Final = re.compile(r"\b([A-Z]{1,3}) (\d+)\b")  # "M 12", "KP 40": one code written in two
_SPOKEN: Final = {
    "en": re.compile(r"\b(?:the|of|and|is|are|to|for|with|if|or|not|be|it|by)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:le|la|les|des|du|et|est|sont|pour|avec|si|ou|une?|par|ne|pas)\b", re.IGNORECASE),
}
_LETTERS: Final = 4  # of a code's first part, at most, where it is written apart


class Asked(msgspec.Struct, frozen=True):
    """A question, weighed against the passages of a store.

    Attributes:
        question: Its codes and words.
        weights: How much each word says: the fewer passages have it, the more.
        plant: Names of assets and tags, of which a manual may speak as "the pump".
        wanted: Kinds of passages that it asks for, as far as its wording tells.
        units: What it says, with other words for the same; for the order alone.
        quantities: Kinds of quantity that it asks for, as far as its wording tells.
    """

    question: Question
    weights: tuple[float, ...]
    plant: frozenset[str]
    wanted: frozenset[str]
    units: tuple[Unit, ...]
    quantities: frozenset[str]

    def match(self, named: Sequence[Title] = ()) -> str:
        """Returns the FTS5 expression that finds passages with anything of it; a code also where it is written apart.

        Empty where there is nothing to find.

        Args:
            named: Titles of the manuals that it names; what only names them is not looked for.
        """
        question = self.question
        words = frozenset[str]().union(*(title.names for title in named))
        codes = frozenset[str]().union(*(title.codes for title in named))
        topic = Question(
            tuple(code for code in question.codes if code_key(code[0]) not in codes),
            tuple(word for word in question.words if words.isdisjoint(word)),
        )
        if not topic.stems():
            topic = question
        apart = {phrase for code in topic.codes for phrase in _written_apart(code[0])}
        begun = {beginning for stem in topic.stems() if (beginning := _beginning(stem)) != stem}
        whole = (f'"{stem}"' for stem in sorted(topic.stems() | apart))
        return " OR ".join([*whole, *(f'"{beginning}"*' for beginning in sorted(begun))])

    def related(self) -> str:
        """Returns the FTS5 expression that finds passages with other words for its words; empty for none."""
        terms = {term for unit in self.units if unit.content for term in unit.related}
        return " OR ".join(f'"{term}"' for term in sorted(terms))


class Judged(msgspec.Struct, frozen=True):
    """What a passage says to a question.

    Attributes:
        codes: Whether every code of the question stands in it, or in its manual's title.
        coverage: Share of the question's words, by weight, that it has; what names its manual does not count.
        about: Whether it is about what is asked: a table row named by the question, or a text under a heading that has
            the whole question.
        wanted: Whether it is of a kind that is asked for.
        enough: Whether all that is evidence enough to quote it.
    """

    codes: bool
    coverage: float
    about: bool
    wanted: bool
    enough: bool

    def covers_as_much(self, other: Judged) -> bool:
        """Says whether a passage has as much of the question's words as another; shares are sums of fractions."""
        return self.coverage >= other.coverage - _ALIKE


def weigh(store: Store, text: str, entities: Iterable[str]) -> Asked:
    """Takes a question apart and weighs its words.

    A word's weight is its inverse document frequency (Sparck Jones 1972), smoothed so that a word of all passages
    still counts, and one of none counts most.
    """
    question = read_question(_together(text))
    total = store.count_passages()
    having = [store.count_passages(Question((), (word,)).match()) for word in question.words]
    weights = tuple(math.log(1 + (total + 1) / (count + 0.5)) for count in having)
    names = (name for sensor in store.registry() for name in (sensor.tag, sensor.asset))
    wanted = frozenset(kind for kind, asks in _WANTED.items() if asks.search(plain(text)))
    plant = frozenset(name.casefold() for name in (*names, *entities))
    units = units_of(tokens(text), question.words)
    return Asked(question, weights, plant, wanted, units, quantities.asked(text))


def judge(asked: Asked, passage: Passage, title: Title) -> Judged:
    """Returns what a passage says to a question.

    Args:
        asked: The question.
        passage: The passage.
        title: What its manual's title says.
    """
    question = asked.question
    needed = [code for code in question.codes if asked.plant.isdisjoint(code) and code_key(code[0]) not in title.codes]
    about = _is_about(question, passage) and not (needed and passage.kind != "table")
    words = passage.search.split()
    have = set(words) | (set(words_of(passage.section)) if about else set())
    coverage = _coverage(asked, title.names, lambda word: not have.isdisjoint(word))
    codes = not needed or codes_in(words).issuperset(code_key(code[0]) for code in needed)
    least = MIN_COVERAGE_WITH_CODE if needed else MIN_COVERAGE
    return Judged(codes, coverage, about, passage.kind in asked.wanted, enough=codes and coverage >= least)


def speaks(text: str, language: str) -> bool:
    """Says whether a text may be in a language: it has not more small words of the other one."""
    counts = {name: len(words.findall(text)) for name, words in _SPOKEN.items()}
    return counts.get(language, 0) >= max(counts.values())


def codes_in(words: Sequence[str]) -> set[str]:
    """Returns the codes among the words of a text in their one spelling, those written apart ("M 12") too."""
    pairs = [(first, second) for first, second in pairwise(words) if second[0].isdigit()]
    apart = (f"{first} {second}" for first, second in pairs if len(first) <= _LETTERS and first.isalpha())
    numbered = (f"e{second}" for first, second in pairs if first in _FAULT_WORDS and second.isdigit())
    return {code_key(word) for word in (*words, *apart, *numbered) if is_code(word)}


def _coverage(asked: Asked, names: frozenset[str], has: Callable[[tuple[str, ...]], bool]) -> float:
    """Returns the share of the words that a passage has, by weight; 1 where there are none.

    What only names the manual says nothing of one passage among its others: it counts where there are no other words.
    """
    weighed = list(zip(asked.question.words, asked.weights, strict=True))
    if not weighed:
        return 1.0
    topic = [(word, weight) for word, weight in weighed if names.isdisjoint(word)] or weighed
    return sum(weight * has(word) for word, weight in topic) / sum(weight for _, weight in topic)


def _beginning(stem: str) -> str:
    """Returns the letters that words of one family share, as a rule; a short word or a code is its own."""
    return stem if is_code(stem) else stem[:BEGINNING]


def _is_about(question: Question, passage: Passage) -> bool:
    """Says whether a row's first cell is named by the question, or a heading has all of it."""
    if passage.kind == "table":
        first = passage.text.partition("\n")[0]
        name = words_of(first.partition(": ")[2] or first)
        return bool(name) and question.stems().issuperset(name)
    title = set(words_of(passage.section))
    return bool(question.words) and all(not title.isdisjoint(word) for word in question.words)


def _together(text: str) -> str:
    """Returns a question with codes written in one, unless it is all in capitals, where a code cannot be told."""
    return text if text.isupper() else _APART.sub(r"\1\2", text)


def _written_apart(code: str) -> set[str]:
    """Returns other ways to write a code in two words or more: "m 12" for M12, "error 7" for E07."""
    parts = re.findall(r"[a-z]+|\d+", code)
    if len(parts) < 2:
        return set()
    fault = _FAULT.fullmatch(code)
    return {" ".join(parts)} | {
        f"{word} {number}" for word in _FAULT_WORDS if fault for number in (fault[1], int(fault[1]))
    }
