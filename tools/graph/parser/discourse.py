"""Questions of several sentences: what the first speak of is asked about by the last.

"V-102 is fed by some machines. Which sensors do they have?" is no sentence of the grammar, but each of its parts is:
the first tells which things are meant, the second takes them up (anaphora.py). What says nothing of the graph is left
out (scenes.py); two questions about the same things are one (merging.py). Where a part is not understood, is not taken
up, or may be taken up in two ways, nothing is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec.structs import replace

from tools.graph.parser import chart
from tools.graph.parser.anaphora import TOKENS, Referent, has_anaphor, restricts, taken_up, without_other
from tools.graph.parser.descriptions import Description, Noun
from tools.graph.parser.form import Ask, Kind, Thing, leads_back
from tools.graph.parser.merging import bare, merged
from tools.graph.parser.readings import Function, Label, Nodes, Role, Sort
from tools.graph.parser.rules import Asked, Cat, Small
from tools.graph.parser.scenes import (
    Sentence,
    asks,
    commands,
    commands_first,
    is_idle,
    is_purpose,
    parted,
    pieces,
    sentences,
    without_asker,
)
from tools.graph.parser.words import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tools.graph.parser.compose import Composer
    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.readings import Reading


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MARGIN: Final = 0.25
"""What costs no more than this beyond the likeliest may have been meant as well."""

_NAMING: Final = _words("with the number no code tag called named is a an avec le la numero n appele appelee")
"""What stands between a noun and the node that it is: "the part with number 4711"."""

_ASKING: Final = frozenset({Role.WHICH, Role.COUNT, Role.WHEN, Role.HOW_MUCH})
_MAY_JOIN: Final = frozenset({"que", "qu", "qui", "ce"})
_AGAIN: Final = _words(
    """which who what ones one are is were it list show give tell me us name please lesquels lesquelles lequel laquelle
    quels quelles quel quelle sont est qui ce liste montre donne moi"""
) | {*TOKENS}
"""What a sentence has that only asks again for what was asked about."""

_TELLS: Final = frozenset({Role.BE, Role.HAVE})
Charted = tuple[int, dict[tuple[int, int], chart.Cell]]
"""How many words a sentence has that bear meaning, and what each span of them may be."""


class Clauses(Protocol):
    """What understands one sentence, in which some words stand for things that were spoken of."""

    composer: Composer

    def read(self, text: str, referents: Mapping[str, Noun]) -> Read:
        """Returns what the words of a sentence may mean."""

    def cells(self, read: Read, referents: Mapping[str, Noun]) -> Charted | None:
        """Returns what each span of its words may be; None where a word has no meaning."""

    def forms(self, read: Read, referents: Mapping[str, Noun], *, whole: bool) -> list[tuple[Ask, float]]:
        """Returns what it may ask; none where it is no question, or no one (`whole`: no sentence)."""


def told(question: str, clauses: Clauses) -> Ask | None:
    """Returns what a question of several parts asks; None where it has but one, or is not understood."""
    parts = _parts(question, clauses)
    if len(parts) == 1 and " ".join(parts[0].text.split()) == " ".join(question.strip(" .?!").split()):
        read = clauses.read(parts[0].text, {})
        if not any(True for _ in parted(read)):
            return None
    return _Talk(clauses).follow(parts)


def _parts(question: str, clauses: Clauses) -> list[Sentence]:
    """Returns the sentences of a question that say something of what it asks."""
    found: list[Sentence] = []
    whole = clauses.read(question, {})
    lenient = not has_anaphor(whole.words, whole.readings)
    for sentence in sentences(question):
        kept = pieces(sentence.text)
        while kept and _is_idle(kept[0], clauses, lenient=lenient):
            kept.pop(0)
        while kept and _is_idle(kept[-1], clauses, lenient=True):
            kept.pop()
        if not kept:
            continue
        kept[0] = _without_purpose(without_asker(kept[0], lambda text: _knows(text, clauses)), clauses)
        asking = [place for place, piece in enumerate(kept) if asks(clauses.read(piece, {}))]
        begun = clauses.read(kept[0], {})
        if asking[1:] and commands_first(begun) and begun.unread:  # "I need to isolate C-101, what feeds it"
            asking.pop(0)
        if asking and asking[0] > 0:
            found.append(Sentence(", ".join(kept[: asking[0]]), ","))
            kept = kept[asking[0] :]
        found.append(Sentence(", ".join(kept), sentence.mark))
    return found


def _is_idle(text: str, clauses: Clauses, *, lenient: bool) -> bool:
    read = clauses.read(text, {})
    by_place: dict[int, list[bool]] = {}
    for reading in read.readings:
        for place in range(reading.first, reading.last):
            by_place.setdefault(place, []).append(restricts(reading, named=lenient and is_purpose(read)))
    return not (read.unknown or _asks_inside(read)) and is_idle(read, lambda place: any(by_place.get(place, [])))


def _without_purpose(text: str, clauses: Clauses) -> str:
    """Returns a sentence without what it is asked for: "for tomorrow's stocktake I need ..."."""
    read = clauses.read(text, {})
    for place in commands(read):
        if _is_idle(text[: read.words[place - 1].end], clauses, lenient=False):
            return text[read.words[place].start :]
    return text


def _knows(text: str, clauses: Clauses) -> bool:
    return any(not isinstance(reading.meaning, Function) for reading in clauses.read(text, {}).readings)


class _Talk:
    """What was spoken of and asked so far."""

    def __init__(self, clauses: Clauses) -> None:
        self._clauses = clauses
        self._referents: dict[str, Noun] = {}
        self._waiting: list[set[str]] = []  # for each scene, the words for what it speaks of: one must be taken up

    def follow(self, parts: Sequence[Sentence]) -> Ask | None:
        """Returns what some sentences ask together."""
        asked: list[Ask] = []
        for place, part in enumerate(parts):
            last = place + 1 == len(parts)
            read = self._clauses.read(part.text, self._referents)
            if last or part.mark == "?" or asks(read) or _asks_inside(read):
                ask = self._asked(part.text, read)
                if ask is not None:
                    asked.append(ask)
                    self._add(_topic(ask))
                    if not last and ask.kind is Kind.EXISTS:
                        waiting = list(self._waiting)
                        self._spoken(part.text)
                        self._waiting = waiting
                    continue
                if last:
                    return None
            if not self._spoken(part.text):
                return None
        if not asked or self._waiting:
            return None
        whole = asked[0]
        for ask in asked[1:]:
            both = merged(whole, ask, self._clauses.composer)
            if both is None:
                return None
            whole = both
        return whole

    def _take(self, texts: Iterable[str]) -> None:
        """Marks the scenes that some sentences take up."""
        taken = {word.plain for text in texts for word in split(text)}
        self._waiting = [scene for scene in self._waiting if scene.isdisjoint(taken)]

    # --- what is asked ----------------------------------------------------------------------------------------------

    def _asked(self, text: str, read: Read) -> Ask | None:
        """Returns what a sentence asks, or two questions in one."""
        for place in parted(read):
            at = read.words[place - 1]
            joined = at.plain in ("and", "et", "but", "mais", "then", "puis")
            first = text[: at.start if joined else at.end].rstrip(" ,")
            rest = text[read.words[place].start :]
            talk = _Talk(self._clauses)
            talk._referents, talk._waiting = dict(self._referents), list(self._waiting)
            before = talk._one(first, whole=False) if split(first) else None
            if before is None:
                continue
            talk._add(_topic(before))
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
        referents = [Referent(token, noun) for token, noun in self._referents.items()]
        takes = bool(referents) and has_anaphor(read.words, read.readings)
        texts = list(taken_up(text, read.words, read.readings, referents)) if takes else [text]
        found = self._forms(texts, whole=whole) or (self._others(texts, whole=whole) if takes else [])
        if not takes and referents:
            found = [entry for entry in found if self._keeps(entry[0])]
        if not found and not takes and referents and self._is_short(read):
            found = self._forms([f"{referent.token}, {text}" for referent in referents], whole=whole)
        if not found or (len(found) > 1 and found[1][1] - found[0][1] <= _MARGIN):
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

    def _is_short(self, read: Read) -> bool:
        """Whether a sentence names no things of its own, so that what it asks is of those spoken of."""
        return not any(isinstance(r.meaning, Label | Sort | Nodes) and r.cost < 1 for r in read.readings)

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
        referents = [Referent(token, noun) for token, noun in self._referents.items()]
        takes = bool(referents) and has_anaphor(read.words, read.readings)
        texts = list(taken_up(text, read.words, read.readings, referents)) if takes else [text]
        found: list[Noun] = []
        for one in texts:
            nouns = self._nouns_of(self._clauses.read(one, self._referents))
            found += nouns
            self._take([one] if nouns else [])
        if not found and not takes:
            found = self._begun(read) or self._named(read)
        commas = pieces(text)
        if not found and len(commas) > 1:
            known = [self._spoken(piece) for piece in commas]
            return all(known)
        if len(_named_whole(read)) > 1:  # "P-101 feeds P-102": either may be "it"
            found = [noun for noun in found if not noun.named]
        tokens = {self._add(noun) for noun in found} - {""}
        self._waiting += [tokens] if tokens else []
        return bool(tokens)

    def _nouns_of(self, read: Read) -> list[Noun]:
        """Returns the things that a whole sentence speaks of: its subject, and what its verb leads to."""
        charted = self._clauses.cells(read, self._referents)
        if charted is None:
            return []
        width, cells = charted
        found: dict[Noun, float] = {}
        for noun, cost in _spanning(cells.get((0, width), {})):
            found[noun] = min(cost, found.get(noun, cost))
        for noun, cost in _objects(width, cells, self._clauses.composer):
            found[noun] = min(cost, found.get(noun, cost))
        return _best(found)

    def _named(self, read: Read) -> list[Noun]:
        """Returns the one node that a sentence names, whatever else it says, where it speaks of nothing else."""
        nouns = [r for r in read.readings if isinstance(r.meaning, Label | Sort | Nodes) and r.cost < 1]
        whole = _named_whole(read)
        if len(whole) != 1 or not isinstance(whole[0].meaning, Nodes):
            return []
        (node,) = whole
        meaning = node.meaning
        if not isinstance(meaning, Nodes) or len(meaning.ids) != 1:
            return []
        others = [r for r in nouns if not _is_within(r, node) and r.meaning != meaning]
        if any(_label(r) != meaning.label or not _names_it(read, r, node) for r in others) or _asks_inside(read):
            return []
        return [Noun(Thing(meaning.label, ids=meaning.ids), told=True)]

    def _begun(self, read: Read) -> list[Noun]:
        """Returns the things that a sentence begins with, where it goes on to say how they are: "... is humming"."""
        tells = [r.first for r in read.readings if isinstance(r.meaning, Function) and r.meaning.role in _TELLS]
        for end in sorted({place for place in tells if place > 0}):
            rest = [r for r in read.readings if r.first >= end]
            if any(not isinstance(r.meaning, Function) and r.cost < 1 for r in rest) or _asks_inside(read):
                continue
            start, stop = read.words[0].start, read.words[end - 1].end
            return [noun for noun in self._nouns_of(self._prefix(read, start, stop)) if noun.thing.links or noun.named]
        return []

    def _prefix(self, read: Read, start: int, stop: int) -> Read:
        words = [word for word in read.words if start <= word.start and word.end <= stop]
        text = " ".join(word.written for word in words)
        return self._clauses.read(text, self._referents)


def _objects(
    width: int, cells: Mapping[tuple[int, int], chart.Cell], composer: Composer
) -> Iterator[tuple[Noun, float]]:
    """Yields what the verb of a sentence leads to: the faults of "E-101 has faults", of "it is hit by faults"."""
    for middle in range(1, width):
        passive = any(
            isinstance(word, Small) and word.text in ("by", "par")
            for word in cells.get((middle, middle + 1), {}).get(Role.AT, {})
        )
        for gap, cost in cells.get((0, middle), {}).get(Cat.GAP, {}).items():
            for start in (middle, middle + 1) if passive else (middle,):
                for noun, more in cells.get((start, width), {}).get(Cat.NOUN, {}).items():
                    if isinstance(gap, Description) and isinstance(noun, Noun) and not noun.named:
                        for after, own in composer.attach(replace(noun, other=False), gap):
                            yield after, cost + more + own


def _is_within(one: object, other: object) -> bool:
    """Whether a reading's words are a part of another's."""
    (f, t), (first, last) = ((getattr(r, "first", 0), getattr(r, "last", 0)) for r in (one, other))
    return bool(first <= f and t <= last and (f, t) != (first, last))


def _named_whole(read: Read) -> list[Reading]:
    """Returns the names of nodes in a sentence, without those that are a part of a longer one."""
    nodes = [r for r in read.readings if isinstance(r.meaning, Nodes) and r.cost < 1]
    return [r for r in nodes if not any(_is_within(r, other) for other in nodes)]


def _label(reading: Reading) -> str:
    return str(getattr(reading.meaning, "label", ""))


def _asks_inside(read: Read) -> bool:
    """Whether a sentence has a word that asks, so that it is more than a scene."""
    asking = (r for r in read.readings if isinstance(r.meaning, Function) and r.meaning.role in _ASKING)
    return any(read.words[r.first].plain not in _MAY_JOIN for r in asking)


def _returns(thing: Thing) -> bool:
    """Whether a thing that was spoken of is linked to others as it is to what takes it up: it is the same link."""
    return any(
        (leads_back(link, back) and not back.absent and not _names(back.thing) and back.thing.label == thing.label)
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


def _names_it(read: Read, noun: Reading, node: Reading) -> bool:
    """Whether a noun says what a node is: "pump P-101", "the part with number 4711"."""
    between = read.words[noun.last : node.first] or read.words[node.last : noun.first]
    return all(word.plain in _NAMING for word in between)


def _topic(ask: Ask) -> Noun | None:
    """Returns what a question was about, as a thing that is spoken of."""
    if ask.rank is not None or ask.per is not None or ask.kind is Kind.VALUES:
        return None
    thing = ask.thing
    if thing.ids:
        return Noun(Thing(thing.label, ids=thing.ids), closed=True, told=True)
    return Noun(bare(thing), closed=True, told=True) if ask.kind is Kind.LIST else None


def _spanning(cell: chart.Cell) -> Iterator[tuple[Noun, float]]:
    """Yields the things that all words of a sentence speak of."""
    for category, value, cost in chart.items_of(cell):
        if category == Cat.NOUN and isinstance(value, Noun):
            yield value, cost
        elif isinstance(value, Asked) and (
            value.kind is Kind.LIST or (value.kind is Kind.EXISTS and not value.noun.named)
        ):
            yield value.noun, cost


def _best(found: Mapping[Noun, float]) -> list[Noun]:
    """Returns the likeliest thing of each label, one with a name first; none of a label of which two are likely."""
    labels: dict[str, dict[Thing, float]] = {}
    for noun, cost in found.items():
        if noun.quantity is None and noun.number is None and noun.plain:
            thing = Thing(noun.thing.label, ids=noun.thing.ids) if noun.named else bare(noun.thing)
            things = labels.setdefault(thing.label, {})
            things[thing] = min(cost, things.get(thing, cost))
    kept: list[Noun] = []
    for things in labels.values():
        likely = [thing for thing, cost in things.items() if cost - min(things.values()) <= _MARGIN]
        most = max(map(_names, likely))
        named = [thing for thing in likely if _names(thing) == most]
        kept += [Noun(named[0], closed=True, told=True)] if len(named) == 1 else []
    return kept


def _names(thing: Thing) -> int:
    """Returns how many nodes a thing is described by."""
    return len(thing.ids) + sum(_names(link.thing) for link in thing.links)
