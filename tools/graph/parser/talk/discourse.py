"""A talk of several sentences, understood one after the other: what is spoken of is kept, what is asked becomes one.

"V-102 is fed by some machines. Which sensors do they have?" is no sentence of the grammar, but each of its parts is:
the first tells which things are meant, the second takes them up. Where a part is not understood, is not taken up, or
may be taken up in two ways, nothing is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.form import Kind, Thing, leads_back
from tools.graph.parser.readings import Label, Nodes, Sort
from tools.graph.parser.talk.anaphora import TOKENS, Referent, has_anaphor, taken_up, without_other
from tools.graph.parser.talk.merging import bare, merged
from tools.graph.parser.talk.parting import told_sentences
from tools.graph.parser.talk.scenes import asks, asks_inside, parted, pieces
from tools.graph.parser.talk.topics import MARGIN, begun, named, names_in, nodes_named, topic_of, topics_of
from tools.graph.parser.words import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tools.graph.parser.descriptions import Noun
    from tools.graph.parser.form import Ask
    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.talk.clauses import Clauses
    from tools.graph.parser.talk.scenes import Sentence

_AGAIN_WORDS: Final = """
which who what ones one are is were it list show give tell me us name please lesquels lesquelles lequel laquelle
quels quelles quel quelle sont est qui ce liste montre donne moi
"""
_AGAIN: Final = frozenset(_AGAIN_WORDS.split()) | {*TOKENS}
"""What a sentence has that only asks again for what was asked about."""

_JOINING: Final = frozenset(("and", "et", "but", "mais", "then", "puis"))


def told(question: str, clauses: Clauses) -> Ask | None:
    """Returns what a question of several parts asks; None where it has but one, or is not understood."""
    parts = told_sentences(question, clauses)
    if len(parts) == 1 and " ".join(parts[0].text.split()) == " ".join(question.strip(" .?!").split()):
        read = clauses.read(parts[0].text, {})
        if next(parted(read), None) is None:
            return None
    return _Talk(clauses, {}, []).follow(parts)


class _Talk:
    """What was spoken of and asked so far.

    Args:
        clauses: Understands its sentences.
        referents: What was spoken of, by the word that stands for it.
        waiting: For each scene, the words for what it speaks of: one of them must be taken up.
    """

    def __init__(self, clauses: Clauses, referents: Mapping[str, Noun], waiting: Iterable[set[str]]) -> None:
        self._clauses = clauses
        self._referents = dict(referents)
        self._waiting = list(waiting)

    def follow(self, parts: Sequence[Sentence]) -> Ask | None:
        """Returns what some sentences ask together."""
        asked: list[Ask] = []
        for place, part in enumerate(parts):
            last = place + 1 == len(parts)
            ask = self._asked_by(part, last=last)
            if ask is not None:
                asked.append(ask)
                self._add(topic_of(ask))
                if not last and ask.kind is Kind.EXISTS:
                    waiting = list(self._waiting)
                    self._spoken(part.text)
                    self._waiting = waiting  # a question need not be taken up
            elif last or not self._spoken(part.text):
                return None
        if not asked or self._waiting:
            return None
        return self._merged(asked)

    def _merged(self, asked: Sequence[Ask]) -> Ask | None:
        """Returns what some questions ask together."""
        whole: Ask | None = asked[0]
        for ask in asked[1:]:
            whole = merged(whole, ask, self._clauses.composer) if whole is not None else None
        return whole

    def _take(self, texts: Iterable[str]) -> None:
        """Marks the scenes that some sentences take up."""
        taken = {word.plain for text in texts for word in split(text)}
        self._waiting = [scene for scene in self._waiting if scene.isdisjoint(taken)]

    def _texts(self, text: str, read: Read) -> tuple[list[str], bool]:
        """Returns a sentence with what it takes up as what that may be, and whether it takes something up."""
        referents = [Referent(token, noun) for token, noun in self._referents.items()]
        takes = bool(referents) and has_anaphor(read.words, read.readings)
        return (list(taken_up(text, read.words, read.readings, referents)) if takes else [text]), takes

    # --- what is asked ----------------------------------------------------------------------------------------------

    def _asked_by(self, part: Sentence, *, last: bool) -> Ask | None:
        """Returns what a sentence asks, where it is one that may."""
        read = self._clauses.read(part.text, self._referents)
        may_ask = last or part.mark == "?" or asks(read) or asks_inside(read)
        return self._asked(part.text, read) if may_ask else None

    def _asked(self, text: str, read: Read) -> Ask | None:
        """Returns what a sentence asks, or two questions in one."""
        for place in parted(read):
            at = read.words[place - 1]
            first = text[: at.start if at.plain in _JOINING else at.end].rstrip(" ,")
            rest = text[read.words[place].start :]
            talk = _Talk(self._clauses, self._referents, self._waiting)
            before = talk._one(first, whole=False) if split(first) else None
            if before is None:
                continue
            talk._add(topic_of(before))
            behind = talk._asked(rest, talk._clauses.read(rest, talk._referents))
            if behind is not None:  # two questions: as one or not at all
                self._waiting = talk._waiting
                return merged(before, behind, self._clauses.composer)
        return self._one(text, whole=True) or self._one(text, whole=False)

    def _one(self, text: str, *, whole: bool) -> Ask | None:
        """Returns what one question asks, whatever it takes up; None where that is not one thing.

        Args:
            text: The question.
            whole: Whether it must be a sentence of the grammar, not only parts of one.
        """
        read = self._clauses.read(text, self._referents)
        texts, takes = self._texts(text, read)
        found = self._forms(texts, whole=whole) or (self._others(texts, whole=whole) if takes else [])
        if not takes and self._referents:
            found = [entry for entry in found if self._keeps(entry[0])]
            if not found and not _names_things(read):
                found = self._forms([f"{token}, {text}" for token in self._referents], whole=whole)
        if not found or (len(found) > 1 and found[1][1] - found[0][1] <= MARGIN):
            return None
        ask, _, said = found[0]
        self._take([said, *(token for token, noun in self._referents.items() if bare(ask.thing) == bare(noun.thing))])
        return ask

    def _forms(self, texts: Sequence[str], *, whole: bool) -> list[tuple[Ask, float, str]]:
        """Returns what some sentences ask, each form once with its cost and its sentence, the likeliest first."""
        found: dict[Ask, tuple[float, str]] = {}
        for text in texts:
            read = self._clauses.read(text, self._referents)
            for ask, cost in self._clauses.forms(read, self._referents, whole=whole):
                if self._is_sound(ask, read) and (ask not in found or cost < found[ask][0]):
                    found[ask] = (cost, text)
        ranked = sorted(found.items(), key=lambda entry: (round(entry[1][0], 6), repr(entry[0])))
        return [(ask, cost, text) for ask, (cost, text) in ranked]

    def _others(self, texts: Sequence[str], *, whole: bool) -> list[tuple[Ask, float, str]]:
        """Returns what is asked of "other orders", where no link leads back to the named one."""
        fewer = [without_other(text) for text in texts]
        found = self._forms([text for text, before in zip(fewer, texts, strict=True) if text != before], whole=whole)
        return [entry for entry in found if _is_other(entry[0].thing)]

    def _is_sound(self, ask: Ask, read: Read) -> bool:
        """Whether a form asks more than what was spoken of, unless its words only ask for that again."""
        if (
            ask.kind is Kind.LIST
            and not ask.thing.shown
            and any(ask.thing == noun.thing for noun in self._referents.values())
        ):
            words = {word.plain for word in read.words}
            return words <= _AGAIN
        return not _returns(ask.thing)

    def _keeps(self, ask: Ask) -> bool:
        """Whether a question that takes nothing up has in it all that was spoken of before."""
        return any(bare(ask.thing) == bare(noun.thing) for noun in self._referents.values())

    # --- what is spoken of ------------------------------------------------------------------------------------------

    def _add(self, noun: Noun | None) -> str:
        """Keeps a thing that was spoken of, once; returns the word for it, empty where there is no more room."""
        for token, other in self._referents.items():
            if noun is not None and noun.thing == other.thing:
                return token
        if noun is None or len(self._referents) == len(TOKENS):
            return ""
        token = TOKENS[len(self._referents)]
        self._referents[token] = noun
        return token

    def _spoken(self, text: str) -> bool:
        """Keeps what a sentence speaks of; returns whether it speaks of anything that is understood."""
        read = self._clauses.read(text, self._referents)
        texts, takes = self._texts(text, read)
        found: list[Noun] = []
        for one in texts:
            charted = self._clauses.cells(self._clauses.read(one, self._referents), self._referents)
            nouns = topics_of(charted, self._clauses.composer)
            found += nouns
            self._take([one] if nouns else [])
        if not found and not takes:
            found = begun(read, self._clauses, self._referents) or named(read)
        commas = pieces(text)
        if not found and len(commas) > 1:
            known = [self._spoken(piece) for piece in commas]
            return all(known)
        if len(names_in(read)) > 1:  # "P-101 feeds P-102": either may be "it"
            found = [noun for noun in found if not noun.named]
        tokens = {self._add(noun) for noun in found} - {""}
        self._waiting += [tokens] if tokens else []
        return bool(tokens)


def _names_things(read: Read) -> bool:
    """Whether a sentence names things of its own, so that what it asks is not only of those spoken of."""
    return any(isinstance(r.meaning, Label | Sort | Nodes) and r.cost < 1 for r in read.readings)


def _returns(thing: Thing) -> bool:
    """Whether a thing that was spoken of is linked to others as it is to what takes it up: it is the same link."""
    return any(
        (leads_back(link, back) and not back.absent and not nodes_named(back.thing) and back.thing.label == thing.label)
        for link in thing.links
        for back in link.thing.links
    ) or any(_returns(link.thing) for link in thing.links)


def _is_other(thing: Thing) -> bool:
    """Whether what is asked for can only be others than the node from which the talk came to it."""
    return any(
        leads_back(link, back) and back.thing == Thing(thing.label, ids=back.thing.ids) and bool(back.thing.ids)
        for link in thing.links
        for back in link.thing.links
    )
