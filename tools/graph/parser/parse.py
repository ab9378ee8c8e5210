"""From a question to its form, or to the reason why there is none: the entry of the compositional parser.

Strict on both sides. A form is found only where every word of the question has a part in it, and where another form
costs nearly as little, nobody is answered: both are offered, in words.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from plant.facts import Refusal, RefusalCode
from tools.graph.parser.assembly import assemble
from tools.graph.parser.assembly.scope import all_scopes_show
from tools.graph.parser.complete import forms_of, understood
from tools.graph.parser.compose import Composer
from tools.graph.parser.form import Ask, Kind, Thing
from tools.graph.parser.french_turns import written_out
from tools.graph.parser.grammar.books import rules_of
from tools.graph.parser.grouping import grouped_all
from tools.graph.parser.items import charted, units
from tools.graph.parser.lexicon import Lexicon
from tools.graph.parser.plausible import MISSPELT, fit, lacks_negation
from tools.graph.parser.readings import ASKING, Function, Label, Nodes, Relation, Role, Sort
from tools.graph.parser.speech import say
from tools.graph.parser.talk.anaphora import standing_for
from tools.graph.parser.talk.discourse import told
from tools.graph.parser.talk.scenes import asks, parted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from tools.graph.catalogue import Catalogue
    from tools.graph.entities import Unknown
    from tools.graph.parser import chart
    from tools.graph.parser.descriptions import Noun
    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.readings import Meaning, Reading, Word
    from tools.graph.parser.talk.clauses import Charted

_MARGIN: Final = 0.09
"""A form that costs no more than this beyond the cheapest is another thing that may have been meant."""

_FARTHEST: Final = 2.0
"""A form that costs more is so far from the words that it is oftener wrong than right."""

_MOST_WORDS: Final = 40
_SUBJECTS: Final = frozenset({"il", "ils", "elle", "elles"})  # "a-t-il": without a word that asks, for yes or no
_SECOND: Final = frozenset({"which", "what", "who", "quel", "quelle", "quels", "quelles", "qui"})
_ASKED_FOR: Final = frozenset({"what", "how", "when", "quel", "quelle", "quels", "quelles", "combien", "quand", "quoi"})
_BY_WHOM: Final = frozenset({("by", "whom"), ("by", "who"), ("par", "qui")})
_DAY_WORDS: Final = frozenset({"when", "date", "dates", "day", "days", "quand", "jour", "jours"})


class Parsed(msgspec.Struct, frozen=True):
    """A question that was understood.

    Attributes:
        ask: What it means.
        spelled: For each misspelling, what was written and what it was taken for.
        linked: Ids of the nodes that it speaks of, in order.
    """

    ask: Ask
    spelled: tuple[tuple[str, str], ...] = ()
    linked: tuple[str, ...] = ()


class Ambiguous(Refusal, frozen=True):
    """A question that can be read in several ways.

    Attributes:
        forms: What it may mean, in the order of the choices.
    """

    forms: tuple[Ask, ...] = ()


class Parser:
    """Understands questions about one graph.

    Args:
        catalogue: What the graph holds.

    Attributes:
        lexicon: The graph's words.
        composer: Joins things and what is said of them.
        rules: The grammar's.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.lexicon = Lexicon(catalogue)
        self.composer = Composer(catalogue)
        self.rules = rules_of(self.composer)

    def parse(self, question: str, today: date, hints: Sequence[str] = ()) -> Parsed | Refusal | None:
        """Understands a question.

        Args:
            question: In English or French.
            today: What "the last 30 days" are counted from.
            hints: Ids of nodes that were spoken of before, for "it".

        Returns:
            The form; a refusal that names the two things it may mean, or the id that is none; None where it was not
            understood.
        """
        question = written_out(question)
        read = self.lexicon.read(question, today, hints)
        if read.unknown:
            return _unknown(read.unknown[0])
        sentences = _Sentences(self, today, hints)
        made = sentences.cells(read, {})
        forms = self._strict(made) if made is not None else []
        if not forms and (ask := told(question, sentences)) is not None:
            if not self._may_answer(read, ask):
                return None
            return Parsed(ask, sentences.spelled(), _linked(read.readings, ask))
        if not forms and made is not None:
            forms = self._parted(read, made)
        forms = [(ask, cost) for ask, cost in forms if self._may_answer(read, ask)]
        if not forms or forms[0][1] > _FARTHEST:
            return None
        best, rivals = _rivals(forms)
        if rivals:
            return _ambiguous(best, rivals[0], self._catalogue)
        return Parsed(best, _spelled(read.words, read.readings), _linked(read.readings, best))

    def forms_of(self, read: Read, made: Charted, *, whole: bool) -> list[tuple[Ask, float]]:
        """Returns the one form of a sentence or, unless it must be `whole`, of its parts; none where two cost alike."""
        twice = sum(word.plain in _ASKED_FOR for word in read.words) > 1  # parts do not tell what is asked of which
        forms = self._strict(made) or ([] if whole or twice else self._parted(read, made))
        if not forms or _rivals(forms)[1]:
            return []
        return forms[:1]

    def _strict(self, made: Charted) -> list[tuple[Ask, float]]:
        """Returns the forms of what spans all words."""
        width, cells = made
        return grouped_all(understood(cells.get((0, width), {}), self._catalogue), self.composer.links)

    def _parted(self, read: Read, made: Charted) -> list[tuple[Ask, float]]:
        """Returns the one form that the parts of a question make; none where they make more."""
        width, cells = made
        if _asks_of_others(read):
            return []
        forms = self._assembled(read.words, fit(read.words, read.readings), width, cells)
        return grouped_all(forms, self.composer.links) if len(forms) == 1 else []

    def _assembled(
        self, words: Sequence[Word], readings: Sequence[Reading], width: int, cells: dict[tuple[int, int], chart.Cell]
    ) -> list[tuple[Ask, float]]:
        """Returns the forms that the parts of a question make, where it is no sentence; none for yes or no."""
        roles = {r.meaning.role for r in readings if isinstance(r.meaning, Function)}
        inverted = not (_SUBJECTS.isdisjoint(word.plain for word in words) or roles & ASKING)
        if inverted or any(r.first == 0 and r.meaning == Function(Role.WHETHER) for r in readings):
            return []
        who = any(r.first == 0 and r.meaning == Function(Role.WHO) for r in readings)
        dated = not _DAY_WORDS.isdisjoint(word.plain for word in words)
        forms: dict[Ask, float] = {}
        for asked, cost in assemble.assembled(width, cells, self.composer, dated=dated):
            if self.composer.naming.is_in_a_state_on_a_day(asked.noun):
                continue
            for ask, more in forms_of(asked, cost, self._catalogue):
                if all_scopes_show(readings, ask) and (not who or self._says_who(ask)):
                    forms[ask] = min(more, forms.get(ask, float("inf")))
        return sorted(forms.items(), key=lambda entry: (round(entry[1], 6), repr(entry[0])))

    def _may_answer(self, read: Read, ask: Ask) -> bool:
        """Whether a form is no answer to a command ("correct the state of ..."), and names whoever is asked for."""
        plains = [word.plain for word in read.words]
        by_whom = any((before, word) in _BY_WHOM for before, word in pairwise(plains))
        begun = [r.meaning for r in read.readings if r.first == 0 and r.cost < MISSPELT]
        commanded = ask.kind is Kind.EXISTS and begun and all(isinstance(meaning, Relation) for meaning in begun)
        return not commanded and (not by_whom or ask.kind is Kind.EXISTS or self._says_who(ask))

    def _says_who(self, ask: Ask) -> bool:
        """Whether a form's answer has a column that says who."""
        if ask.kind not in (Kind.LIST, Kind.VALUES) and ask.per is None:
            return False  # a figure is nobody
        people, others = self.composer.naming.is_somebody, self.composer.naming.names_others
        (first, *linked) = _things(ask)
        return people(first.label) or any(
            people(thing.label) if thing is not first and "id" in thing.shown else any(map(others, thing.shown))
            for thing in (first, *linked)
        )


