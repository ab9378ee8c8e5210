"""From a question to its form, or to the reason why there is none: the entry of the compositional parser.

Strict on both sides. A form is found only where every word of the question has a part in it, and where another form
costs nearly as little, nobody is answered: both are offered, in words. A form that is far from the words, or made of
parts of the question, is `Parsed` but not `sure`: who answers asks first whether it is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from plant.facts import Refusal, RefusalCode
from tools.graph.parser.answering import may_answer, things_of
from tools.graph.parser.form import Ask
from tools.graph.parser.forming import Forming, rivals
from tools.graph.parser.french_turns import written_out
from tools.graph.parser.lexicon import Lexicon
from tools.graph.parser.plausible import MISSPELT
from tools.graph.parser.readings import Nodes
from tools.graph.parser.speech import say
from tools.graph.parser.talk.anaphora import standing_for
from tools.graph.parser.talk.discourse import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tools.graph.catalogue import Catalogue
    from tools.graph.entities import Unknown
    from tools.graph.parser.descriptions import Noun
    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.readings import Meaning
    from tools.graph.parser.talk.clauses import Charted

_FARTHEST: Final = 2.0
"""A form that costs more is so far from the words that it is oftener wrong than right."""

_SURE: Final = 1.0
"""A form that costs more is asked about: in the third test 22 % of such were wrong, of the others 3 %."""


class Parsed(msgspec.Struct, frozen=True):
    """A question that was understood.

    Attributes:
        ask: What it means.
        spelled: For each misspelling, what was written and what it was taken for.
        linked: Ids of the nodes that it speaks of, in order.
        sure: Whether it may be answered unasked: its form is near to the words, and of a whole sentence.
    """

    ask: Ask
    spelled: tuple[tuple[str, str], ...] = ()
    linked: tuple[str, ...] = ()
    sure: bool = True


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
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.lexicon = Lexicon(catalogue)
        self._forming = Forming(catalogue)

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
        sentences = _Sentences(self.lexicon, self._forming, today, hints)
        read = sentences.read(question, {})
        if read.unknown:
            return _unknown(read.unknown[0])
        naming = self._forming.composer.naming
        made = sentences.cells(read, {})
        forms = self._forming.spanning(made) if made is not None else []
        if not forms and (ask := told(question, sentences)) is not None:
            return Parsed(ask, sentences.spelled(), _linked(read, ask)) if may_answer(read, ask, naming) else None
        whole = bool(forms)
        if not whole and made is not None:
            forms = self._forming.of_parts(read, made)
        forms = [(ask, cost) for ask, cost in forms if may_answer(read, ask, naming)]
        if not forms or forms[0][1] > _FARTHEST:
            return None
        best, others = forms[0][0], rivals(forms)
        if others:
            return _ambiguous(best, others[0], self._catalogue)
        spelled = _spelled(read)  # which is told anyway
        sure = whole and forms[0][1] - MISSPELT * len(spelled) <= _SURE
        return Parsed(best, spelled, _linked(read, best), sure)


class _Sentences:
    """Understands the sentences of one question; see `talk.clauses.Clauses`. Each is read and charted once."""

    def __init__(self, lexicon: Lexicon, forming: Forming, today: date, hints: Sequence[str]) -> None:
        self.composer = forming.composer
        self._lexicon = lexicon
        self._forming = forming
        self._today = today
        self._hints = hints
        self._charted: dict[int, tuple[Read, Charted | None]] = {}  # by identity: each keeps its sentence alive
        self._read: dict[tuple[str, tuple[tuple[str, Noun], ...]], Read] = {}

    def read(self, text: str, referents: Mapping[str, Noun]) -> Read:
        key = (text, tuple(referents.items()))
        if key not in self._read:
            self._read[key] = self._lexicon.read(text, self._today, self._hints, standing_for(referents))
        return self._read[key]

    def cells(self, read: Read, referents: Mapping[str, Noun]) -> Charted | None:
        if id(read) not in self._charted:
            self._charted[id(read)] = (read, self._forming.cells(read, referents))
        return self._charted[id(read)][1]

    def forms(self, read: Read, referents: Mapping[str, Noun], *, whole: bool) -> list[tuple[Ask, float]]:
        made = self.cells(read, referents)
        return [] if made is None else self._forming.only(read, made, whole=whole)

    def spelled(self) -> tuple[tuple[str, str], ...]:
        """Returns the misspelt words of all sentences, each once."""
        return tuple(dict.fromkeys(pair for read in self._read.values() for pair in _spelled(read)))


# --- refusals and what goes with a form -----------------------------------------------------------------------------


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


def _linked(read: Read, ask: Ask) -> tuple[str, ...]:
    """Returns the ids of a form in the order in which the question has them."""
    used = {key for thing in things_of(ask) for key in (*thing.ids, *thing.excluded)}
    mentions = sorted((r for r in read.readings if isinstance(r.meaning, Nodes)), key=lambda r: (r.first, -r.last))
    said = [key for r in mentions if isinstance(r.meaning, Nodes) for key in r.meaning.ids if key in used]
    return tuple(dict.fromkeys(said))


def _spelled(read: Read) -> tuple[tuple[str, str], ...]:
    """Returns the words that nothing reads but as a misspelling, with what they were taken for."""
    known = {place for r in read.readings if r.cost < MISSPELT for place in range(r.first, r.last)}
    found: dict[str, str] = {}
    for r in sorted(read.readings, key=lambda r: (r.cost, r.first, repr(r.meaning))):
        if r.cost >= MISSPELT and known.isdisjoint(range(r.first, r.last)):
            written = " ".join(word.written for word in read.words[r.first : r.last])
            found.setdefault(written, _called(r.meaning))
    return tuple(found.items())


def _called(meaning: Meaning) -> str:
    if isinstance(meaning, Nodes):
        return " or ".join(meaning.ids)
    for name in ("value", "property", "label", "type", "role"):
        if hasattr(meaning, name):
            return str(getattr(meaning, name))
    return ""
