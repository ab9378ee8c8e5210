"""The passes that add readings, in their order; `__init__.py` tells what each adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.added import amounts, happened, pronouns, texts
from tools.graph.parser.added.actions import doings, parted_verbs
from tools.graph.parser.added.adverbs import around_adverbs
from tools.graph.parser.added.contrasts import contrasts
from tools.graph.parser.added.each_of_them import chosen_between, each_of_them
from tools.graph.parser.added.everyday import everyday
from tools.graph.parser.added.french_ways import french_ways
from tools.graph.parser.added.introductions import introductions
from tools.graph.parser.added.light_verbs import asked_figures, light_verbs
from tools.graph.parser.added.restrictions import restrictions
from tools.graph.parser.added.spoken import got_done, spoken
from tools.graph.parser.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tools.graph.parser.added.question import Question
    from tools.graph.parser.phrasebook import Phrasebook

    Pass = Callable[[Question, Sequence[Reading], Phrasebook], Iterable[Reading]]


def added(question: Question, known: Sequence[Reading], phrases: Phrasebook) -> list[Reading]:
    """Returns all readings: those that are known of the phrases, and those that the passes add.

    Args:
        question: The question.
        known: What its phrases may mean.
        phrases: The phrases of the graph.
    """
    readings = [*known]
    for one in _PASSES:
        readings += [*one(question, readings, phrases)]
    return readings


def _taken_up(question: Question, readings: Sequence[Reading], _: Phrasebook) -> Iterator[Reading]:
    """Yields words that stand for what was spoken of: before the question where something was, else in it."""
    if question.before:
        yield from pronouns.spoken_of(question.plains, question.before)
    else:
        yield from pronouns.resumed(question.plains, readings)
        yield from pronouns.referred(question.words, readings)


def _told(question: Question, _: Sequence[Reading], __: Phrasebook) -> Iterator[Reading]:
    """Yields words that stand for what earlier sentences spoke of."""
    for at, word in enumerate(question.plains):
        if word in question.told:
            yield Reading(at, at + 1, question.told[word])


def _said_more(question: Question, readings: Sequence[Reading], _: Phrasebook) -> Iterator[Reading]:
    """Yields what everyday words add: none of the three sees what the others do."""
    yield from everyday(question.words, readings)
    yield from each_of_them(question.words, readings)
    yield from chosen_between(question.words, readings)


def _years(_: Question, readings: Sequence[Reading], phrases: Phrasebook) -> Iterator[Reading]:
    """Yields what "before" is, where years are numbers."""
    return amounts.years(readings) if phrases.has_years else iter(())


_PASSES: Final[tuple[Pass, ...]] = (
    lambda q, _, __: texts.quoted(q.text, q.words),
    lambda q, found, _: amounts.days_and_numbers(q.plains, found, q.today),
    lambda q, found, phrases: amounts.measured(q.plains, found, phrases.units),
    _told,
    _taken_up,
    lambda q, found, phrases: pronouns.echoed(q.plains, found, phrases.links),
    lambda q, _, phrases: pronouns.anything(q.plains, phrases.labels),
    lambda q, found, phrases: doings(q.plains, found, phrases.actions),
    lambda q, found, phrases: parted_verbs(q.plains, found, phrases.actions, phrases.verb_with),
    lambda q, found, _: contrasts(q.plains, found, q.today),
    lambda q, found, _: introductions(q.plains, found),
    lambda q, found, _: french_ways(q.plains, found),
    lambda q, found, phrases: asked_figures(q.plains, found, phrases.properties),
    lambda q, found, _: light_verbs(q.plains, found),
    lambda q, _, phrases: phrases.rates.readings(q.plains),
    lambda q, found, phrases: spoken(q.words, found, phrases.bought),
    lambda q, found, _: got_done(q.words, found),
    _said_more,
    lambda q, _, phrases: happened.days_done(q.plains, phrases.days),
    lambda q, _, phrases: around_adverbs(q.words, phrases.relations),
    lambda q, found, phrases: restrictions(q.words, found, phrases.properties),
    lambda q, found, _: happened.fronted(q.plains, found),
    _years,
    lambda q, found, _: texts.told(q.text, q.words, found),
)
"""In their order: each sees the readings of those before it."""