class _Sentences:
    """Understands the sentences of one question; see `clauses.Clauses`."""

    def __init__(self, parser: Parser, today: date, hints: Sequence[str]) -> None:
        self.composer = parser.composer
        self._parser = parser
        self._today = today
        self._hints = hints
        self._charted: dict[int, tuple[Read, Charted]] = {}  # by identity: each keeps its sentence alive
        self._read: dict[tuple[str, tuple[tuple[str, Noun], ...]], Read] = {}

    def read(self, text: str, referents: Mapping[str, Noun]) -> Read:
        key = (text, tuple(referents.items()))
        if key not in self._read:
            self._read[key] = self._parser.lexicon.read(text, self._today, self._hints, standing_for(referents))
        return self._read[key]

    def cells(self, read: Read, referents: Mapping[str, Noun]) -> Charted | None:
        written = {read.words[place].written for place in units(read.words, read.readings)}
        if read.unknown or {*read.unread} - written or not 0 < len(read.words) <= _MOST_WORDS:
            return None
        readings = fit(read.words, read.readings)
        if lacks_negation(read.words, readings):
            return None
        if id(read) not in self._charted:  # a sentence is looked at whole, then by its parts
            self._charted[id(read)] = (read, charted(read.words, readings, self._parser.rules, referents))
        return self._charted[id(read)][1]

    def forms(self, read: Read, referents: Mapping[str, Noun], *, whole: bool) -> list[tuple[Ask, float]]:
        made = self.cells(read, referents)
        return [] if made is None else self._parser.forms_of(read, made, whole=whole)

    def spelled(self) -> tuple[tuple[str, str], ...]:
        """Returns the misspelt words of all sentences, each once."""
        return tuple(
            dict.fromkeys(pair for read in self._read.values() for pair in _spelled(read.words, read.readings))
        )


