"""Compound questions: "what does E07 mean and is the exchanger odd today?" is two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from agents.contract import Route
from agents.route import OTHER, PLAUSIBLE, SURE
from agents.understand.words import tokens

if TYPE_CHECKING:
    from agents.classifier import Classifier, Ranked
    from agents.memory import Reader
    from agents.understand.question import Question

MAX_PARTS = 3

_JOINT = re.compile(
    r"[?!;.]\s+(?:and |et |then |also |puis )?|,? (?:and then|and also|and|et aussi|et|then|puis|also) ", re.IGNORECASE
)
_PART_SURE = 0.6


class Part(NamedTuple):
    """One question of a compound one.

    Attributes:
        question: As it was understood.
        ranked: Its classes, the surest first.
    """

    question: Question
    ranked: list[Ranked]

    @property
    def sure(self) -> Route | None:
        """The route, where the classifier is sure of it; None for what is out of scope too."""
        best = self.ranked[0]
        return Route(best.label) if best.label != OTHER and best.confidence >= SURE else None

    @property
    def out_of_scope(self) -> bool:
        """Whether the classifier is sure that this is nothing millhand does."""
        return self.ranked[0].label == OTHER and self.ranked[0].confidence >= SURE

    @property
    def plausible(self) -> tuple[Route, ...]:
        """The routes that may be meant, the likeliest first."""
        likely = [one.label for one in self.ranked if one.label != OTHER and one.confidence >= PLAUSIBLE]
        return tuple(Route(label) for label in likely[:3])


def split(question: Question, reader: Reader, classifier: Classifier) -> list[Part]:
    """Returns the questions in a question: itself, or parts that each go somewhere else for sure.

    A joint splits only where both sides have a few words and different sure routes: "forecast
    FT-01 and TT-02" stays one question.
    """
    whole = Part(question, classifier.rank(question.masked))
    parts = _split(question.text, question.language, reader, classifier)
    return parts if len(parts) > 1 else [whole]


def _split(text: str, language: str, reader: Reader, classifier: Classifier) -> list[Part]:
    def part(piece: str) -> Part:
        understood = reader.read(piece, language)
        return Part(understood, classifier.rank(understood.masked))

    for joint in _JOINT.finditer(text):
        left, right = text[: joint.start()].strip(), text[joint.end() :].strip()
        if min(len(tokens(left)), len(tokens(right))) < 2:
            continue
        first = part(left)
        rest = _split(right, language, reader, classifier) or [part(right)]
        routes = [one.sure for one in (first, *rest)]
        surest = all(one.ranked[0].confidence >= _PART_SURE for one in (first, *rest))
        if None not in routes and surest and routes[0] != routes[1] and len(routes) <= MAX_PARTS:
            return [first, *rest]
    return []