# --- refusals and what goes with a form -----------------------------------------------------------------------------


def _asks_of_others(read: Read) -> bool:
    """Whether a second question is about things of its own: "when was J-1 opened, and which parts are at zero"."""
    own = [r.first for r in read.readings if isinstance(r.meaning, Label | Sort)]
    return asks(read) and any(
        read.words[at].plain in _SECOND and any(first > at for first in own) for at in parted(read)
    )


def _rivals(forms: Sequence[tuple[Ask, float]]) -> tuple[Ask, list[Ask]]:
    """Returns the cheapest of some forms, and those that may have been meant as well."""
    (best, cost), *others = forms
    return best, [ask for ask, more in others if more - cost <= _MARGIN]


def _ambiguous(best: Ask, rival: Ask, catalogue: Catalogue) -> Ambiguous:
    choices = tuple(say(ask, "en", catalogue.schema) for ask in (best, rival))
    return Ambiguous(
        RefusalCode.AMBIGUOUS,
        "The question can be read in two ways.",
        help=f"Say which is meant: {choices[0]}; or: {choices[1]}.",
        choices=choices,
        forms=(best, rival),
    )


def _unknown(unknown: Unknown) -> Refusal:
    if unknown.ambiguous:
        text = f"{unknown.word} may be any of {', '.join(unknown.choices)}."
        return Refusal(RefusalCode.AMBIGUOUS, text, help="Name one of them in full.", choices=unknown.choices)
    help_ = f"Did you mean {' or '.join(unknown.choices)}?" if unknown.choices else ""
    text = f"There is no {unknown.word} in the plant graph."
    return Refusal(RefusalCode.UNKNOWN_ENTITY, text, help=help_, choices=unknown.choices)


def _linked(readings: Sequence[Reading], ask: Ask) -> tuple[str, ...]:
    """Returns the ids of a form in the order in which the question has them."""
    used = {key for thing in _things(ask) for key in (*thing.ids, *thing.excluded)}
    mentions = sorted((r for r in readings if isinstance(r.meaning, Nodes)), key=lambda r: (r.first, -r.last))
    said = [key for r in mentions if isinstance(r.meaning, Nodes) for key in r.meaning.ids if key in used]
    return tuple(dict.fromkeys(said))


def _things(ask: Ask) -> Iterator[Thing]:
    """Yields every thing of a form."""
    waiting = [ask.thing, *([ask.to] if ask.to else [])]
    waiting += [link.thing for link in (ask.along, ask.per and ask.per.link, ask.rank and ask.rank.link) if link]
    while waiting:
        thing = waiting.pop()
        yield thing
        waiting += [link.thing for link in thing.links]
        waiting += [relative.other for relative in thing.relatives if relative.other is not None]


def _spelled(words: Sequence[Word], readings: Sequence[Reading]) -> tuple[tuple[str, str], ...]:
    """Returns the words that nothing reads but as a misspelling, with what they were taken for."""
    known = {place for r in readings if r.cost < MISSPELT for place in range(r.first, r.last)}
    found: dict[str, str] = {}
    for r in sorted(readings, key=lambda r: (r.cost, r.first, repr(r.meaning))):
        if r.cost >= MISSPELT and known.isdisjoint(range(r.first, r.last)):
            written = " ".join(word.written for word in words[r.first : r.last])
            found.setdefault(written, _called(r.meaning))
    return tuple(found.items())


def _called(meaning: Meaning) -> str:
    if isinstance(meaning, Nodes):
        return " or ".join(meaning.ids)
    for name in ("value", "property", "label", "type", "role"):
        if hasattr(meaning, name):
            return str(getattr(meaning, name))
    return ""
